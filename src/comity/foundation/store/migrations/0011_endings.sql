-- The whole life of an agreement, and what is owed when it ends.

ALTER TABLE agreement DROP CONSTRAINT agreement_state_check;
ALTER TABLE agreement ADD CONSTRAINT agreement_state_check CHECK (state IN ('requested', 'offered', 'accepted', 'agreed',
    'verified', 'finalized', 'suspended', 'expired', 'revoked', 'terminated'));

CREATE TABLE agreement_end (
    agreement   bytea PRIMARY KEY REFERENCES agreement (digest),
    state       text NOT NULL CHECK (state IN ('expired', 'revoked', 'terminated')),
    party       text NOT NULL,                 -- who ended it; empty: its time was over
    time        bigint NOT NULL,
    reason      text NOT NULL,
    revocation  bytea                          -- signed
);

-- Under which agreement a message came; NULL of those from before this column, which count as of any.
ALTER TABLE inbox ADD COLUMN agreement bytea;
CREATE INDEX inbox_agreement ON inbox (sender, agreement);

CREATE TABLE obligation (
    agreement   bytea NOT NULL REFERENCES agreement (digest),
    partner     text NOT NULL,
    ours        boolean NOT NULL,              -- we owe it to the partner; else it owes it to us
    made        bigint NOT NULL,
    due         bigint NOT NULL,
    effect      bytea,                         -- what was done, canonical
    entry       bigint,                        -- ours: where it stands in our log
    met         bigint,                        -- when it was proven
    PRIMARY KEY (agreement, partner, ours)
);
CREATE INDEX obligation_open ON obligation (due) WHERE met IS NULL;
