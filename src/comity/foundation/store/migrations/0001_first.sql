-- The first tables. Times are milliseconds since 1970 UTC by the node's clock unless a column says wall.
-- Structs are kept in canonical form (bytea) beside the columns that are asked for.

CREATE TABLE feed (
    name        text PRIMARY KEY,
    position    bigint NOT NULL DEFAULT 0,     -- how many items of the feed have been taken in
    rejected    bigint NOT NULL DEFAULT 0
);

CREATE TABLE sighting (
    id          text PRIMARY KEY,
    sequence    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,   -- the order in which they were taken in
    source      text NOT NULL,
    time        bigint NOT NULL,
    track       text,
    body        bytea NOT NULL
);
CREATE INDEX sighting_time ON sighting (time);
CREATE INDEX sighting_track ON sighting (track, time);

CREATE TABLE track (
    id          text PRIMARY KEY,
    last        bigint NOT NULL,
    body        bytea NOT NULL
);
CREATE INDEX track_last ON track (last);

CREATE TABLE alert (
    id          text PRIMARY KEY,
    sequence    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind        text NOT NULL,
    time        bigint NOT NULL,
    raised      bigint NOT NULL,
    judgement   text NOT NULL DEFAULT 'unreviewed'
                CHECK (judgement IN ('unreviewed', 'confirmed', 'rejected', 'unsure')),
    body        bytea NOT NULL
);
CREATE INDEX alert_judgement ON alert (judgement, sequence);

CREATE TABLE decision (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert       text NOT NULL REFERENCES alert (id),
    body        bytea NOT NULL
);
CREATE INDEX decision_alert ON decision (alert, sequence);

CREATE TABLE officer (
    name        text PRIMARY KEY,
    role        text NOT NULL,
    password    text NOT NULL                  -- argon2id
);

CREATE TABLE session (
    token       bytea PRIMARY KEY,             -- SHA-256 of what the client holds
    officer     text NOT NULL REFERENCES officer (name),
    expires     bigint NOT NULL                -- wall
);

CREATE TABLE partner (
    name        text PRIMARY KEY,
    station     text NOT NULL,
    card        bytea NOT NULL,                -- the signed card as it came
    accepted_by text NOT NULL,
    since       bigint NOT NULL,
    cut_off     bigint
);

CREATE TABLE agreement (
    digest      bytea PRIMARY KEY,             -- SHA-256 of the canonical form
    name        text NOT NULL,
    version     integer NOT NULL,
    body        bytea NOT NULL,                -- canonical form
    state       text NOT NULL DEFAULT 'offered'
                CHECK (state IN ('offered', 'agreed', 'finalized', 'suspended', 'terminated'))
);

CREATE TABLE agreement_signature (
    agreement   bytea NOT NULL REFERENCES agreement (digest),
    party       text NOT NULL,
    signature   bytea NOT NULL,
    PRIMARY KEY (agreement, party)
);

-- Proof that a party's log, under a witnessed checkpoint, holds that all have signed.
CREATE TABLE agreement_standing (
    agreement   bytea NOT NULL REFERENCES agreement (digest),
    party       text NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (agreement, party)
);

CREATE TABLE outbox (
    id          bytea PRIMARY KEY,             -- message id, the same over every retry
    partner     text NOT NULL REFERENCES partner (name),
    kind        text NOT NULL,
    lane        text NOT NULL,
    sequence    bigint NOT NULL,               -- per partner and lane, without gaps
    created     bigint NOT NULL,
    decided_wall bigint NOT NULL,              -- wall, when the act was committed
    envelope    bytea NOT NULL,                -- exact bytes to send
    cover       bytea NOT NULL,                -- of that envelope: its signed outside, which opens nothing
    count       integer NOT NULL,              -- how many items were put in
    record      text,                          -- id of the one record released; null of none or several
    entry       bigint NOT NULL,               -- index of the act's first entry in our log
    attempts    integer NOT NULL DEFAULT 0,
    last_fault  text NOT NULL DEFAULT '',
    state       text NOT NULL DEFAULT 'queued'
                CHECK (state IN ('queued', 'accepted', 'refused', 'withdrawn')),
    receipt     bytea,                         -- the signed receipt as it came
    receipted_wall bigint,
    UNIQUE (partner, lane, sequence)
);
CREATE INDEX outbox_waiting ON outbox (partner, lane, sequence) WHERE receipt IS NULL;
CREATE INDEX outbox_entry ON outbox (entry);
CREATE INDEX outbox_state ON outbox (partner, state);

-- What is inside, one row an item. The item's leaf stays when the item is erased, so that the others stay provable.
CREATE TABLE outbox_item (
    message     bytea NOT NULL REFERENCES outbox (id),
    place       integer NOT NULL,
    leaf        bytea NOT NULL,                -- its hash in the tree that the envelope's header binds
    item        bytea,                         -- null once erased
    record      text,                          -- id of the record released, else null
    request     bytea,                         -- what the permit was asked, to ask it again at delivery
    entry       bigint NOT NULL,               -- index of its entry in our log
    withdrawn   integer,                       -- the how-manieth renewal of the envelope left it out, else null
    PRIMARY KEY (message, place)
);
CREATE INDEX outbox_item_record ON outbox_item (record);

-- Envelopes that went before the present one under the same id: one of them may have arrived.
CREATE TABLE outbox_superseded (
    message     bytea NOT NULL REFERENCES outbox (id),
    cover       bytea NOT NULL,
    PRIMARY KEY (message, cover)
);

CREATE TABLE outbox_sequence (
    partner     text NOT NULL,
    lane        text NOT NULL,
    next        bigint NOT NULL,
    PRIMARY KEY (partner, lane)
);

CREATE TABLE inbox (
    sender      text NOT NULL,
    id          bytea NOT NULL,
    kind        text NOT NULL,
    lane        text NOT NULL,
    sequence    bigint NOT NULL,
    received    bigint NOT NULL,
    cover       bytea NOT NULL,                -- the envelope's signed outside; empty of what was refused
    count       integer NOT NULL,              -- how many items were taken in
    receipt     bytea NOT NULL,                -- the signed receipt that was answered
    PRIMARY KEY (sender, id)
);
CREATE INDEX inbox_received ON inbox (received);

-- What was inside, one row an item that was taken in.
CREATE TABLE inbox_item (
    sender      text NOT NULL,
    message     bytea NOT NULL,
    place       integer NOT NULL,
    leaf        bytea NOT NULL,
    item        bytea,                         -- null once erased
    record      text,
    received    bigint NOT NULL,
    keep_until  bigint,
    PRIMARY KEY (sender, message, place),
    FOREIGN KEY (sender, message) REFERENCES inbox (sender, id)
);
CREATE INDEX inbox_item_received ON inbox_item (received, message, place);
CREATE INDEX inbox_item_keep ON inbox_item (keep_until) WHERE item IS NOT NULL;
CREATE INDEX inbox_item_record ON inbox_item (sender, record);

CREATE TABLE inbox_sequence (
    sender      text NOT NULL,
    lane        text NOT NULL,
    next        bigint NOT NULL,
    PRIMARY KEY (sender, lane)
);

-- The ledger. The head row is locked by each act as its last step, which puts acts in one order without gaps.
CREATE TABLE ledger_head (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    size        bigint NOT NULL
);
INSERT INTO ledger_head (size) VALUES (0);

CREATE TABLE ledger_entry (
    index       bigint PRIMARY KEY,
    leaf        bytea NOT NULL CHECK (length(leaf) = 32), -- the salted commitment: the leaf's data
    salt        bytea,                         -- null once erased
    act         text NOT NULL,
    time        bigint NOT NULL,
    subject     text NOT NULL,                 -- empty once erased
    entry       bytea,                         -- canonical form, null once erased
    CHECK ((salt IS NULL) = (entry IS NULL))
);
CREATE INDEX ledger_entry_subject ON ledger_entry (subject, index);

-- The tree trails the head: entries are integrated in batches, by one integrator at a time.
CREATE TABLE ledger_tree (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    size        bigint NOT NULL,
    root        bytea NOT NULL
);
INSERT INTO ledger_tree (size, root) VALUES (0, sha256(''));

CREATE TABLE ledger_tile (
    level       smallint NOT NULL,
    index       bigint NOT NULL,
    hashes      bytea NOT NULL,                -- up to 256 hashes of 32 bytes
    PRIMARY KEY (level, index)
);

CREATE TABLE ledger_checkpoint (
    size        bigint PRIMARY KEY,
    note        bytea NOT NULL,                -- signed note with the cosignatures gathered so far
    cosigned    integer NOT NULL DEFAULT 0
);
CREATE INDEX ledger_checkpoint_cosigned ON ledger_checkpoint (cosigned, size);

-- The largest tree of our own log that each witness has cosigned, so that the next proof starts there.
CREATE TABLE ledger_cosigner (
    name        text PRIMARY KEY,              -- key name of the witness
    size        bigint NOT NULL
);

-- As a witness of others: the newest tree of each log that this node has cosigned.
CREATE TABLE witnessed (
    origin      text PRIMARY KEY,
    size        bigint NOT NULL,
    root        bytea NOT NULL,
    note        bytea NOT NULL                 -- with the log's signature and this witness's cosignature
);

-- Proof from a partner's log that it holds what its receipt says.
CREATE TABLE receipt_proof (
    message     bytea PRIMARY KEY REFERENCES outbox (id),
    body        bytea NOT NULL
);
