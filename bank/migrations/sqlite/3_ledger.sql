-- The ledger. Amounts are whole yen.

CREATE TABLE account (
    -- Branch, kind and number, like 001-1-1234567; `cash` and `settlement` are the bank's own.
    id          TEXT    NOT NULL PRIMARY KEY,
    -- Whose it is; nobody's are the bank's own.
    contract_id TEXT    REFERENCES contract (id),
    -- As other banks call the holder.
    holder      TEXT    NOT NULL,
    -- What the bookings come to. The trigger below alone changes it.
    balance     INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    CHECK (contract_id IS NULL OR balance >= 0)
) STRICT;

CREATE INDEX account_contract ON account (contract_id) WHERE contract_id IS NOT NULL;

-- Both sides of a booking are one row, so no row can be out of balance. Nothing in it is ever changed.
CREATE TABLE booking (
    number   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    payer    TEXT    NOT NULL REFERENCES account (id),
    receiver TEXT    NOT NULL REFERENCES account (id),
    amount   INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
    at       INTEGER NOT NULL,
    CHECK (payer <> receiver)
) STRICT;

CREATE INDEX booking_payer ON booking (payer, number);
CREATE INDEX booking_receiver ON booking (receiver, number);

-- What a customer ordered. The key is the order's name: under it there is one transfer.
CREATE TABLE transfer (
    booking        INTEGER NOT NULL PRIMARY KEY REFERENCES booking (number),
    contract_id    TEXT    NOT NULL REFERENCES contract (id),
    request_key    TEXT    NOT NULL,
    request_digest BLOB    NOT NULL,
    -- The payee: bank, branch, 1 普通 or 2 当座, number.
    bank           TEXT    NOT NULL,
    branch         TEXT    NOT NULL,
    kind           INTEGER NOT NULL,
    account_number TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    UNIQUE (contract_id, request_key)
) STRICT;

CREATE INDEX transfer_payee ON transfer (contract_id, bank, branch, kind, account_number);

CREATE TRIGGER booking_moves_money AFTER INSERT ON booking
BEGIN
    UPDATE account SET balance = balance - NEW.amount WHERE id = NEW.payer;
    UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.receiver;
END;

CREATE TRIGGER account_begins_empty BEFORE INSERT ON account WHEN NEW.balance <> 0
BEGIN
    SELECT RAISE(ABORT, 'an account begins empty');
END;

-- An account is found by its ID, and whose it is decides whether it may be overdrawn.
CREATE TRIGGER account_stays_whose_it_is BEFORE UPDATE OF id, contract_id ON account
BEGIN
    SELECT RAISE(ABORT, 'account is not given to another');
END;

-- INSERT OR REPLACE removes what is there, and by default without a trigger that would refuse it.
CREATE TRIGGER account_is_not_replaced BEFORE INSERT ON account
WHEN EXISTS (SELECT 1 FROM account WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'account is not replaced');
END;

CREATE TRIGGER booking_is_not_replaced BEFORE INSERT ON booking
WHEN EXISTS (SELECT 1 FROM booking WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'booking is not changed');
END;

CREATE TRIGGER transfer_is_not_replaced BEFORE INSERT ON transfer
WHEN EXISTS (SELECT 1 FROM transfer WHERE booking = NEW.booking)
BEGIN
    SELECT RAISE(ABORT, 'transfer is not changed');
END;

-- Who sends an order twice inserts nothing the second time; that is no error.
CREATE TRIGGER transfer_keeps_its_name BEFORE INSERT ON transfer
WHEN EXISTS (
    SELECT 1 FROM transfer WHERE contract_id = NEW.contract_id AND request_key = NEW.request_key
)
BEGIN
    SELECT RAISE(IGNORE);
END;

CREATE TRIGGER booking_is_not_changed BEFORE UPDATE ON booking
BEGIN
    SELECT RAISE(ABORT, 'booking is not changed');
END;

CREATE TRIGGER booking_is_not_removed BEFORE DELETE ON booking
BEGIN
    SELECT RAISE(ABORT, 'booking is not changed');
END;

CREATE TRIGGER transfer_is_not_changed BEFORE UPDATE ON transfer
BEGIN
    SELECT RAISE(ABORT, 'transfer is not changed');
END;

CREATE TRIGGER transfer_is_not_removed BEFORE DELETE ON transfer
BEGIN
    SELECT RAISE(ABORT, 'transfer is not changed');
END;

INSERT INTO account (id, holder, created_at) VALUES ('cash', 'cash', 0);
INSERT INTO account (id, holder, created_at) VALUES ('settlement', 'settlement', 0);
