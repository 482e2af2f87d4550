-- Passing on: what holders asked of originators, and what recipients were shown.

CREATE TABLE onward (
    id          bytea PRIMARY KEY,             -- drawn by the holder
    originator  text NOT NULL,
    holder      text NOT NULL,
    recipient   text NOT NULL,
    message     bytea NOT NULL,                -- in which the originator gave it to the holder
    place       integer NOT NULL,
    record      text NOT NULL,                 -- its id at the originator
    purpose     text NOT NULL,
    reason      text NOT NULL,                 -- for the originator's people; empty at the recipient
    state       text NOT NULL CHECK (state IN ('asked', 'left', 'declined', 'passed', 'shown')),
    made        bigint NOT NULL,
    officer     text NOT NULL DEFAULT '',      -- of this node: who asked, gave leave, declined or passed on
    leave       bytea,                         -- canonical form
    signature   bytea,
    passed      bytea                          -- at the holder: the message that passes it on
);
CREATE INDEX onward_given ON onward (originator, message, place);
CREATE INDEX onward_record ON onward (originator, record);
CREATE INDEX onward_waiting ON onward (originator, holder) WHERE state = 'asked';
CREATE INDEX onward_made ON onward (made, id);
CREATE INDEX onward_shown ON onward (holder, record, purpose) WHERE state = 'shown';
