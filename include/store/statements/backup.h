/* statements/backup.h -- backups of spaces, their parts and chunks, and the jobs that make and restore them. */

/* --- locks: they end with the connection that has them --- */

COLUMNS(LOCK, LOCK_TAKEN)
/* Names of such locks are shared by the whole server, so the name contains a hash of the database's name. */
#define BACKUP_LOCK_NAME "CONCAT('daybook.backup.', LEFT(SHA2(CONCAT(DATABASE(), '/', HEX(?)), 256), 32))"
QUERY(BACKUP_LOCK, LOCK,
    "SELECT COALESCE(GET_LOCK(" BACKUP_LOCK_NAME ", 0), 0)")
QUERY(BACKUP_UNLOCK, LOCK,
    "SELECT COALESCE(RELEASE_LOCK(" BACKUP_LOCK_NAME "), 0)")
QUERY(BACKUP_LOCKED, LOCK,
    "SELECT IS_USED_LOCK(" BACKUP_LOCK_NAME ") IS NOT NULL")
#define JOB_LOCK_NAME "CONCAT('daybook.job.', HEX(id))"
QUERY(JOB_LOCK, LOCK,
    "SELECT COALESCE(GET_LOCK(CONCAT('daybook.job.', HEX(?)), 0), 0)")

/* --- backups --- */

#define BACKUP_COLUMNS \
	"id, kind, state, at, seq, epoch, chain, fingerprint, bytes, sha256, counts, files, sealed, user_id, name," \
	" checked_at, checked, took_ms"
COLUMNS(BACKUP, BACKUP_ID, BACKUP_KIND, BACKUP_STATE, BACKUP_AT, BACKUP_SEQ, BACKUP_EPOCH, BACKUP_CHAIN,
    BACKUP_FINGERPRINT, BACKUP_BYTES, BACKUP_SHA256, BACKUP_COUNTS, BACKUP_FILES, BACKUP_SEALED, BACKUP_USER,
    BACKUP_NAME, BACKUP_CHECKED_AT, BACKUP_CHECKED, BACKUP_TOOK)
QUERY(BACKUP_FIND, BACKUP,
    "SELECT " BACKUP_COLUMNS
    "  FROM backup"
    " WHERE space_id = ? AND id = ? AND state IN ('whole', 'damaged')")
QUERY(BACKUP_FIND_ANY, BACKUP, /* one that is being made, too */
    "SELECT " BACKUP_COLUMNS
    "  FROM backup"
    " WHERE space_id = ? AND id = ? AND state <> 'gone'")
QUERY(BACKUP_PAGE, BACKUP,
    "SELECT " BACKUP_COLUMNS
    "  FROM backup"
    " WHERE space_id = ? AND state IN ('whole', 'damaged') AND (at < ? OR (at = ? AND id < ?))"
    " ORDER BY at DESC, id DESC LIMIT ?")
QUERY(BACKUP_LAST, BACKUP, /* the newest of the space's records that is as it should be */
    "SELECT " BACKUP_COLUMNS
    "  FROM backup"
    " WHERE space_id = ? AND state = 'whole' AND kind NOT IN ('client', 'uploaded')"
    " ORDER BY at DESC, id DESC LIMIT 1")
QUERY(BACKUP_LAST_COPY, BACKUP, /* of a client, under a key */
    "SELECT " BACKUP_COLUMNS
    "  FROM backup"
    " WHERE space_id = ? AND state = 'whole' AND kind = 'client' AND name = ?"
    " ORDER BY at DESC, id DESC LIMIT 1")

COLUMNS(BACKUP_ID, BACKUP_ID_FOUND, BACKUP_ID_AT)
/* Whether a job reads the backup b, or will. */
#define IS_READ \
	"EXISTS (SELECT 1 FROM job j WHERE j.space_id = b.space_id AND j.state IN ('waiting', 'running')" \
	"           AND JSON_VALUE(j.payload, '$.ask.backup') = " ID_TEXT("b.id") ")"
QUERY(BACKUP_READ_BY, ONE,
    "SELECT 1 FROM backup b WHERE b.space_id = ? AND b.id = ? AND " IS_READ)
QUERY(BACKUPS_OF_SCHEDULE, BACKUP_ID, /* that nobody reads */
    "SELECT b.id, b.at"
    "  FROM backup b"
    " WHERE b.space_id = ? AND b.state = 'whole' AND b.kind IN ('automatic', 'daily') AND NOT " IS_READ
    " ORDER BY b.at DESC, b.id DESC LIMIT 1000")
QUERY(BACKUPS_OF_KIND, BACKUP_ID, /* that nobody reads */
    "SELECT b.id, b.at"
    "  FROM backup b"
    " WHERE b.space_id = ? AND b.state IN ('whole', 'damaged') AND b.kind = ? AND NOT " IS_READ
    " ORDER BY b.at DESC, b.id DESC LIMIT 1000")
QUERY(BACKUP_COPIES, BACKUP_ID,
    "SELECT id, at"
    "  FROM backup"
    " WHERE space_id = ? AND state = 'whole' AND kind = 'client' AND name = ?"
    " ORDER BY at DESC, id DESC LIMIT 100")
QUERY(BACKUP_KEYS, COUNT, /* how many other keys client copies have */
    "SELECT COUNT(DISTINCT name) FROM backup WHERE space_id = ? AND state = 'whole' AND kind = 'client' AND name <> ?")
COLUMNS(BACKUP_COUNT, BACKUP_COUNT_KEPT, BACKUP_COUNT_GONE)
QUERY(BACKUP_COUNT, BACKUP_COUNT,
    "SELECT COALESCE(SUM(state IN ('whole', 'damaged')), 0), COALESCE(SUM(state = 'gone'), 0)"
    "  FROM backup WHERE space_id = ?")

COLUMNS(BACKUP_MAKING, BACKUP_MAKING_ID, BACKUP_MAKING_JOB)
QUERY(BACKUP_MAKING, BACKUP_MAKING, /* those begun last, and the job that makes each */
    "SELECT b.id, (SELECT MAX(j.id) FROM job j WHERE j.space_id = b.space_id AND j.kind = 'backup'"
    "                AND j.state IN ('waiting', 'running') "
    "                AND JSON_VALUE(j.payload, '$.ask.backup') = " ID_TEXT("b.id") ")"
    "  FROM backup b"
    " WHERE b.space_id = ? AND b.state = 'making' AND b.kind NOT IN ('client', 'uploaded')"
    " ORDER BY b.at DESC LIMIT 1")

STATEMENT(BACKUP_BEGIN,
    "INSERT INTO backup (space_id, id, kind, state, at, user_id, name)"
    " VALUES (?, ?, ?, 'making', UTC_TIMESTAMP(3), ?, ?)"
    " ON DUPLICATE KEY UPDATE at = IF(state = 'making', VALUES(at), at)")
STATEMENT(BACKUP_WHOLE, /* only by who still has the lock, when it is needed */
    "UPDATE backup"
    "   SET state = 'whole', at = ?, seq = ?, epoch = ?, chain = ?, fingerprint = ?, bytes = ?, sha256 = ?, counts = ?,"
    "       files = ?, sealed = ?, took_ms = ?, checked_at = UTC_TIMESTAMP(3), checked = NULL"
    " WHERE space_id = ? AND id = ? AND state = 'making'"
    "   AND (? = 0 OR IS_USED_LOCK(" BACKUP_LOCK_NAME ") = CONNECTION_ID())")
STATEMENT(BACKUP_GONE,
    "UPDATE backup SET state = 'gone' WHERE space_id = ? AND id = ?")
STATEMENT(BACKUP_CHOSEN, /* somebody asked for what the schedule had made */
    "UPDATE backup SET kind = 'manual', user_id = ? WHERE space_id = ? AND id = ? AND kind IN ('automatic', 'daily')")
STATEMENT(BACKUP_CHECKED,
    "UPDATE backup SET checked_at = UTC_TIMESTAMP(3), checked = ?, state = IF(? IS NULL, 'whole', 'damaged')"
    " WHERE space_id = ? AND id = ? AND state IN ('whole', 'damaged')")

/* --- parts and chunks --- */

STATEMENT(BACKUP_PART_ADD,
    "INSERT INTO backup_part"
    " (space_id, backup_id, number, name, sha256, bytes, is_file, collection, record_id, counts)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
STATEMENT(BACKUP_CHUNK_ADD, /* one that is there is the same, or damaged and mended by this */
    "INSERT INTO backup_chunk (space_id, sha256, body) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE body = VALUES(body)")

COLUMNS(BACKUP_PART, PART_NUMBER, PART_NAME, PART_SHA256, PART_BYTES, PART_IS_FILE, PART_COLLECTION, PART_RECORD,
    PART_COUNTS)
QUERY(BACKUP_PARTS, BACKUP_PART,
    "SELECT number, name, sha256, bytes, is_file, collection, record_id, counts"
    "  FROM backup_part"
    " WHERE space_id = ? AND backup_id = ? AND number > ? AND number < ?"
    " ORDER BY number LIMIT 500")
COLUMNS(BACKUP_SUM, BACKUP_SUMMED)
QUERY(BACKUP_MEMBER_BYTES, BACKUP_SUM, /* of a member in several rows */
    "SELECT CAST(COALESCE(SUM(bytes), 0) AS SIGNED) FROM backup_part"
    " WHERE space_id = ? AND backup_id = ? AND number >= ? AND name = ?")
COLUMNS(BACKUP_CHUNK, BACKUP_CHUNK_BODY)
QUERY(BACKUP_CHUNK, BACKUP_CHUNK,
    "SELECT body FROM backup_chunk WHERE space_id = ? AND sha256 = ?")

/* Each content counts once; attachments count among the files of the space.  A file that is being sent counts as the
 * whole that it will be. */
#define IS_ARRIVING "(b.state = 'making' AND b.kind = 'uploaded')"
QUERY(BACKUP_HELD, BACKUP_SUM,
    "SELECT CAST(COALESCE(SUM(bytes), 0) AS SIGNED)"
    "  FROM (SELECT DISTINCT p.sha256, p.bytes"
    "          FROM backup b JOIN backup_part p ON p.space_id = b.space_id AND p.backup_id = b.id"
    "         WHERE b.space_id = ? AND b.state <> 'gone' AND NOT " IS_ARRIVING " AND p.is_file = 0"
    "           AND (b.sealed = 0 OR p.number >= 268435456)"
    "         UNION ALL"
    "        SELECT b.id, b.bytes FROM backup b WHERE b.space_id = ? AND " IS_ARRIVING ") held")
CHANGE(BACKUP_HOLDS, OF_NOBODY,
    "UPDATE space SET backup_bytes = ? WHERE id = ?")
COLUMNS(BACKUP_QUOTA, BACKUP_QUOTA_HOLDS, BACKUP_QUOTA_MAX)
QUERY(BACKUP_QUOTA, BACKUP_QUOTA,
    "SELECT backup_bytes, backup_bytes_max FROM space WHERE id = ?")

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

/* --- what a backup is made of, at one moment --- */

COLUMNS(BACKUP_SPACE, BACKUP_SPACE_NAME, BACKUP_SPACE_SEQ, BACKUP_SPACE_CHAIN, BACKUP_SPACE_EPOCH,
    BACKUP_SPACE_RECORDS, BACKUP_SPACE_NOW)
QUERY(BACKUP_SPACE, BACKUP_SPACE,
    "SELECT name, seq, chain, epoch, records, UTC_TIMESTAMP(3) FROM space WHERE id = ?")
COLUMNS(BACKUP_KEY, BACKUP_KEY_COLLECTION, BACKUP_KEY_RECORD)
QUERY(BACKUP_CHANGED, BACKUP_KEY,
    "SELECT DISTINCT collection, record_id FROM audit WHERE space_id = ? AND seq > ? AND seq <= ? LIMIT ?")
QUERY(BACKUP_CHAIN, ONE, /* whether the chain goes through this hash */
    "SELECT 1 FROM audit WHERE space_id = ? AND seq = ? AND hash = ?")

COLUMNS(BACKUP_FILE, BACKUP_FILE_NAME, BACKUP_FILE_SIZE)
/* Files that a live record names; a record that named one once is found by the same key. */
#define BACKUP_FILE_NAMED \
	"EXISTS (SELECT 1 FROM attachment_ref f" \
	"          JOIN record r ON r.space_id = f.space_id AND r.collection = f.collection AND r.id = f.record_id" \
	"         WHERE f.space_id = a.space_id AND f.sha256 = a.sha256 AND r.deleted = 0" \
	"           AND (LOCATE(LOWER(HEX(a.sha256)), r.doc) > 0 OR LOCATE(LOWER(HEX(a.sha256)), r.doc_private) > 0))"
QUERY(BACKUP_FILES, BACKUP_FILE,
    "SELECT a.sha256, a.size"
    "  FROM attachment a"
    " WHERE a.space_id = ? AND a.sha256 > ? AND " BACKUP_FILE_NAMED
    " ORDER BY a.sha256 LIMIT 500")
COLUMNS(BACKUP_SIZE, BACKUP_SIZE_RECORDS, BACKUP_SIZE_FILES)
QUERY(BACKUP_SIZE, BACKUP_SIZE, /* about how much there is to read */
    "SELECT p.records, (SELECT CAST(COALESCE(SUM(a.size), 0) AS SIGNED) FROM attachment a WHERE a.space_id = p.id)"
    "  FROM space p WHERE p.id = ?")

/* --- the schedule --- */

QUERY(BACKUPS_DUE, ID,
    "SELECT id"
    "  FROM space"
    " WHERE seq > backup_seq AND deleted_at IS NULL AND (backup_due IS NULL OR backup_due <= UTC_TIMESTAMP(3))"
    " ORDER BY backup_due, id LIMIT 20")
CHANGE(BACKUP_DUE, OF_NOBODY, /* look again later; seq 0 leaves it */
    "UPDATE space SET backup_due = UTC_TIMESTAMP(3) + INTERVAL ? SECOND, backup_seq = GREATEST(backup_seq, ?)"
    " WHERE id = ?")
QUERY(BACKUP_OF_TODAY, ONE,
    "SELECT 1 FROM backup"
    " WHERE space_id = ? AND state = 'whole' AND kind IN ('automatic', 'daily') AND at >= UTC_DATE()"
    " LIMIT 1")

/* A space whose changes wait for the schedule for more than a day, though nothing failed: what was not backed up was
 * written then, nobody has looked at the space since, and no other backup has it. */
#define BACKUP_LATE_HOURS 26
#define LATE_BEFORE "UTC_TIMESTAMP(3) - INTERVAL " IN_SQL(BACKUP_LATE_HOURS) " HOUR"
#define FROM_LATE_SPACES \
	"  FROM space p JOIN audit a ON a.space_id = p.id AND a.seq = p.backup_seq + 1" \
	" WHERE p.seq > p.backup_seq AND p.deleted_at IS NULL AND a.at < " LATE_BEFORE \
	"   AND (p.backup_due IS NULL OR p.backup_due < " LATE_BEFORE ")" \
	"   AND NOT EXISTS (SELECT 1 FROM backup b" \
	"                    WHERE b.space_id = p.id AND b.state = 'whole' AND b.kind NOT IN ('client', 'uploaded')" \
	"                      AND (b.seq >= p.seq OR b.at >= " LATE_BEFORE "))"
COLUMNS(BACKUP_LATE, BACKUP_LATE_SINCE)
QUERY(BACKUP_LATE, BACKUP_LATE,
    "SELECT a.at" FROM_LATE_SPACES " AND p.id = ?")
QUERY(MEASURE_LATE_BACKUPS, COUNT,
    "SELECT COUNT(*)" FROM_LATE_SPACES)

/* --- what goes --- */

COLUMNS(BACKUP_LITTER, BACKUP_LITTER_SPACE, BACKUP_LITTER_ID)
QUERY(BACKUPS_OLD, BACKUP_LITTER, /* those that are kept for some days; parameters: days of each kind */
    "SELECT space_id, id FROM backup"
    " WHERE state IN ('whole', 'damaged')"
    "   AND ((kind = 'before-restore' AND at < UTC_TIMESTAMP(3) - INTERVAL ? DAY)"
    "     OR (kind = 'uploaded' AND at < UTC_TIMESTAMP(3) - INTERVAL ? DAY))"
    " LIMIT 100")
QUERY(BACKUPS_GONE, BACKUP_LITTER, /* and those that nobody has been making for an hour, or a day for an upload */
    "SELECT b.space_id, b.id FROM backup b"
    " WHERE b.state = 'gone'"
    "    OR (b.state = 'making' AND b.at < UTC_TIMESTAMP(3) - INTERVAL IF(b.kind = 'uploaded', 24, 1) HOUR"
    "        AND NOT EXISTS (SELECT 1 FROM job j WHERE j.space_id = b.space_id AND j.kind = 'backup'"
    "                           AND j.state IN ('waiting', 'running')))"
    " ORDER BY b.at LIMIT 100")
QUERY(BACKUPS_SEALED, BACKUP_LITTER, /* sealed ones that still have the parts that they were made of */
    "SELECT b.space_id, b.id FROM backup b"
    " WHERE b.sealed = 1 AND b.state IN ('whole', 'damaged')"
    "   AND EXISTS (SELECT 1 FROM backup_part p WHERE p.space_id = b.space_id AND p.backup_id = b.id AND p.number < ?)"
    " LIMIT 100")
STATEMENT(BACKUP_PARTS_DROP,
    "DELETE FROM backup_part WHERE space_id = ? AND backup_id = ? AND number < ? ORDER BY number LIMIT 1000")
STATEMENT(BACKUP_DROP,
    "DELETE FROM backup WHERE space_id = ? AND id = ?")
STATEMENT(BACKUP_CHUNKS_DROP,
    "DELETE FROM backup_chunk"
    " WHERE space_id = ?"
    "   AND NOT EXISTS (SELECT 1 FROM backup_part p"
    "                    WHERE p.space_id = backup_chunk.space_id AND p.sha256 = backup_chunk.sha256)"
    " ORDER BY sha256 LIMIT 200")

/* --- jobs --- */

#define JOB_VIEW_COLUMNS \
	"id, kind, state, user_id, stage, progress, total, result, error, created_at, finished_at"
COLUMNS(JOB_VIEW, JOB_VIEW_ID, JOB_VIEW_KIND, JOB_VIEW_STATE, JOB_VIEW_USER, JOB_VIEW_STAGE, JOB_VIEW_PROGRESS,
    JOB_VIEW_TOTAL, JOB_VIEW_RESULT, JOB_VIEW_ERROR, JOB_VIEW_CREATED_AT, JOB_VIEW_FINISHED_AT)
QUERY(JOB_VIEW, JOB_VIEW,
    "SELECT " JOB_VIEW_COLUMNS "  FROM job WHERE space_id = ? AND id = ?")
COLUMNS(JOBS_OF_SPACE, JOBS_UNDER_WAY, JOBS_OF_DAY)
QUERY(JOBS_OF_SPACE, JOBS_OF_SPACE,
    "SELECT COALESCE(SUM(state IN ('waiting', 'running')), 0),"
    "       COALESCE(SUM(created_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY), 0)"
    "  FROM job WHERE space_id = ?")
QUERY(JOBS_OF_PERSON, COUNT, /* in all spaces */
    "SELECT COUNT(*) FROM job WHERE state IN ('waiting', 'running') AND user_id = ?")
STATEMENT(JOB_ADD,
    "INSERT INTO job (id, kind, payload, state, tries, run_after, created_at, space_id, user_id)"
    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ?, ?)")
COLUMNS(JOBS_DUE, JOBS_DUE_ID, JOBS_DUE_USER)
QUERY(JOBS_DUE, JOBS_DUE, /* also those whose process died */
    "SELECT id, user_id"
    "  FROM job"
    " WHERE state IN ('waiting', 'running') AND run_after <= UTC_TIMESTAMP(3) AND kind <> 'mail'"
    "   AND (state = 'waiting' OR IS_FREE_LOCK(" JOB_LOCK_NAME ") = 1)"
    " ORDER BY run_after, id LIMIT 500")
COLUMNS(JOB_READ, JOB_READ_ID, JOB_READ_KIND, JOB_READ_PAYLOAD, JOB_READ_TRIES, JOB_READ_SPACE)
QUERY(JOB_READ, JOB_READ,
    "SELECT id, kind, payload, tries, space_id FROM job WHERE id = ? AND state IN ('waiting', 'running')")
STATEMENT(JOB_TAKE,
    "UPDATE job SET state = 'running', tries = tries + 1"
    " WHERE id = ? AND tries = ? AND state IN ('waiting', 'running')")
STATEMENT(JOB_STEP, /* by who has the lock alone */
    "UPDATE job SET stage = ?, progress = ?, total = ?"
    " WHERE id = ? AND state = 'running' AND IS_USED_LOCK(" JOB_LOCK_NAME ") = CONNECTION_ID()")
STATEMENT(JOB_ENDED,
    "UPDATE job SET state = ?, result = ?, error = ?, payload = '', finished_at = UTC_TIMESTAMP(3)"
    " WHERE id = ? AND state = 'running' AND IS_USED_LOCK(" JOB_LOCK_NAME ") = CONNECTION_ID()")
STATEMENT(JOB_LATER,
    "UPDATE job SET state = 'waiting', error = ?, run_after = UTC_TIMESTAMP(3) + INTERVAL ? SECOND"
    " WHERE id = ? AND state = 'running' AND IS_USED_LOCK(" JOB_LOCK_NAME ") = CONNECTION_ID()")
/* --- uploads --- */

COLUMNS(RECEIVE_FOUND, RECEIVE_FOUND_ID, RECEIVE_FOUND_WHOLE, RECEIVE_FOUND_BYTES)
QUERY(RECEIVE_FIND, RECEIVE_FOUND, /* the file of that name; its bytes are those that it will have */
    "SELECT id, state = 'whole', bytes FROM backup"
    " WHERE space_id = ? AND kind = 'uploaded' AND name = ? AND state IN ('whole', 'making')"
    " LIMIT 1")
COLUMNS(RECEIVE_UNFINISHED, RECEIVE_UNFINISHED_ID, RECEIVE_UNFINISHED_RESTS)
QUERY(RECEIVE_UNFINISHED, RECEIVE_UNFINISHED, /* the one that rests longest first */
    "SELECT id, at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND FROM backup"
    " WHERE space_id = ? AND kind = 'uploaded' AND state = 'making'"
    " ORDER BY at LIMIT 10")
STATEMENT(RECEIVE_BEGIN,
    "INSERT INTO backup (space_id, id, kind, state, at, user_id, name, bytes)"
    " VALUES (?, ?, 'uploaded', 'making', UTC_TIMESTAMP(3), ?, ?, ?)")
STATEMENT(RECEIVE_TOUCH, /* locks it */
    "UPDATE backup SET at = UTC_TIMESTAMP(3) WHERE space_id = ? AND id = ? AND state = 'making'")
COLUMNS(RECEIVE_SO_FAR, RECEIVE_SO_FAR_BYTES, RECEIVE_SO_FAR_ROWS)
QUERY(RECEIVE_SO_FAR, RECEIVE_SO_FAR,
    "SELECT COALESCE(SUM(bytes), 0), COALESCE(MAX(number), 0) FROM backup_part WHERE space_id = ? AND backup_id = ?")
STATEMENT(RECEIVE_WHOLE,
    "UPDATE backup SET state = 'whole', bytes = ?, sha256 = ?, at = UTC_TIMESTAMP(3)"
    " WHERE space_id = ? AND id = ? AND state = 'making'")
