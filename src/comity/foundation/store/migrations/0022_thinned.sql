-- Checkpoints of our log are thinned once they are old; one under which a proof was given is kept for good.

ALTER TABLE ledger_checkpoint ADD COLUMN referred boolean NOT NULL DEFAULT false;
