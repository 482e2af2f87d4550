-- A cover may carry a second signature of 2,420 bytes, which is more than an index takes: its hash tells covers apart.
ALTER TABLE outbox_superseded DROP CONSTRAINT outbox_superseded_pkey;
CREATE UNIQUE INDEX outbox_superseded_cover ON outbox_superseded (message, sha256(cover));
