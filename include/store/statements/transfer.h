/* statements/transfer.h -- imports, exports, and uploads of files. */

/* --- import --- */

COLUMNS(IMPORTED, IMPORTED_OP, IMPORTED_HASH, IMPORTED_IS_THERE,
    IMPORTED_WAS) /* what the op did: 0 nothing, 1 a new record, 2 a change */
QUERY(IMPORT_WRITTEN, IMPORTED, /* the ops of a run, and whether their records still exist */
    "SELECT o.op_id, o.hash, r.deleted = 0,"
    "       IF(o.status = 'unchanged', 0, IF(o.version = 1 OR b.action = 'deleted', 1, 2))"
    "  FROM op o FORCE INDEX (PRIMARY)"
    "  LEFT JOIN record r FORCE INDEX (PRIMARY)"
    "    ON r.space_id = o.space_id AND r.collection = o.collection AND r.id = o.record_id"
    "  LEFT JOIN audit b FORCE INDEX (record)"
    "    ON b.space_id = o.space_id AND b.collection = o.collection AND b.record_id = o.record_id"
    "   AND b.version = o.version - 1"
    " WHERE o.space_id = ? AND o.user_id = ? AND o.op_id > ? AND o.op_id < ?"
    " ORDER BY o.op_id LIMIT 2000")

QUERY(IMPORT_WRITTEN_PURGED, IMPORTED, /* the same of those ops whose outcomes are purged: their audit stays */
    "SELECT a.op_id, a.op_hash, r.deleted = 0, IF(a.version = 1 OR b.action = 'deleted', 1, 2)"
    "  FROM audit a FORCE INDEX (op)"
    "  LEFT JOIN op o FORCE INDEX (PRIMARY)"
    "    ON o.space_id = a.space_id AND o.user_id = a.user_id AND o.op_id = a.op_id"
    "  LEFT JOIN record r FORCE INDEX (PRIMARY)"
    "    ON r.space_id = a.space_id AND r.collection = a.collection AND r.id = a.record_id"
    "  LEFT JOIN audit b FORCE INDEX (record)"
    "    ON b.space_id = a.space_id AND b.collection = a.collection AND b.record_id = a.record_id"
    "   AND b.version = a.version - 1"
    " WHERE a.space_id = ? AND a.user_id = ? AND a.op_id > ? AND a.op_id < ? AND o.op_id IS NULL"
    " ORDER BY a.op_id LIMIT 2000")

COLUMNS(BACK, BACK_OP = RECORD_COLUMNS_COUNT, BACK_VERSION, BACK_CREATED, BACK_OWNER, BACK_FORMER_OWNER,
    BACK_CHANGES, BACK_PRIVATE_CHANGES, BACK_LAST_CAUSE, BACK_LAST_ACTION)
QUERY(IMPORT_BACK, BACK, /* what an import wrote, with the record as it is now and the last write of it */
    "SELECT " RECORD_COLUMNS_OF("r.") ","
    "       a.op_id, a.version, a.version = 1 OR b.action = 'deleted', a.owner_id, a.prev_owner_id, a.changes,"
    "       a.private_changes, l.cause, l.action"
    "  FROM audit a FORCE INDEX (op)"
    "  LEFT JOIN audit b FORCE INDEX (record)"
    "    ON b.space_id = a.space_id AND b.collection = a.collection AND b.record_id = a.record_id"
    "   AND b.version = a.version - 1"
    "  LEFT JOIN record r FORCE INDEX (PRIMARY)"
    "    ON r.space_id = a.space_id AND r.collection = a.collection AND r.id = a.record_id"
    "  LEFT JOIN audit l FORCE INDEX (record)"
    "    ON l.space_id = r.space_id AND l.collection = r.collection AND l.record_id = r.id AND l.version = r.version"
    " WHERE a.space_id = ? AND a.user_id = ? AND a.op_id > ? AND a.op_id < ?"
    " ORDER BY a.op_id LIMIT 500")

COLUMNS(UNDO, UNDO_COLLECTION, UNDO_RECORD, UNDO_FIRST, UNDO_LAST) /* of statement_undo */
COLUMNS(UNDO_WRITES, UNDO_WRITES_TOKEN = AUDIT_COLUMNS_COUNT)
QUERY(UNDO_WRITES, UNDO_WRITES, /* the writes of a record from a version on, newest first */
    "SELECT " AUDIT_COLUMNS ", token_id"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version >= ?"
    " ORDER BY version DESC LIMIT ?")

COLUMNS(USES, USES_ID, USES_NAMED, USES_SORT_KEY)
QUERY(IMPORT_USES, USES, /* which records the live records of a collection name in one field */
    "SELECT id, JSON_UNQUOTE(IF(?, JSON_EXTRACT(doc_private, ?), JSON_EXTRACT(doc, ?))), sort_key"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND deleted = 0"
    "   AND sort_key >= ? AND (sort_key > ? OR id > ?)"
    " ORDER BY sort_key, id LIMIT 5000")

COLUMNS(PEOPLE, PEOPLE_ID, PEOPLE_NAME, PEOPLE_EMAIL)
QUERY(IMPORT_PEOPLE, PEOPLE, /* whom a file may name as owner */
    "SELECT u.id, u.name, u.email FROM member m JOIN user u ON u.id = m.user_id WHERE m.space_id = ? LIMIT 5000")

QUERY(IMPORT_IDS, ID, /* ids that people gave: a file may write them in other case */
    "SELECT id FROM record FORCE INDEX (list_all) WHERE space_id = ? AND collection = ? AND deleted = 0 LIMIT 20000")

COLUMNS(NAMED, NAMED_ID, NAMED_OWNER, NAMED_DOC, NAMED_SORT_KEY)
QUERY(IMPORT_NAMED, NAMED, /* the live records of a collection that a file may name: all, or a person's own */
    "SELECT id, owner_id, doc, sort_key"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND deleted = 0"
    "   AND sort_key >= ? AND (sort_key > ? OR id > ?) AND (? OR owner_id = ?)"
    " ORDER BY sort_key, id LIMIT 1000")

COLUMNS(FORMER, FORMER_ID, FORMER_DOC)
QUERY(IMPORTS_FORMER, FORMER, /* the latest imports of a person into a collection that are not taken back */
    "SELECT id, doc FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    "   AND JSON_VALUE(doc, '$.collection') = ? AND JSON_VALUE(doc, '$.takenBackAt') IS NULL"
    " ORDER BY sort_key DESC LIMIT 100")

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

QUERY(EXPORT_PAGE_OVERSEEN, EXPORT, /* the same, of a person and of those whom they oversee */
    "SELECT " RECORD_COLUMNS ", sort_key"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND deleted = 0"
    "   AND (owner_id = ?"
    "        OR owner_id IN (SELECT o.owner_id FROM oversight o WHERE o.space_id = record.space_id AND o.user_id = ?))"
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
