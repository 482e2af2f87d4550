-- What is looked at every second takes no longer the more the node has done.

-- Whether a partner's log has proven its receipt, so that nobody looks through all that it has.
ALTER TABLE outbox ADD COLUMN proven boolean NOT NULL DEFAULT false;
UPDATE outbox SET proven = true FROM receipt_proof WHERE message = id;
CREATE INDEX outbox_unproven ON outbox (partner, entry) WHERE kind = 'release' AND receipt IS NOT NULL AND NOT proven;

-- Findings in the order in which they are listed.
CREATE INDEX finding_listed ON finding ((acknowledged IS NULL), sequence);
