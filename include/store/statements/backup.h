/* statements/backup.h -- backups of spaces, their parts and chunks, and the jobs that make and restore them. */

/* --- records in the order of an archive --- */

QUERY(WALK_PAGE, RECORD, /* of a collection, by the bytes of their ids, tombstones too */
    "SELECT " RECORD_COLUMNS
    "  FROM record FORCE INDEX (PRIMARY)"
    " WHERE space_id = ? AND collection = ? AND id > ? AND id < ?"
    " ORDER BY id LIMIT 500")

/* --- restore --- */

COLUMNS(RESTORE_SEQ, RESTORE_SEQ_SEQ)
QUERY(RESTORE_SEQ, RESTORE_SEQ,
    "SELECT seq FROM space WHERE id = ?")
QUERY(RESTORE_WRITTEN, ONE, /* whether a person has written an op of that id */
    "SELECT 1 FROM audit WHERE space_id = ? AND user_id = ? AND op_id = ? LIMIT 1")

/* --- export --- */

COLUMNS(SPACE_EXPORT_HEAD, SPACE_EXPORT_NAME, SPACE_EXPORT_SEQ, SPACE_EXPORT_EPOCH, SPACE_EXPORT_CHAIN)
QUERY(SPACE_EXPORT_HEAD, SPACE_EXPORT_HEAD,
    "SELECT name, seq, epoch, chain FROM space WHERE id = ?")

COLUMNS(SPACE_EXPORT_FILES, SPACE_EXPORT_FILE_SHA256, SPACE_EXPORT_FILE_TYPE, SPACE_EXPORT_FILE_SIZE,
    SPACE_EXPORT_FILE_UPLOAD)
QUERY(SPACE_EXPORT_FILES, SPACE_EXPORT_FILES, /* those that a live record names, or did */
    "SELECT t.sha256, t.type, t.size, t.upload_id"
    "  FROM attachment t"
    " WHERE t.space_id = ? AND t.sha256 > ?"
    "   AND EXISTS (SELECT 1 FROM attachment_ref f"
    "                 JOIN record r ON r.space_id = f.space_id AND r.collection = f.collection"
    "                              AND r.id = f.record_id AND r.deleted = 0"
    "                WHERE f.space_id = t.space_id AND f.sha256 = t.sha256)"
    " ORDER BY t.sha256 LIMIT 500")

QUERY(PERSON_EXPORT_FILES, SPACE_EXPORT_FILES, /* those that a live record of a person names, or did */
    "SELECT t.sha256, t.type, t.size, t.upload_id"
    "  FROM attachment t"
    " WHERE t.space_id = ? AND t.sha256 > ?"
    "   AND EXISTS (SELECT 1 FROM attachment_ref f"
    "                 JOIN record r ON r.space_id = f.space_id AND r.collection = f.collection"
    "                              AND r.id = f.record_id AND r.deleted = 0 AND r.owner_id = ?"
    "                WHERE f.space_id = t.space_id AND f.sha256 = t.sha256)"
    " ORDER BY t.sha256 LIMIT 500")
