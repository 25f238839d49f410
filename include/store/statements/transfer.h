/* statements/transfer.h -- imports, exports, and uploads of files. */

/* --- import --- */

COLUMNS(IMPORTED, IMPORTED_OP, IMPORTED_HASH, IMPORTED_IS_THERE)
QUERY(IMPORT_WRITTEN, IMPORTED, /* the ops of a run, and whether their records still exist */
    "SELECT o.op_id, o.hash, r.deleted = 0"
    "  FROM op o"
    "  LEFT JOIN record r ON r.space_id = o.space_id AND r.collection = o.collection AND r.id = o.record_id"
    " WHERE o.space_id = ? AND o.user_id = ? AND o.op_id > ? AND o.op_id < ?"
    " ORDER BY o.op_id LIMIT 2000")

QUERY(IMPORT_WRITTEN_PURGED, IMPORTED, /* the same of those ops whose outcomes are purged: their audit stays */
    "SELECT a.op_id, a.op_hash, r.deleted = 0"
    "  FROM audit a"
    "  LEFT JOIN op o ON o.space_id = a.space_id AND o.user_id = a.user_id AND o.op_id = a.op_id"
    "  LEFT JOIN record r ON r.space_id = a.space_id AND r.collection = a.collection AND r.id = a.record_id"
    " WHERE a.space_id = ? AND a.user_id = ? AND a.op_id > ? AND a.op_id < ? AND o.op_id IS NULL"
    " ORDER BY a.op_id LIMIT 2000")

QUERY(IMPORT_KNOWN, ID, /* which of the ids in a JSON array, as hex digits, are or were used by a record */
    "SELECT r.id"
    "  FROM JSON_TABLE(?, '$[*]' COLUMNS (id VARCHAR(130) CHARACTER SET ascii PATH '$')) k"
    " STRAIGHT_JOIN record r FORCE INDEX (PRIMARY) ON r.space_id = ? AND r.collection = ? AND r.id = UNHEX(k.id)"
    " UNION "
    "SELECT a.record_id"
    "  FROM JSON_TABLE(?, '$[*]' COLUMNS (id VARCHAR(130) CHARACTER SET ascii PATH '$')) k"
    " STRAIGHT_JOIN audit a FORCE INDEX (record) ON a.space_id = ? AND a.collection = ? AND a.record_id = UNHEX(k.id)")

/* --- export --- */

COLUMNS(EXPORT, EXPORT_SORT_KEY = RECORD_COLUMNS_COUNT)
QUERY(EXPORT_PAGE, EXPORT, /* the live records of a collection in their order, oldest first, after a key */
    "SELECT " RECORD_COLUMNS ", sort_key"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND deleted = 0"
    "   AND sort_key >= ? AND (sort_key > ? OR id > ?)"
    " ORDER BY sort_key, id LIMIT 500")

QUERY(EXPORT_PAGE_OWN, EXPORT, /* the same, of one owner */
    "SELECT " RECORD_COLUMNS ", sort_key"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    "   AND sort_key >= ? AND (sort_key > ? OR id > ?)"
    " ORDER BY sort_key, id LIMIT 500")

QUERY(EXPORT_CHANGED, RECORD, /* what was written while the pages were read */
    "SELECT " RECORD_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND seq > ? AND collection = ? AND deleted = 0"
    " ORDER BY seq LIMIT 500")

/* --- uploads --- */

QUERY(FILE_UPLOAD_LOCK, UPLOAD,
    "SELECT id, size, received, named FROM attachment_upload"
    " WHERE space_id = ? AND sha256 = ? AND user_id = ?"
    "   FOR UPDATE")

COLUMNS(UNFINISHED, UNFINISHED_ID)
QUERY(FILE_UPLOADS_UNFINISHED, UNFINISHED, /* of a person, without one file; the one that rested longest first */
    "SELECT id FROM attachment_upload"
    " WHERE space_id = ? AND user_id = ? AND received < size AND sha256 <> ?"
    " ORDER BY changed_at, id")

STATEMENT(FILE_UPLOAD_BEGIN,
    "INSERT INTO attachment_upload (space_id, id, sha256, user_id, size, received, named, changed_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, UTC_TIMESTAMP(3))")

STATEMENT(FILE_UPLOAD_RESTART, /* under a new id: the chunks of the old one may be a file's content */
    "UPDATE attachment_upload SET id = ?, size = ?, received = ?, named = 0, changed_at = UTC_TIMESTAMP(3)"
    " WHERE space_id = ? AND id = ?")

STATEMENT(FILE_UPLOAD_AGAIN, /* the person has sent all of it again, so they may put it into a record again */
    "UPDATE attachment_upload SET named = 0, changed_at = UTC_TIMESTAMP(3) WHERE space_id = ? AND id = ?")
STATEMENT(FILE_UPLOAD_ADVANCE,
    "UPDATE attachment_upload SET received = ?, changed_at = UTC_TIMESTAMP(3) WHERE space_id = ? AND id = ?")
STATEMENT(FILE_UPLOAD_DROP,
    "DELETE FROM attachment_upload WHERE space_id = ? AND id = ?")
STATEMENT(FILE_UPLOAD_DROP_RESTING, /* unless a piece has come, or the rest of it, since it was read */
    "DELETE FROM attachment_upload"
    " WHERE space_id = ? AND id = ? AND received < size AND changed_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND")

COLUMNS(BYTES, BYTES_OF_SPACE)
/* With all bytes of uploads under way, received or not.  A file counts UPLOAD_COUNTED_MIN bytes at least. */
QUERY(FILE_SPACE_BYTES, BYTES,
    "SELECT (SELECT COALESCE(SUM(GREATEST(size, 4096)), 0) FROM attachment WHERE space_id = ?)"
    "     + (SELECT COALESCE(SUM(GREATEST(size, 4096)), 0) FROM attachment_upload"
    "         WHERE space_id = ? AND received < size)")

STATEMENT(FILE_CHUNK_ADD,
    "INSERT INTO attachment_chunk (space_id, upload_id, at, body) VALUES (?, ?, ?, ?)")
STATEMENT(FILE_CHUNKS_DROP,
    "DELETE FROM attachment_chunk WHERE space_id = ? AND upload_id = ?")

STATEMENT(FILE_KEEP,
    "INSERT IGNORE INTO attachment (space_id, sha256, type, size, upload_id, created_at)"
    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))")
