-- Entries have a term, after which they can be opened no more.

-- How far the log has been gone through for entries whose term is over. Those before that can still be opened stand in
-- ledger_over: something keeps them longer, and they are looked at again.
CREATE TABLE ledger_term (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    reached     bigint NOT NULL
);
INSERT INTO ledger_term (reached) VALUES (0);
CREATE TABLE ledger_over (
    index       bigint PRIMARY KEY
);

-- What must not be erased because its time is over, while proceedings or an audit need it.
CREATE TABLE hold (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record      text NOT NULL,                 -- id of what the entries are about; empty: all
    officer     text NOT NULL,
    reason      text NOT NULL,
    since       bigint NOT NULL,
    lifted      bigint
);
CREATE INDEX hold_standing ON hold (record) WHERE lifted IS NULL;

-- Messages that carry no record, and those refused, in the order in which their term ends.
CREATE INDEX outbox_told ON outbox (created) WHERE kind NOT IN ('release', 'agreement') AND receipt <> '';
CREATE INDEX inbox_told ON inbox (received) WHERE (kind <> 'release' OR count = 0) AND kind <> 'agreement';
