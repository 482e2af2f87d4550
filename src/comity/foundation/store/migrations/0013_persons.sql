-- Records about persons: one version each, with the date from which nobody reads it.

CREATE TABLE person (
    id          text PRIMARY KEY,              -- random
    version     integer NOT NULL,
    changed     bigint NOT NULL,               -- when it was written, corrected or renewed
    review      bigint NOT NULL,               -- from when it is not read
    salt        bytea NOT NULL,                -- without it no digest in the log tells what was written
    body        bytea NOT NULL                 -- canonical form
);
CREATE INDEX person_changed ON person (changed DESC, id);
CREATE INDEX person_review ON person (review);

-- Which of what was given was about a person, and until when our own copy of it may be kept.
CREATE TABLE person_given (
    message     bytea PRIMARY KEY REFERENCES outbox (id),
    record      text NOT NULL,
    keep_until  bigint NOT NULL
);
CREATE INDEX person_given_record ON person_given (record);
CREATE INDEX person_given_until ON person_given (keep_until);
