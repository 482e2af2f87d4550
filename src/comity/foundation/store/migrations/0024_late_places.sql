-- What is given in bulk is kept before its acts have their places in the log: where an item's entry stands follows from
-- its message's first and its place. Items from before have it written.
ALTER TABLE outbox_item ALTER COLUMN entry DROP NOT NULL;

-- Until when a record may be kept by whom it is given to: asked before each attempt to deliver. Null of what is no
-- record, and of records from before, which say it themselves.
ALTER TABLE outbox_item ADD COLUMN keep_until bigint;
