-- Who has shown what, until they have been idle for too long.

CREATE TABLE session (
    -- The digest of what the browser keeps.
    token_digest BLOB    NOT NULL PRIMARY KEY,
    contract_id  TEXT    NOT NULL REFERENCES contract (id),
    -- 1 password, a code is wanted still; 2 logged in; 3 password, for a registration or an exchange alone.
    stage        INTEGER NOT NULL CHECK (stage IN (1, 2, 3)),
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX session_contract ON session (contract_id);
CREATE INDEX session_seen ON session (last_seen_at);
