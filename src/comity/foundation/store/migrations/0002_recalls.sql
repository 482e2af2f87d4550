-- Records called back: one row for each recall that we sent, and for each record of a partner that was recalled here.

CREATE TABLE recall (
    id          bytea PRIMARY KEY,             -- message id of the recall; drawn where nobody can be sent it
    partner     text NOT NULL,
    message     bytea NOT NULL REFERENCES outbox (id),
    place       integer NOT NULL,
    record      text NOT NULL,
    act         text NOT NULL CHECK (act IN ('erase', 'correct')),
    reason      text NOT NULL,
    officer     text NOT NULL,
    made        bigint NOT NULL,
    due         bigint NOT NULL,
    outcome     text CHECK (outcome IN ('erased', 'gone', 'never-held')),
    answered    bigint,
    answer      bytea,                         -- the holder's answer as it came
    cover       bytea,                         -- the signed outside of its envelope
    proof       bytea,                         -- that the holder's entry stands in its log
    FOREIGN KEY (message, place) REFERENCES outbox_item (message, place)
);
CREATE INDEX recall_waiting ON recall (due) WHERE proof IS NULL;
CREATE INDEX recall_unproven ON recall (answered) WHERE outcome IS NOT NULL AND proof IS NULL;
CREATE INDEX recall_item ON recall (message, place);
CREATE INDEX recall_record ON recall (record);

CREATE TABLE recalled_here (
    sender      text NOT NULL,
    message     bytea NOT NULL,
    place       integer NOT NULL,
    record      text NOT NULL,
    act         text NOT NULL,
    reason      text NOT NULL,
    corrected_by bytea,
    time        bigint NOT NULL,
    outcome     text NOT NULL,
    PRIMARY KEY (sender, message, place)
);
CREATE INDEX recalled_here_time ON recalled_here (time);
