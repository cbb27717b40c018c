-- Integers of 64 bits throughout; what is unsigned is kept bit for bit. Instants are Unix milliseconds.

CREATE TABLE credential (
    id                 TEXT    NOT NULL PRIMARY KEY,
    -- What the customer reads, and what the bank calls the customer.
    issuer             TEXT,
    account            TEXT,
    account_ref        TEXT,
    -- How codes are made: 1 TOTP (t0, period), 2 HOTP (counter: the first).
    kind               INTEGER NOT NULL,
    algorithm          INTEGER NOT NULL,
    digits             INTEGER NOT NULL,
    t0                 INTEGER NOT NULL,
    period             INTEGER NOT NULL,
    counter            INTEGER NOT NULL,
    -- Keys, sealed under the key of this number.
    key_id             INTEGER NOT NULL,
    code_key           BLOB    NOT NULL,
    sign_key           BLOB,
    device_key         BLOB,
    -- What the token said of its key store, at an enrolment.
    binding            INTEGER,
    -- The verifier's row.
    confirmed          INTEGER NOT NULL,
    locked             INTEGER NOT NULL,
    suspended          INTEGER NOT NULL,
    revoked            INTEGER NOT NULL,
    spent              INTEGER,
    sighted            TEXT    NOT NULL,
    drift              INTEGER NOT NULL,
    drift_confirmed_at INTEGER,
    failures           INTEGER NOT NULL,
    next_try_at        INTEGER,
    -- Raised by each change of the row above: what is stored only in place of what was judged.
    version            INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    -- Until when it must be confirmed, if there is such a time.
    expires_at         INTEGER
) STRICT;

CREATE INDEX credential_expires ON credential (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX credential_key ON credential (key_id, id);

CREATE TABLE enrolment (
    id             BLOB    NOT NULL PRIMARY KEY,
    request_digest BLOB    NOT NULL,
    credential_id  TEXT    NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    -- As sent, until the credential is confirmed.
    answer         BLOB,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX enrolment_credential ON enrolment (credential_id);

CREATE TABLE activation (
    code_digest BLOB    NOT NULL PRIMARY KEY,
    account_ref TEXT,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    -- The enrolment that took it.
    used_by     BLOB
) STRICT;

CREATE INDEX activation_expires ON activation (expires_at);

CREATE TABLE answer (
    client         INTEGER NOT NULL,
    key            TEXT    NOT NULL,
    request_digest BLOB    NOT NULL,
    body           TEXT    NOT NULL,
    expires_at     INTEGER NOT NULL,
    PRIMARY KEY (client, key)
) STRICT;

CREATE INDEX answer_expires ON answer (expires_at);

CREATE TABLE client (
    id         INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    key_digest BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
