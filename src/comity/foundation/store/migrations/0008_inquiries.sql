-- Inquiries: what partners asked us, and what we asked them.

CREATE TABLE inquiry (
    id          bytea PRIMARY KEY,             -- drawn by who asks
    owner       text NOT NULL,                 -- who is asked
    asker       text NOT NULL,
    agreement   text NOT NULL,
    clause      text NOT NULL,
    question    bytea NOT NULL,                -- canonical form
    salt        bytea NOT NULL,                -- with it, what the log says of the question can be checked
    weight      integer NOT NULL,              -- how many questions it counts for
    state       text NOT NULL CHECK (state IN ('asked', 'found', 'hit', 'no-hit', 'given', 'declined', 'untold')),
    simulated   boolean NOT NULL DEFAULT false, -- all that was hit is
    made        bigint NOT NULL,
    officer     text NOT NULL DEFAULT '',      -- of this node: who asked, gave or declined
    message     bytea NOT NULL,                -- that carried the question: in our outbox, or in our inbox
    due         bigint NOT NULL,               -- at the owner: when the answer is told
    told        bytea,                         -- at the owner: the message that carries the answer
    answered    bigint,                        -- when the answer went, or came
    keep_until  bigint NOT NULL
);
CREATE INDEX inquiry_counted ON inquiry (asker, owner, agreement, clause, made);
CREATE INDEX inquiry_made ON inquiry (made, id);
CREATE INDEX inquiry_waiting ON inquiry (owner, made) WHERE state IN ('asked', 'found');
CREATE INDEX inquiry_hit ON inquiry (owner, made) WHERE state = 'hit';
CREATE INDEX inquiry_kept ON inquiry (keep_until);

-- At the owner: what was hit. At the asker: which messages brought what lay behind.
CREATE TABLE inquiry_found (
    inquiry     bytea NOT NULL REFERENCES inquiry (id) ON DELETE CASCADE,
    kind        text NOT NULL,                 -- of the record
    record      text NOT NULL,
    PRIMARY KEY (inquiry, kind, record)
);
CREATE TABLE inquiry_given (
    inquiry     bytea NOT NULL REFERENCES inquiry (id) ON DELETE CASCADE,
    message     bytea NOT NULL,
    PRIMARY KEY (inquiry, message)
);
