/* statements/backup.h -- backups of spaces, their parts and chunks, and the jobs that make and restore them. */

/* --- records in the order of an archive --- */

QUERY(WALK_PAGE, RECORD, /* of a collection, by the bytes of their ids, tombstones too */
    "SELECT " RECORD_COLUMNS
    "  FROM record FORCE INDEX (PRIMARY)"
    " WHERE space_id = ? AND collection = ? AND id > ? AND id < ?"
    " ORDER BY id LIMIT 500")
