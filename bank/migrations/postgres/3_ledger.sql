-- The ledger. Amounts are whole yen.

CREATE TABLE account (
    -- Branch, kind and number, like 001-1-1234567; `cash` and `settlement` are the bank's own.
    id          TEXT    NOT NULL PRIMARY KEY,
    -- Whose it is; nobody's are the bank's own.
    contract_id TEXT    REFERENCES contract (id),
    -- As other banks call the holder.
    holder      TEXT    NOT NULL,
    -- What the bookings come to. The trigger below alone changes it.
    balance     BIGINT  NOT NULL DEFAULT 0,
    created_at  BIGINT  NOT NULL,
    CHECK (contract_id IS NULL OR balance >= 0)
);

CREATE INDEX account_contract ON account (contract_id) WHERE contract_id IS NOT NULL;

-- Both sides of a booking are one row, so no row can be out of balance. Nothing in it is ever changed.
CREATE TABLE booking (
    number   BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payer    TEXT    NOT NULL REFERENCES account (id),
    receiver TEXT    NOT NULL REFERENCES account (id),
    amount   BIGINT  NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
    at       BIGINT  NOT NULL,
    CHECK (payer <> receiver)
);

CREATE INDEX booking_payer ON booking (payer, number);
CREATE INDEX booking_receiver ON booking (receiver, number);

-- What a customer ordered. The key is the order's name: under it there is one transfer.
CREATE TABLE transfer (
    booking        BIGINT  NOT NULL PRIMARY KEY REFERENCES booking (number),
    contract_id    TEXT    NOT NULL REFERENCES contract (id),
    request_key    TEXT    NOT NULL,
    request_digest BYTEA   NOT NULL,
    -- The payee: bank, branch, 1 普通 or 2 当座, number.
    bank           TEXT    NOT NULL,
    branch         TEXT    NOT NULL,
    kind           BIGINT  NOT NULL,
    account_number TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    UNIQUE (contract_id, request_key)
);

CREATE INDEX transfer_payee ON transfer (contract_id, bank, branch, kind, account_number);

CREATE FUNCTION move_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Both at once and always in one order, or two bookings the other way round would each wait for what
    -- the other holds.
    PERFORM 1 FROM account WHERE id IN (NEW.payer, NEW.receiver) ORDER BY id FOR NO KEY UPDATE;
    UPDATE account SET balance = balance - NEW.amount WHERE id = NEW.payer;
    UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.receiver;
    RETURN NULL;
END
$$;

CREATE TRIGGER booking_moves_money AFTER INSERT ON booking
FOR EACH ROW EXECUTE FUNCTION move_money();

CREATE TRIGGER account_begins_empty BEFORE INSERT ON account
FOR EACH ROW WHEN (NEW.balance <> 0) EXECUTE FUNCTION refuse_change();

-- An account is found by its ID, and whose it is decides whether it may be overdrawn.
CREATE TRIGGER account_stays_whose_it_is BEFORE UPDATE OF id, contract_id ON account
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER booking_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON booking
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER transfer_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO account (id, holder, created_at) VALUES ('cash', 'cash', 0);
INSERT INTO account (id, holder, created_at) VALUES ('settlement', 'settlement', 0);
