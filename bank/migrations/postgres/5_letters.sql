-- An index of a long history takes longer than a request may.
SET LOCAL statement_timeout = 0;

-- Letters with a confirmation code (確認コード), posted to who wants to register a first token. Instants
-- are Unix milliseconds.

CREATE TABLE letter (
    number      BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id TEXT    NOT NULL REFERENCES contract (id),
    -- What the code is made of, with a key that the database does not have. Nobody prints it twice.
    salt        BYTEA,
    -- The keyed digest of the code.
    code_digest BYTEA   NOT NULL,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    -- When it was printed.
    printed_at  BIGINT,
    -- When it stopped being good for anything: with the registration of a token.
    ended_at    BIGINT,
    CHECK (salt IS NULL OR (printed_at IS NULL AND ended_at IS NULL))
);

CREATE INDEX letter_contract ON letter (contract_id, number);
CREATE INDEX letter_unprinted ON letter (number) WHERE printed_at IS NULL AND ended_at IS NULL;
CREATE INDEX letter_expires ON letter (expires_at);

-- Whether the customer drew the code at the bank's pages: the next one that they draw ends it.
ALTER TABLE activation ADD COLUMN by_customer BIGINT  NOT NULL DEFAULT 0 CHECK (by_customer IN (0, 1));

CREATE INDEX activation_by_customer ON activation (account_ref) WHERE by_customer = 1;

-- What a customer asks for only so often.
CREATE INDEX history_asked ON history (contract_id, at)
WHERE event IN ('letter_ordered', 'activation_drawn');
