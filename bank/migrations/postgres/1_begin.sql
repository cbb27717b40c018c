-- Integers of 64 bits throughout; what is unsigned is kept bit for bit. Instants are Unix milliseconds.

CREATE TABLE credential (
    id                 TEXT    NOT NULL PRIMARY KEY,
    -- What the customer reads, and what the bank calls the customer.
    issuer             TEXT,
    account            TEXT,
    account_ref        TEXT,
    -- How codes are made: 1 TOTP (t0, period), 2 HOTP (counter: the first).
    kind               BIGINT NOT NULL,
    algorithm          BIGINT NOT NULL,
    digits             BIGINT NOT NULL,
    t0                 BIGINT NOT NULL,
    period             BIGINT NOT NULL,
    counter            BIGINT NOT NULL,
    -- Keys, sealed under the key of this number.
    key_id             BIGINT NOT NULL,
    code_key           BYTEA   NOT NULL,
    sign_key           BYTEA,
    device_key         BYTEA,
    -- What the token said of its key store, at an enrolment.
    binding            BIGINT,
    -- The verifier's row.
    confirmed          BIGINT NOT NULL,
    locked             BIGINT NOT NULL,
    suspended          BIGINT NOT NULL,
    revoked            BIGINT NOT NULL,
    spent              BIGINT,
    sighted            TEXT    NOT NULL,
    drift              BIGINT NOT NULL,
    drift_confirmed_at BIGINT,
    failures           BIGINT NOT NULL,
    next_try_at        BIGINT,
    -- Raised by each change of the row above: what is stored only in place of what was judged.
    version            BIGINT NOT NULL,
    created_at         BIGINT NOT NULL,
    -- Until when it must be confirmed, if there is such a time.
    expires_at         BIGINT
-- Room on each page, so that a login changes a row in place and no index.
) WITH (fillfactor = 80);

CREATE INDEX credential_expires ON credential (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX credential_key ON credential (key_id, id);

CREATE TABLE enrolment (
    id             BYTEA   NOT NULL PRIMARY KEY,
    request_digest BYTEA   NOT NULL,
    credential_id  TEXT    NOT NULL REFERENCES credential (id) ON DELETE CASCADE,
    -- As sent, until the credential is confirmed.
    answer         BYTEA,
    created_at     BIGINT NOT NULL
);

CREATE INDEX enrolment_credential ON enrolment (credential_id);

CREATE TABLE activation (
    code_digest BYTEA   NOT NULL PRIMARY KEY,
    account_ref TEXT,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    -- The enrolment that took it.
    used_by     BYTEA
);

CREATE INDEX activation_expires ON activation (expires_at);

CREATE TABLE answer (
    client         BIGINT NOT NULL,
    key            TEXT    NOT NULL,
    request_digest BYTEA   NOT NULL,
    body           TEXT    NOT NULL,
    expires_at     BIGINT NOT NULL,
    PRIMARY KEY (client, key)
);

CREATE INDEX answer_expires ON answer (expires_at);

CREATE TABLE client (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    key_digest BYTEA   NOT NULL,
    created_at BIGINT NOT NULL
);
