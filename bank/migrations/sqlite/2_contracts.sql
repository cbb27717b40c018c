-- The customers' contracts with the bank. Instants are Unix milliseconds; flags are 0 or 1.

CREATE TABLE contract (
    -- 契約者ID.
    id               TEXT    NOT NULL PRIMARY KEY,
    name             TEXT    NOT NULL,
    -- Where notices go.
    address          TEXT    NOT NULL,
    -- Argon2id by the parameters of this number, digested under a key that the database does not have.
    password_kdf     INTEGER NOT NULL,
    password_salt    BLOB    NOT NULL,
    password_digest  BLOB    NOT NULL,
    -- Whether a code is asked for at login too.
    code_at_login    INTEGER NOT NULL CHECK (code_at_login IN (0, 1)),
    -- A credential is one contract's at most. It is not referenced: the token service may be elsewhere.
    credential_id    TEXT    UNIQUE,
    bound_at         INTEGER,
    -- What staff gave out so that a lost token can be exchanged, by its keyed digest.
    reset_digest     BLOB,
    reset_expires_at INTEGER,
    last_login_at    INTEGER,
    created_at       INTEGER NOT NULL,
    -- Raised by each change.
    version          INTEGER NOT NULL,
    CHECK ((credential_id IS NULL) = (bound_at IS NULL)),
    CHECK ((reset_digest IS NULL) = (reset_expires_at IS NULL)),
    CHECK (code_at_login = 0 OR credential_id IS NOT NULL)
) STRICT;

-- One digest under the key that the contracts' passwords were made with, by which another key is found out.
CREATE TABLE key_check (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    digest BLOB   NOT NULL
) STRICT;

-- Failures in a row, of IDs that nobody has as well.
CREATE TABLE attempt (
    subject     TEXT    NOT NULL PRIMARY KEY,
    failures    INTEGER NOT NULL CHECK (failures > 0),
    next_try_at INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX attempt_last ON attempt (last_at);

-- Networks from which somebody has logged in to a contract: what fails elsewhere does not hold these up.
CREATE TABLE known_network (
    contract_id TEXT    NOT NULL REFERENCES contract (id),
    network     TEXT    NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (contract_id, network)
) STRICT;

CREATE INDEX known_network_last ON known_network (last_at);

-- 利用履歴: what was done, for the customer and for who looks into a case. Nothing in it is ever changed.
CREATE TABLE history (
    number      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    contract_id TEXT    NOT NULL REFERENCES contract (id),
    at          INTEGER NOT NULL,
    event       TEXT    NOT NULL,
    -- The address that it was asked for from, if it was asked for over the network.
    origin      TEXT,
    -- The credential that it was done with or to.
    credential_id TEXT,
    -- The time step, or the counter, of that credential's code, if one was accepted for it.
    step        INTEGER,
    -- The order that was booked, by the name that `transfer` has.
    request_key TEXT,
    -- Who of the bank did it; nobody where the customer did.
    staff       TEXT
) STRICT;

CREATE INDEX history_contract ON history (contract_id, number);
CREATE INDEX history_refused ON history (contract_id, at)
WHERE event IN ('code_refused', 'registration_refused');

-- INSERT OR REPLACE removes what is there, and by default without a trigger that would refuse it.
CREATE TRIGGER history_is_not_replaced BEFORE INSERT ON history
WHEN EXISTS (SELECT 1 FROM history WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'history is not changed');
END;

CREATE TRIGGER history_is_not_changed BEFORE UPDATE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is not changed');
END;

CREATE TRIGGER history_is_not_removed BEFORE DELETE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is not changed');
END;

-- Notices to customers, for another program to send.
CREATE TABLE notice (
    number      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    contract_id TEXT    NOT NULL REFERENCES contract (id),
    address     TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    sent_at     INTEGER
) STRICT;

CREATE INDEX notice_unsent ON notice (number) WHERE sent_at IS NULL;
