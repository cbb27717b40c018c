-- Who has shown what, until they have been idle for too long.

CREATE TABLE session (
    -- The digest of what the browser keeps.
    token_digest BYTEA   NOT NULL PRIMARY KEY,
    contract_id  TEXT    NOT NULL REFERENCES contract (id),
    -- 1 password, a code is wanted still; 2 logged in; 3 password, for a registration or an exchange alone.
    stage        BIGINT  NOT NULL CHECK (stage IN (1, 2, 3)),
    created_at   BIGINT  NOT NULL,
    last_seen_at BIGINT  NOT NULL
);

CREATE INDEX session_contract ON session (contract_id);
CREATE INDEX session_seen ON session (last_seen_at);
