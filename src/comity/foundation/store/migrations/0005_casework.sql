-- What officers write, and what became of it at partners.

CREATE TABLE writing (
    id          text PRIMARY KEY,
    kind        text NOT NULL,                 -- report or notice
    version     integer NOT NULL,              -- the newest
    changed     bigint NOT NULL,               -- when it was written, written anew or cancelled
    cancellation bytea                         -- canonical form, null while it counts
);
CREATE INDEX writing_changed ON writing (changed);

CREATE TABLE writing_version (
    writing     text NOT NULL REFERENCES writing (id),
    version     integer NOT NULL,
    body        bytea NOT NULL,                -- canonical form
    PRIMARY KEY (writing, version)
);

-- An officer of ours took note of what a partner gave.
CREATE TABLE acknowledgement (
    sender      text NOT NULL,
    message     bytea NOT NULL,
    place       integer NOT NULL,              -- of the record in the message
    officer     text NOT NULL,
    time        bigint NOT NULL,
    PRIMARY KEY (sender, message, place),
    FOREIGN KEY (sender, message) REFERENCES inbox (sender, id)
);

-- A partner says that an officer of theirs took note of a release of ours.
CREATE TABLE acknowledged (
    message     bytea NOT NULL REFERENCES outbox (id),
    place       integer NOT NULL,
    time        bigint NOT NULL,               -- by the partner's clock
    sequence    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (message, place)
);

-- A partner says that what it gave counts no more.
CREATE TABLE cancelled (
    sender      text NOT NULL,
    record      text NOT NULL,
    ending      text NOT NULL,
    time        bigint NOT NULL,               -- by the partner's clock
    sequence    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (sender, record)
);
