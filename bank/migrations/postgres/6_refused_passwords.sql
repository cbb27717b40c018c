-- An index of a long history takes longer than a request may.
SET LOCAL statement_timeout = 0;

-- How many passwords were refused before a login. It is written with the login, and not as they were refused:
-- of IDs that nobody has there is no history, and a row would tell the others from them.
ALTER TABLE history ADD COLUMN failures BIGINT CHECK (failures > 0);

CREATE INDEX history_passwords ON history (contract_id, at) WHERE event = 'passwords_refused';
