-- Pages of records and of the audit are compressed when they are written out, no longer at each change.
ALTER TABLE record ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=0 /*M! PAGE_COMPRESSED=1 */ /*!80000 COMPRESSION='zlib' */;
ALTER TABLE audit ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=0 /*M! PAGE_COMPRESSED=1 */ /*!80000 COMPRESSION='zlib' */;
