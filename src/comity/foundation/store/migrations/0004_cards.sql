-- Every card that a partner, or the node itself, has had: what was signed under one stays provable.
CREATE TABLE partner_card (
    digest      bytea PRIMARY KEY,             -- SHA-256 of the signed card
    sequence    bigint GENERATED ALWAYS AS IDENTITY UNIQUE, -- the order in which they were accepted
    name        text NOT NULL,                 -- of the partner, or of the node itself
    serial      bigint NOT NULL,               -- as on the card
    card        bytea NOT NULL,                -- the signed card as it came
    since       bigint NOT NULL,
    cut_off     bigint                         -- tree size of its log: at or beyond, its keys are not believed
);
CREATE INDEX partner_card_name ON partner_card (name, sequence);
INSERT INTO partner_card (digest, name, serial, card, since) SELECT sha256(card), name, 1, card, since FROM partner;

-- To what messages to a partner are sealed: its newest prekey, as it came.
CREATE TABLE partner_prekey (
    name        text PRIMARY KEY,
    prekey      bytea NOT NULL
);
