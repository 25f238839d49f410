-- What an op wanted, kept for ever with the write that it made: an op id that comes back after its outcome is gone is
-- told apart from another request under the same id.  NULL where it is not known.  It is no part of the chain.
ALTER TABLE audit ADD COLUMN op_hash BINARY(32) NULL;
