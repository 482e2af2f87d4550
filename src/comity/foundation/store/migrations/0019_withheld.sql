-- A log that signs a tree and does not serve its tiles, for too long, is a finding.
ALTER TABLE finding DROP CONSTRAINT finding_kind_check;
ALTER TABLE finding ADD CONSTRAINT finding_kind_check
    CHECK (kind IN ('split-view', 'rollback', 'uncosigned', 'withheld', 'overdue', 'review'));

CREATE TABLE withheld (
    origin      text PRIMARY KEY,
    index       bigint NOT NULL,               -- of the entry whose tiles were asked for
    note        bytea NOT NULL,                -- the first tree of which they were not served
    since       bigint NOT NULL                -- wall
);
