-- The monitor: how far each log was followed, which cosignatures it waits for, and what it has found.

CREATE TABLE followed (
    origin      text PRIMARY KEY,
    note        bytea NOT NULL                 -- the newest checkpoint believed, as the log showed it
);

CREATE TABLE awaited (
    origin      text NOT NULL,
    witness     text NOT NULL,                 -- name on the witness's card
    size        bigint NOT NULL,               -- of the first tree that it has not cosigned
    note        bytea NOT NULL,                -- of that tree
    since       bigint NOT NULL,               -- wall
    PRIMARY KEY (origin, witness)
);

CREATE TABLE finding (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('split-view', 'rollback', 'uncosigned', 'overdue')),
    partner     text NOT NULL,
    origin      text NOT NULL,
    shown_by    text NOT NULL,
    words       text NOT NULL,
    before      bytea NOT NULL,                -- both notes as they came: the evidence
    now         bytea NOT NULL,
    found       bigint NOT NULL,
    officer     text,                          -- who has acknowledged it, when, and what they said
    acknowledged bigint,
    reason      text,
    CHECK ((officer IS NULL) = (acknowledged IS NULL) AND (officer IS NULL) = (reason IS NULL))
);
-- One open finding of a kind for what one party shows of one log, however often it is seen again.
CREATE UNIQUE INDEX finding_open ON finding (kind, origin, shown_by) WHERE acknowledged IS NULL;
CREATE INDEX finding_evidence ON finding (origin, kind, shown_by, sha256(before));
