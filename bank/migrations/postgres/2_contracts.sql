-- The customers' contracts with the bank. Instants are Unix milliseconds; flags are 0 or 1.

CREATE TABLE contract (
    -- 契約者ID.
    id               TEXT    NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL,
    -- Where notices go.
    address          TEXT    NOT NULL,
    -- Argon2id by the parameters of this number, digested under a key that the database does not have.
    password_kdf     BIGINT  NOT NULL,
    password_salt    BYTEA   NOT NULL,
    password_digest  BYTEA   NOT NULL,
    -- Whether a code is asked for at login too.
    code_at_login    BIGINT  NOT NULL CHECK (code_at_login IN (0, 1)),
    -- A credential is one contract's at most. It is not referenced: the token service may be elsewhere.
    credential_id    TEXT    UNIQUE,
    bound_at         BIGINT,
    -- What staff gave out so that a lost token can be exchanged, by its keyed digest.
    reset_digest     BYTEA,
    reset_expires_at BIGINT,
    last_login_at    BIGINT,
    created_at       BIGINT  NOT NULL,
    -- Raised by each change.
    version          BIGINT  NOT NULL,
    CHECK ((credential_id IS NULL) = (bound_at IS NULL)),
    CHECK ((reset_digest IS NULL) = (reset_expires_at IS NULL)),
    CHECK (code_at_login = 0 OR credential_id IS NOT NULL)
);

-- One digest under the key that the contracts' passwords were made with, by which another key is found out.
CREATE TABLE key_check (
    one    BIGINT  NOT NULL PRIMARY KEY CHECK (one = 1),
    digest BYTEA  NOT NULL
);

-- Failures in a row, of IDs that nobody has as well.
CREATE TABLE attempt (
    subject     TEXT    NOT NULL PRIMARY KEY,
    failures    BIGINT  NOT NULL CHECK (failures > 0),
    next_try_at BIGINT  NOT NULL,
    last_at     BIGINT  NOT NULL
);

CREATE INDEX attempt_last ON attempt (last_at);

-- Networks from which somebody has logged in to a contract: what fails elsewhere does not hold these up.
CREATE TABLE known_network (
    contract_id TEXT    NOT NULL REFERENCES contract (id),
    network     TEXT    NOT NULL,
    last_at     BIGINT  NOT NULL,
    PRIMARY KEY (contract_id, network)
);

CREATE INDEX known_network_last ON known_network (last_at);

-- 利用履歴: what was done, for the customer and for who looks into a case. Nothing in it is ever changed.
CREATE TABLE history (
    number      BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id TEXT    NOT NULL REFERENCES contract (id),
    at          BIGINT  NOT NULL,
    event       TEXT    NOT NULL,
    -- The address that it was asked for from, if it was asked for over the network.
    origin      TEXT,
    -- The credential that it was done with or to.
    credential_id TEXT,
    -- The time step, or the counter, of that credential's code, if one was accepted for it.
    step        BIGINT,
    -- The order that was booked, by the name that `transfer` has.
    request_key TEXT,
    -- Who of the bank did it; nobody where the customer did.
    staff       TEXT
);

CREATE INDEX history_contract ON history (contract_id, number);
CREATE INDEX history_refused ON history (contract_id, at)
WHERE event IN ('code_refused', 'registration_refused');

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is not changed', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER history_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON history
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Notices to customers, for another program to send.
CREATE TABLE notice (
    number      BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id TEXT    NOT NULL REFERENCES contract (id),
    address     TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    sent_at     BIGINT
);

CREATE INDEX notice_unsent ON notice (number) WHERE sent_at IS NULL;
