/* statements/record.h -- the write of a record, its history, and the files that records name. */

/* The columns of a record, and those of a row of the audit.  A query that reads one begins with these columns, because
 * record_of_row and audit_of_row rely on their order.  Of the live records of one collection, the columns that are
 * shown are all there is to know. */
#define SHOWN_COLUMNS_OF(table) \
	table "id, " table "version, " table "seq, " table "owner_id, " table "reader_id, " table "doc, " \
	table "doc_private, " table "created_at, " table "created_by, " table "updated_at, " table "updated_by"
#define RECORD_COLUMNS_OF(table) \
	SHOWN_COLUMNS_OF(table) ", " table "collection, " table "tx_seq, " table "deleted"
#define SHOWN_COLUMNS SHOWN_COLUMNS_OF("")
#define RECORD_COLUMNS RECORD_COLUMNS_OF("")
COLUMNS(SHOWN, RECORD_ID, RECORD_VERSION, RECORD_SEQ, RECORD_OWNER, RECORD_READER, RECORD_DOC, RECORD_DOC_PRIVATE,
    RECORD_CREATED_AT, RECORD_CREATED_BY, RECORD_UPDATED_AT, RECORD_UPDATED_BY)
COLUMNS(RECORD, RECORD_COLLECTION = SHOWN_COLUMNS_COUNT, RECORD_TX_SEQ, RECORD_DELETED)

#define AUDIT_COLUMNS \
	"seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, changes, private_changes," \
	" salt, digest, audit.user_id, device_id, op_id, cause, at, claimed_at, hash, reader_id"
COLUMNS(AUDIT, AUDIT_SEQ, AUDIT_TX_SEQ, AUDIT_COLLECTION, AUDIT_RECORD, AUDIT_VERSION, AUDIT_OWNER,
    AUDIT_PREV_OWNER, AUDIT_ACTION, AUDIT_CHANGES, AUDIT_PRIVATE_CHANGES, AUDIT_SALT, AUDIT_DIGEST, AUDIT_USER,
    AUDIT_DEVICE, AUDIT_OP, AUDIT_CAUSE, AUDIT_AT, AUDIT_CLAIMED_AT, AUDIT_HASH, AUDIT_READER)

/* --- the write --- */

CHANGE(SPACE_ADVANCE, OF_HEAD(6),
    "UPDATE space SET seq = ?, chain = ?, last_at = ?, records = ?, bytes = ? WHERE id = ?")
CHANGE(SPACE_GROW, OF_NOBODY, /* only outcomes of ops were kept */
    "UPDATE space SET bytes = ? WHERE id = ?")

COLUMNS(HOLDS, HOLDS_RECORDS, HOLDS_BYTES, HOLDS_RECORDS_MAX, HOLDS_BYTES_MAX)
QUERY(SPACE_HOLDS, HOLDS,
    "SELECT " QUOTA_COLUMNS " FROM space WHERE id = ?")

/* The outcome of an op.  When that is purged, its audit row tells the same, and whoever looks asks for both. */
COLUMNS(OP, OP_HASH, OP_COLLECTION, OP_RECORD, OP_STATUS, OP_VERSION, OP_SEQ)

/* The record that the op names too, so that one question tells both.  Everything is found by a key, and MAX of the end
 * of one needs no plan: what is written here otherwise is several times as dear. */
COLUMNS(OP_FOUND, OP_FOUND_OUTCOME = RECORD_COLUMNS_COUNT, /* the columns OP */
    OP_FOUND_WRITTEN = RECORD_COLUMNS_COUNT + OP_COLUMNS_COUNT) /* seq of the op in the audit */
#define OP_FOUND_CELLS \
	RECORD_COLUMNS_OF("r.") "," \
	"       o.hash, o.collection, o.record_id, o.status, o.version, o.seq," \
	"       (SELECT MAX(a.seq) FROM audit a WHERE a.space_id = ? AND a.user_id = ? AND a.op_id = ?)"
#define OP_FOUND_TABLES \
	"  LEFT JOIN op o ON o.space_id = ? AND o.user_id = ? AND o.op_id = ?" \
	"  LEFT JOIN record r ON r.space_id = ? AND r.collection = ? AND r.id = ?"
QUERY(OP_FIND, OP_FOUND,
    "SELECT " OP_FOUND_CELLS
    "  FROM space p"
    OP_FOUND_TABLES
    " WHERE p.id = ?")
COLUMNS(CALLER_AND_OP, CALLER_AND_OP_FOUND = CALLER_COLUMNS_COUNT, /* the columns OP_FOUND */
    CALLER_AND_OP_LAST = CALLER_COLUMNS_COUNT + OP_FOUND_COLUMNS_COUNT - 1)
QUERY(CALLER_AND_OP, CALLER_AND_OP, /* both questions of a write of one op */
    "SELECT " CALLER_CELLS ", " OP_FOUND_CELLS
    CALLER_TABLES
    OP_FOUND_TABLES
    " WHERE s.id = ?")
QUERY(OP_FIND_PURGED, OP,
    "SELECT op_hash, collection, record_id, 'applied', version, seq"
    "  FROM audit WHERE space_id = ? AND seq = ?")

COLUMNS(OPS, OPS_ID = OP_COLUMNS_COUNT)
QUERY(OPS_FIND, OPS, /* of many ops */
    "SELECT hash, collection, record_id, status, version, seq, op_id"
    "  FROM op WHERE space_id = ? AND user_id = ? AND op_id IN (?)")
QUERY(OPS_FIND_PURGED, OPS,
    "SELECT op_hash, collection, record_id, 'applied', version, seq, op_id"
    "  FROM audit WHERE space_id = ? AND user_id = ? AND op_id IN (?)")

STATEMENT(OP_APPEND,
    "INSERT INTO op (space_id, user_id, op_id, hash, collection, record_id, status, version, seq, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")

QUERY(RECORD_READ, RECORD,
    "SELECT " RECORD_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND id = ?")

QUERY(RECORDS_READ, RECORD,
    "SELECT " RECORD_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND id IN (?)")

COLUMNS(KIN, KIN_ID, KIN_DOC) /* of queries for record_kindred */

/* A part of a collection in its own order: of one owner, of those whom a user sees where some oversee others, or of
 * everybody.  sort_key is the text of it. */
QUERY(RECORDS_BETWEEN_OF_OWNER, SHOWN,
    "SELECT " SHOWN_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0 AND sort_key >= ? AND sort_key < ?"
    " ORDER BY sort_key, id LIMIT ?")
QUERY(RECORDS_BETWEEN_OF_OVERSEEN, SHOWN, /* without the key named, everybody's were read */
    "SELECT " SHOWN_COLUMNS
    "  FROM (SELECT owner_id AS seen FROM oversight WHERE space_id = ? AND user_id = ?) o"
    "  STRAIGHT_JOIN record FORCE INDEX (list_own) ON owner_id = seen"
    " WHERE space_id = ? AND collection = ? AND deleted = 0 AND sort_key >= ? AND sort_key < ?"
    " ORDER BY sort_key, id LIMIT ?")
QUERY(RECORDS_BETWEEN, SHOWN,
    "SELECT " SHOWN_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND deleted = 0 AND sort_key >= ? AND sort_key < ?"
    " ORDER BY sort_key, id LIMIT ?")

QUERY(RECORDS_WRITTEN, ID, /* which of these ids were ever written */
    "SELECT DISTINCT record_id"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id IN (?)")

COLUMNS(PURGED, PURGED_VERSION, PURGED_SEQ, PURGED_OWNER, PURGED_AT, PURGED_BY, PURGED_READER)
QUERY(RECORD_PURGED, PURGED, /* the last write of an id whose record is purged: its versions continue from there */
    "SELECT version, seq, owner_id, at, user_id, reader_id"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ?"
    " ORDER BY version DESC LIMIT 1")

COLUMNS(PERSON_NAME, PERSON_NAME_TEXT)
QUERY(RECORD_PERSON, PERSON_NAME, /* of a member, or of a former one who has records of a collection */
    "SELECT u.name"
    "  FROM user u"
    " WHERE u.id = ?"
    "   AND (EXISTS (SELECT 1 FROM member m WHERE m.space_id = ? AND m.user_id = u.id)"
    "        OR EXISTS (SELECT 1 FROM record r"
    " WHERE r.space_id = ? AND r.collection = ? AND r.owner_id = u.id))")

COLUMNS(LAST_CHANGE, LAST_CHANGE_AT)
QUERY(RECORD_LAST_BY_PEOPLE, LAST_CHANGE, /* when a record was last changed by anyone but Daybook itself */
    "SELECT at"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND user_id <> ?"
    " ORDER BY version DESC LIMIT 1")

STATEMENT(RECORD_INSERT,
    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, doc_private,"
    "                    created_at, created_by, updated_at, updated_by, reader_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")

/* Rows that are there already.  Under the lock of its space a record has the version that was read; if it had not, its
 * version would become NULL, which the table refuses. */
STATEMENT(RECORD_CHANGE,
    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, doc_private,"
    "                    created_at, created_by, updated_at, updated_by, reader_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE version = IF(version + 1 = VALUES(version), VALUES(version), NULL),"
    " seq = VALUES(seq), tx_seq = VALUES(tx_seq), owner_id = VALUES(owner_id), deleted = VALUES(deleted),"
    " sort_key = VALUES(sort_key), doc = VALUES(doc), doc_private = VALUES(doc_private),"
    " updated_at = VALUES(updated_at), updated_by = VALUES(updated_by)")

QUERY(MEMBER_FIND, ROLE,
    "SELECT role FROM member WHERE space_id = ? AND user_id = ?")

QUERY(EMPLOYEES_LINKED, RECORD, /* those who are members or were, for who oversees whom */
    "SELECT " RECORD_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND owner_id > ? AND deleted = 0")
COLUMNS(OVERSEER, OVERSEER_USER, OVERSEER_OVERSEES)
QUERY(MEMBERS_OVERSEEING, OVERSEER,
    "SELECT user_id, oversees FROM member WHERE space_id = ?")
CHANGE(MEMBER_OVERSEES, OF_USER(4), /* managers see no more and no less by it */
    "UPDATE member"
    "   SET oversees = ?, view_epoch = IF(role IN ('manager', 'owner'), view_epoch, GREATEST(view_epoch + 1, ?))"
    " WHERE space_id = ? AND user_id = ?")
STATEMENT(OVERSIGHT_FORGET,
    "DELETE FROM oversight WHERE space_id = ? AND user_id = ?")
STATEMENT(OVERSIGHT_ADD,
    "INSERT INTO oversight (space_id, user_id, owner_id) VALUES (?, ?, ?)")

STATEMENT(AUDIT_APPEND,
    "INSERT INTO audit"
    " (space_id, seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, changes,"
    "                   private_changes, salt, digest, user_id, device_id, op_id, cause, at, claimed_at,"
    " hash, reader_id, op_hash, token_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")

/* --- looking back --- */

QUERY(AUDIT_BACK, AUDIT, /* the writes of a record between two versions, newest first */
    "SELECT " AUDIT_COLUMNS
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version >= ? AND version <= ?"
    " ORDER BY version DESC LIMIT 50")

COLUMNS(HISTORY, HISTORY_USER_NAME = AUDIT_COLUMNS_COUNT)
QUERY(HISTORY_PAGE, HISTORY,
    "SELECT " AUDIT_COLUMNS ", u.name"
    "  FROM audit LEFT JOIN user u ON u.id = audit.user_id"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version < ?"
    "   AND (seq < ? OR (tx_seq = ? AND action = 'deleted'))"
    "   AND (? IS NULL OR owner_id = ?"
    "        OR owner_id IN (SELECT o.owner_id FROM oversight o WHERE o.space_id = audit.space_id AND o.user_id = ?))"
    "   AND (reader_id IS NULL OR ? IN (reader_id, owner_id))"
    " ORDER BY version DESC LIMIT ?")
COLUMNS(LIST, LIST_ORDER_VALUE = SHOWN_COLUMNS_COUNT) /* of statement_list; statement_audit has HISTORY */

QUERY(RECORDS_MANY, COUNT, /* whether a collection has more rows than so many, by its key alone */
    "SELECT COUNT(*) FROM (SELECT 1 FROM record WHERE space_id = ? AND collection = ? LIMIT ?) AS some")

/* --- a moment (then.c; what fills its tables is in store/then_table.h) --- */

COLUMNS(THEN, THEN_COLLECTION = RECORD_COLUMNS_COUNT, THEN_ID, THEN_ITS_VERSION)

COLUMNS(THEN_OF_SEQ, THEN_OF_SEQ_HEAD, THEN_OF_SEQ_SINCE, THEN_OF_SEQ_AT)
QUERY(THEN_OF_SEQ, THEN_OF_SEQ,
    "SELECT p.seq, p.created_at, a.at"
    "  FROM space p LEFT JOIN audit a ON a.space_id = p.id AND a.seq = ?"
    " WHERE p.id = ?")
COLUMNS(SEQ_OF, SEQ_OF_INSTANT)
QUERY(THEN_OF_INSTANT, SEQ_OF, /* the last write up to an instant: the clock of a space never goes back */
    "SELECT seq FROM audit WHERE space_id = ? AND at <= ? ORDER BY at DESC, seq DESC LIMIT 1")
COLUMNS(THEN_VERSION, THEN_VERSION_NUMBER)
QUERY(THEN_VERSION, THEN_VERSION, /* which version of a record was the last one up to a seq */
    "SELECT version"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND seq <= ?"
    " ORDER BY version DESC LIMIT 1")
COLUMNS(HASH_AT, HASH_AT_HASH)
QUERY(THEN_HASH, HASH_AT, /* the chain after a write */
    "SELECT hash FROM audit WHERE space_id = ? AND seq = ?")
COLUMNS(MADE, MADE_AT, MADE_BY)
QUERY(THEN_MADE, MADE, /* when a record was made */
    "SELECT at, user_id"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version <= ?"
    " ORDER BY version LIMIT 1")

/* --- files --- */

COLUMNS(FILE, FILE_TYPE, FILE_SIZE, FILE_UPLOAD_ID, FILE_CREATED_AT)
QUERY(FILE_READ, FILE,
    "SELECT type, size, upload_id, created_at FROM attachment WHERE space_id = ? AND sha256 = ?")

COLUMNS(FILES, FILES_NAME, FILES_TYPE)
QUERY(FILES_TYPES, FILES,
    "SELECT sha256, type FROM attachment WHERE space_id = ? AND sha256 IN (?)")

COLUMNS(UPLOAD, UPLOAD_ID, UPLOAD_SIZE, UPLOAD_RECEIVED, UPLOAD_NAMED)
QUERY(FILE_UPLOAD, UPLOAD, /* the upload of one person */
    "SELECT id, size, received, named FROM attachment_upload WHERE space_id = ? AND sha256 = ? AND user_id = ?")

COLUMNS(NAMED_BY, NAMED_BY_COLLECTION = RECORD_COLUMNS_COUNT, NAMED_BY_RECORD)
QUERY(FILE_NAMED_BY, NAMED_BY, /* the records that name a file or did, 20 at a time; NULL for one that is deleted */
    "SELECT " RECORD_COLUMNS ", f.named_by, f.named_id"
    "  FROM (SELECT collection AS named_by, record_id AS named_id"
    "          FROM attachment_ref"
    "         WHERE space_id = ? AND sha256 = ?"
    "           AND (collection > ? OR (collection = ? AND record_id > ?))"
    "         ORDER BY collection, record_id LIMIT 20) f"
    "  LEFT JOIN record ON space_id = ? AND collection = f.named_by AND id = f.named_id AND deleted = 0"
    " ORDER BY f.named_by, f.named_id")

COLUMNS(CHUNK, CHUNK_AT, CHUNK_BODY)
QUERY(FILE_CHUNK, CHUNK, /* the chunk that holds a byte */
    "SELECT at, body FROM attachment_chunk"
    " WHERE space_id = ? AND upload_id = ? AND at <= ?"
    " ORDER BY at DESC LIMIT 1")

QUERY(FILE_REF_FIND, ONE,
    "SELECT 1 FROM attachment_ref WHERE space_id = ? AND sha256 = ? AND collection = ? AND record_id = ?")
STATEMENT(FILE_REF_ADD,
    "INSERT IGNORE INTO attachment_ref (space_id, sha256, collection, record_id) VALUES (?, ?, ?, ?)")
STATEMENT(FILE_NAMED,
    "UPDATE attachment SET named = 1 WHERE space_id = ? AND sha256 = ? AND named = 0")
STATEMENT(FILE_UPLOAD_NAMED,
    "UPDATE attachment_upload SET named = 1 WHERE space_id = ? AND sha256 = ? AND user_id = ?")
