-- TAK clients: devices that follow the picture live, each one user's or one partner's.

CREATE TABLE tak_client (
    name        text PRIMARY KEY,              -- never given twice
    officer     text NOT NULL,                 -- who added it
    holder      text NOT NULL,                 -- whose it is: one of the node's people, or a partner
    partner     boolean NOT NULL,
    purpose     text NOT NULL,                 -- empty for the node's own people
    feed        text UNIQUE,                   -- as which it sends, if at all
    token       bytea NOT NULL,                -- its digest: whoever reads the database cannot sign in with it
    made        bigint NOT NULL,
    until       bigint NOT NULL,
    revoked     bigint
);
