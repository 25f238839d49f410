/* statements/record.h -- the write of a record, its history, and the files that records name. */

/* What makes a record or a row of the audit: every statement that reads one begins with these columns. */
#define RECORD_COLUMNS \
	"collection, id, version, seq, tx_seq, owner_id, deleted, doc, doc_private, created_at, created_by," \
	" updated_at, updated_by, reader_id"

#define AUDIT_COLUMNS \
	"seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, changes, private_changes," \
	" salt, digest, audit.user_id, device_id, op_id, cause, at, claimed_at, hash, reader_id"

/* --- the write --- */

STATEMENT(SPACE_ADVANCE,
    "UPDATE space SET seq = ?, chain = ?, last_at = ? WHERE id = ?")
STATEMENT(OP_FIND, /* the outcome, or, once that is purged, the op's own audit row */
    "SELECT 0, hash, collection, record_id, status, version, seq"
    "  FROM op WHERE space_id = ? AND user_id = ? AND op_id = ?"
    " UNION ALL "
    "SELECT 1, NULL, collection, record_id, 'applied', version, seq"
    "  FROM audit WHERE space_id = ? AND user_id = ? AND op_id = ?"
    " ORDER BY 1 LIMIT 1")
STATEMENT(OP_APPEND,
    "INSERT INTO op (space_id, user_id, op_id, hash, collection, record_id, status, version, seq, at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
STATEMENT(RECORD_READ,
    "SELECT " RECORD_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND id = ?")
STATEMENT(RECORD_PURGED, /* the last state of an id whose record is gone: its versions go on from there */
    "SELECT version, seq, owner_id, at, user_id, reader_id"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ?"
    " ORDER BY version DESC LIMIT 1")
STATEMENT(RECORD_LAST_BY_PEOPLE, /* when somebody other than Daybook itself changed a record */
    "SELECT at"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND user_id <> ?"
    " ORDER BY version DESC LIMIT 1")
STATEMENT(RECORD_INSERT,
    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, doc_private,"
    "                    created_at, created_by, updated_at, updated_by, reader_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)")
STATEMENT(RECORD_UPDATE,
    "UPDATE record"
    "   SET version = ?, seq = ?, tx_seq = ?, owner_id = ?, deleted = ?, sort_key = ?, doc = ?, doc_private = ?,"
    "       updated_at = ?, updated_by = ?"
    " WHERE space_id = ? AND collection = ? AND id = ? AND version = ?")
STATEMENT(REF_OWNER, /* and reader, of a record or tombstone, also a purged one */
    "SELECT owner_id, reader_id FROM record WHERE space_id = ? AND collection = ? AND id = ?"
    " UNION ALL "
    "(SELECT owner_id, reader_id FROM audit WHERE space_id = ? AND collection = ? AND record_id = ?"
    " ORDER BY version DESC LIMIT 1)"
    " LIMIT 1")
STATEMENT(MEMBER_FIND,
    "SELECT role FROM member WHERE space_id = ? AND user_id = ?")
STATEMENT(AUDIT_APPEND,
    "INSERT INTO audit"
    " (space_id, seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, changes,"
    "                   private_changes, salt, digest, user_id, device_id, op_id, cause, at, claimed_at,"
    " hash, reader_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")

/* --- looking back --- */

STATEMENT(AUDIT_BACK, /* the writes of a record between two versions, newest first */
    "SELECT " AUDIT_COLUMNS
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version >= ? AND version <= ?"
    " ORDER BY version DESC LIMIT 50")
STATEMENT(HISTORY_PAGE,
    "SELECT " AUDIT_COLUMNS ", u.name"
    "  FROM audit LEFT JOIN user u ON u.id = audit.user_id"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version < ?"
    "   AND (seq < ? OR (tx_seq = ? AND action = 'deleted'))"
    "   AND (? IS NULL OR owner_id = ?)"
    "   AND (reader_id IS NULL OR ? IN (reader_id, owner_id))"
    " ORDER BY version DESC LIMIT ?")

/* --- files --- */

STATEMENT(FILE_READ,
    "SELECT type, size, upload_id, created_at FROM attachment WHERE space_id = ? AND sha256 = ?")
STATEMENT(FILE_UPLOAD, /* a person's own */
    "SELECT id, size, received, named FROM attachment_upload WHERE space_id = ? AND sha256 = ? AND user_id = ?")
STATEMENT(FILE_NAMED_BY, /* the records that name a file or did, a few at a time; those that are no more are NULL */
    "SELECT " RECORD_COLUMNS ", f.named_by, f.named_id"
    "  FROM (SELECT collection AS named_by, record_id AS named_id"
    "          FROM attachment_ref"
    "         WHERE space_id = ? AND sha256 = ?"
    "           AND (collection > ? OR (collection = ? AND record_id > ?))"
    "         ORDER BY collection, record_id LIMIT 20) f"
    "  LEFT JOIN record ON space_id = ? AND collection = f.named_by AND id = f.named_id AND deleted = 0"
    " ORDER BY f.named_by, f.named_id")
STATEMENT(FILE_CHUNK, /* the one that holds a byte */
    "SELECT at, body FROM attachment_chunk"
    " WHERE space_id = ? AND upload_id = ? AND at <= ?"
    " ORDER BY at DESC LIMIT 1")
STATEMENT(FILE_REF_FIND,
    "SELECT 1 FROM attachment_ref WHERE space_id = ? AND sha256 = ? AND collection = ? AND record_id = ?")
STATEMENT(FILE_REF_ADD,
    "INSERT IGNORE INTO attachment_ref (space_id, sha256, collection, record_id) VALUES (?, ?, ?, ?)")
STATEMENT(FILE_NAMED,
    "UPDATE attachment SET named = 1 WHERE space_id = ? AND sha256 = ? AND named = 0")
STATEMENT(FILE_UPLOAD_NAMED,
    "UPDATE attachment_upload SET named = 1 WHERE space_id = ? AND sha256 = ? AND user_id = ?")
