-- Subscriptions: those that partners have with us, and those that we have with them.

CREATE TABLE subscription (
    id          bytea PRIMARY KEY,             -- drawn by the subscriber
    owner       text NOT NULL,                 -- whose records are given
    subscriber  text NOT NULL,
    wish        bytea NOT NULL,                -- canonical form
    state       text NOT NULL CHECK (state IN ('asked', 'running', 'declined', 'ended', 'expired')),
    until       bigint NOT NULL,
    renewal     bigint,                        -- the later end that was asked for and waits for an answer
    made        bigint NOT NULL,
    officer     text NOT NULL DEFAULT '',      -- of this node: who asked, or who accepted
    accepted    bigint NOT NULL DEFAULT 0,
    since       bigint NOT NULL DEFAULT 0,     -- of decisions, the last before it was accepted
    informed    bigint NOT NULL DEFAULT 0,     -- when positions were last given
    message     bytea                          -- the newest batch of them
);
CREATE INDEX subscription_open ON subscription (owner, subscriber, until) WHERE state IN ('asked', 'running');
CREATE INDEX subscription_made ON subscription (made, id);

-- Of each record what the subscriber was last given.
CREATE TABLE subscription_given (
    subscription bytea NOT NULL REFERENCES subscription (id),
    record      text NOT NULL,                 -- the id that it has here
    version     bigint NOT NULL,               -- time of the position, number of the decision, version of the writing
    message     bytea,                         -- in which it went; null: it was not permitted, or went in a batch
    PRIMARY KEY (subscription, record)
);

-- Positions are given all the time: lists of releases leave these messages out, and our own copy goes when it must go
-- at the partner.
ALTER TABLE outbox ADD COLUMN streamed bigint;   -- until when it may be kept; null of all other messages
CREATE INDEX outbox_released ON outbox (entry, id) WHERE kind = 'release' AND streamed IS NULL;
CREATE INDEX outbox_streamed ON outbox (streamed) WHERE streamed IS NOT NULL AND envelope <> '';

-- Of a partner's track only the newest position is shown; the earlier ones stay until their time.
ALTER TABLE inbox_item ADD COLUMN record_kind text;
ALTER TABLE inbox_item ADD COLUMN superseded boolean NOT NULL DEFAULT false;
CREATE INDEX inbox_item_shown ON inbox_item (received, message, place) WHERE item IS NOT NULL AND NOT superseded;
CREATE INDEX inbox_item_newest ON inbox_item (sender, record) WHERE record_kind = 'track' AND NOT superseded;
