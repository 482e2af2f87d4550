-- The archive of movements: what is in it, up to where, and what must go out of it.

ALTER TABLE sighting ADD COLUMN received bigint;                     -- null of those from before this column
ALTER TABLE sighting ADD COLUMN version integer NOT NULL DEFAULT 1;  -- how often it was told, corrections included

CREATE TABLE archive_mark (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    sequence    bigint NOT NULL,               -- sightings up to this one are archived, or never will be
    erased      bigint NOT NULL DEFAULT 0,     -- rows that have gone by order
    expired     bigint NOT NULL DEFAULT 0      -- rows that have gone because their time was over
);
INSERT INTO archive_mark (sequence) VALUES (0);

CREATE TABLE archive_file (
    path        text PRIMARY KEY,
    day         bigint NOT NULL,
    cell        text NOT NULL,
    first       bigint NOT NULL,
    last        bigint NOT NULL,
    rows        bigint NOT NULL,
    begins      bigint NOT NULL,
    finishes    bigint NOT NULL,
    south       double precision,
    west        double precision,
    north       double precision,
    east        double precision,
    ends        bigint NOT NULL,               -- when the first row inside ends
    corrections bigint NOT NULL,
    size        bigint NOT NULL
);
CREATE INDEX archive_file_day ON archive_file (day, cell);
CREATE INDEX archive_file_ends ON archive_file (ends);
CREATE INDEX archive_file_corrections ON archive_file (day) WHERE corrections > 0;

-- What each feed's rows were kept for at most when that was last applied.
CREATE TABLE archive_keep (
    source      text PRIMARY KEY,
    keep        bigint NOT NULL
);

-- Records that must go out of the archive.
CREATE TABLE archive_order (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record      text NOT NULL,
    source      text NOT NULL,                 -- whose rows alone are meant; empty: anybody's
    officer     text NOT NULL,
    basis       text NOT NULL,
    made        bigint NOT NULL,
    rows        bigint NOT NULL DEFAULT 0,     -- how many have gone so far
    done        bigint
);
CREATE INDEX archive_order_open ON archive_order (sequence) WHERE done IS NULL;
