-- The address that the password of a login was counted for, so that the code takes that count back and no
-- other. None where it was counted for no address: a browser that is known may come by tries of its own.
ALTER TABLE session ADD COLUMN counted TEXT;
