/* statements/upkeep.h -- for the housekeeper and the operator: erase, tidy, verify, doctor, restore. */

/* --- erase: what was deleted for good --- */

QUERY(ERASE_SPACES_DUE, ID, /* also teams that everybody has left since */
    "SELECT id"
    "  FROM space"
    " WHERE deleted_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY AND kind = 'team' AND erased_at IS NULL"
    " ORDER BY deleted_at LIMIT 100")

COLUMNS(ERASED_USER, ERASED_USER_ID, ERASED_USER_EMAIL, ERASED_USER_HOME)
QUERY(ERASE_USERS_DUE, ERASED_USER, /* without users who are erased already */
    "SELECT id, email, home_space"
    "  FROM user"
    " WHERE deleted_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY AND email <> CONCAT('erased:', " ID_TEXT("id") ")"
    " ORDER BY deleted_at LIMIT 100")

QUERY(ERASE_USER_DUE, ID, /* the operator may have enabled the user again since the list was read */
    "SELECT id FROM user WHERE id = ? AND deleted_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY FOR UPDATE")
CHANGE(ERASE_SPACE_CLOSE, OF_EVERYBODY,
    "UPDATE space SET name = 'erased', min_seq = seq, deleted_at = COALESCE(deleted_at, UTC_TIMESTAMP(3)) WHERE id = ?")
STATEMENT(ERASE_AUDIT,
    "UPDATE audit SET salt = NULL, changes = NULL, private_changes = NULL, op_hash = NULL"
    " WHERE space_id = ? AND seq > ? AND seq <= ?")
STATEMENT(ERASE_RECORDS,
    "DELETE FROM record WHERE space_id = ? ORDER BY collection, id LIMIT 1000")
STATEMENT(ERASE_OPS,
    "DELETE FROM op WHERE space_id = ? ORDER BY user_id, op_id LIMIT 1000")
STATEMENT(ERASE_CHUNKS,
    "DELETE FROM attachment_chunk WHERE space_id = ? ORDER BY upload_id, at LIMIT 50")
STATEMENT(ERASE_UPLOADS,
    "DELETE FROM attachment_upload WHERE space_id = ? ORDER BY id LIMIT 1000")
STATEMENT(ERASE_FILES,
    "DELETE FROM attachment WHERE space_id = ? ORDER BY sha256 LIMIT 1000")
STATEMENT(ERASE_FILE_REFS,
    "DELETE FROM attachment_ref WHERE space_id = ? ORDER BY sha256, collection, record_id LIMIT 1000")
STATEMENT(ERASE_BACKUP_CHUNKS,
    "DELETE FROM backup_chunk WHERE space_id = ? ORDER BY sha256 LIMIT 50")
STATEMENT(ERASE_BACKUP_PARTS,
    "DELETE FROM backup_part WHERE space_id = ? ORDER BY backup_id, number LIMIT 1000")
STATEMENT(ERASE_BACKUPS,
    "DELETE FROM backup WHERE space_id = ? ORDER BY id LIMIT 1000")
STATEMENT(ERASE_JOBS,
    "DELETE FROM job WHERE space_id = ? ORDER BY id LIMIT 1000")
STATEMENT(ERASE_PRESENCE,
    "DELETE FROM presence WHERE space_id = ? ORDER BY id LIMIT 1000")
STATEMENT(ERASE_USAGE,
    "DELETE FROM usage_event WHERE space_id = ? ORDER BY id LIMIT 1000")
CHANGE(ERASE_PINS, OF_EVERYBODY,
    "DELETE FROM pin WHERE space_id = ? ORDER BY user_id LIMIT 1000")
CHANGE(ERASE_HANDHELDS, OF_EVERYBODY,
    "DELETE FROM handheld WHERE space_id = ? ORDER BY id LIMIT 1000")
STATEMENT(ERASE_OVERSIGHT,
    "DELETE FROM oversight WHERE space_id = ? ORDER BY user_id, owner_id LIMIT 1000")
STATEMENT(ERASE_INVITATIONS,
    "DELETE FROM invitation WHERE space_id = ? ORDER BY id LIMIT 1000")
STATEMENT(ERASE_DEVICE_SPACES,
    "DELETE FROM device_space WHERE space_id = ? ORDER BY user_id, device_id LIMIT 1000")
CHANGE(ERASE_TOKENS, OF_EVERYBODY,
    "DELETE FROM session WHERE space_id = ? ORDER BY id LIMIT 1000")
CHANGE(ERASE_MEMBERS, OF_EVERYBODY,
    "DELETE FROM member WHERE space_id = ?")
CHANGE(ERASE_SPACE_DONE, OF_NOBODY, /* the blanked rows of its audit are left */
    "UPDATE space SET erased_at = UTC_TIMESTAMP(3), records = 0, backup_bytes = 0,"
    " bytes = " IN_SQL(ROW_BYTES) " * seq WHERE id = ?")
CHANGE(ERASE_USER_IDENTITIES, OF_USER(1),
    "DELETE FROM identity WHERE user_id = ?")
CHANGE(ERASE_USER_SESSIONS, OF_USER(1),
    "DELETE FROM session WHERE user_id = ?")
STATEMENT(ERASE_USER_DEVICES,
    "DELETE FROM device WHERE user_id = ?")
STATEMENT(ERASE_USER_DEVICE_SPACES,
    "DELETE FROM device_space WHERE user_id = ?")
STATEMENT(ERASE_USER_RESETS,
    "DELETE FROM password_reset WHERE user_id = ?")
STATEMENT(ERASE_USER_SIGN_INS,
    "DELETE FROM sign_in WHERE user_id = ?")
CHANGE(ERASE_USER_PINS, OF_USER(1),
    "DELETE FROM pin WHERE user_id = ?")
STATEMENT(ERASE_USER_PRESENCE,
    "DELETE FROM presence WHERE user_id = ?")
STATEMENT(ERASE_USER_USAGE,
    "DELETE FROM usage_event WHERE user_id = ?")

CHANGE(ERASE_USER_MEMBER_BYTES, OF_NOBODY, /* what ERASE_USER_MEMBER_AUDIT takes from each team */
    "UPDATE space t"
    "  JOIN (SELECT p.id, SUM(" AUDIT_SIZE " - " IN_SQL(ROW_BYTES) ") AS size"
    "          FROM space p"
    "         STRAIGHT_JOIN audit a ON a.space_id = p.id AND a.collection = 'members' AND a.record_id = ?"
    "         GROUP BY p.id) gone ON gone.id = t.id"
    "   SET t.bytes = t.bytes - gone.size")
CHANGE(ERASE_USER_MEMBER_AUDIT, OF_NOBODY, /* the user's name and address, in every team they ever were in */
    "UPDATE space p"
    " STRAIGHT_JOIN audit a ON a.space_id = p.id AND a.collection = 'members' AND a.record_id = ?"
    "   SET a.salt = NULL, a.changes = NULL, a.private_changes = NULL, a.op_hash = NULL")

STATEMENT(ERASE_USER_MAIL, /* mail that was not sent yet; finished mail has no text any more */
    "DELETE FROM job"
    " WHERE kind = 'mail' AND state IN ('waiting', 'running')"
    "   AND ? IN (JSON_VALUE(payload, '$.to'), JSON_VALUE(payload, '$.reset'))")

STATEMENT(ERASE_USER_INVITATIONS,
    "UPDATE invitation SET email = NULL, revoked_at = COALESCE(revoked_at, UTC_TIMESTAMP(3)) WHERE email IN (?, ?)")
CHANGE(ERASE_USER, OF_USER(1),
    "UPDATE user SET email = CONCAT('erased:', " ID_TEXT("id") "), name = 'former member', password = NULL,"
    " disabled = 1 WHERE id = ?")

/* --- tidy: what is no longer needed --- */

QUERY(TIDY_SPACES, ID,
    "SELECT id FROM space WHERE id > ? ORDER BY id LIMIT 500")

COLUMNS(TOMBSTONE, TOMBSTONE_SEQ, TOMBSTONE_IS_DUE, TOMBSTONE_SIZE)
/* It reads along the index of the feed, which takes about a second for 100,000 records.  An index of its own would take
 * a tenth of the table's space and slow down every write, and the optimizer ignores it where there are many
 * tombstones. */
QUERY(TIDY_TOMBSTONES, TOMBSTONE,
    "SELECT seq, updated_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY, " RECORD_SIZE
    "  FROM record"
    " WHERE space_id = ? AND deleted = 1"
    " ORDER BY seq"
    " LIMIT ?")

STATEMENT(TIDY_TOMBSTONE,
    "DELETE FROM record WHERE space_id = ? AND seq = ? AND deleted = 1")
CHANGE(TIDY_MIN_SEQ, OF_SPACE(3),
    "UPDATE space SET min_seq = GREATEST(min_seq, ?), bytes = bytes - ? WHERE id = ?")

COLUMNS(LIMIT, LIMIT_AT)
QUERY(TIDY_LIMIT, LIMIT,
    "SELECT UTC_TIMESTAMP(3) + INTERVAL ? DAY")
/* The next outcomes to go, the same ones for both statements; first they leave what is counted of their spaces. */
#define OPS_TO_GO " FROM op WHERE at < ? ORDER BY at, space_id, user_id, op_id LIMIT 1000"
CHANGE(TIDY_OPS_BYTES, OF_NOBODY,
    "UPDATE space p"
    "  JOIN (SELECT space_id, " IN_SQL(ROW_BYTES) " * COUNT(*) AS size"
    "          FROM (SELECT space_id" OPS_TO_GO ") due GROUP BY space_id) gone ON gone.space_id = p.id"
    "   SET p.bytes = p.bytes - gone.size")
STATEMENT(TIDY_OPS,
    "DELETE" OPS_TO_GO)
CHANGE(TIDY_SESSIONS_EXPIRED, OF_NOBODY,
    "DELETE FROM session WHERE expires_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY expires_at LIMIT 1000")
/* Revoked ones have no key of their own: each sign-in would write it, and few are revoked.  So the table is read in
 * portions, from one id to the last of the next thousand. */
QUERY(TIDY_SESSIONS_PAGE, ID,
    "SELECT id FROM session WHERE id > ? ORDER BY id LIMIT 1 OFFSET 999")
CHANGE(TIDY_SESSIONS_REVOKED, OF_NOBODY,
    "DELETE FROM session WHERE id BETWEEN ? AND ? AND revoked_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY")
CHANGE(TIDY_HANDHELDS, OF_NOBODY,
    "DELETE FROM handheld WHERE revoked_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY id LIMIT 1000")
STATEMENT(TIDY_SIGN_INS,
    "DELETE FROM sign_in WHERE at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY at LIMIT 1000")
STATEMENT(TIDY_RESETS,
    "DELETE FROM password_reset WHERE expires_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY expires_at LIMIT 1000")
STATEMENT(TIDY_JOBS, /* also those that were never sent because mail was switched off */
    "DELETE FROM job WHERE created_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY id LIMIT 1000")
STATEMENT(TIDY_INVITATIONS,
    "DELETE FROM invitation WHERE expires_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY id LIMIT 1000")

/* Of the spaces of a page, those with presence or usage that is older than their settings say, and the instant before
 * which it goes. */
COLUMNS(KEPT, KEPT_SPACE, KEPT_SINCE)
#define KEPT_FROM \
	"UTC_TIMESTAMP(3) + INTERVAL ? DAY - INTERVAL COALESCE(JSON_VALUE(r.doc, '$.retentionDays'), 365) DAY"
QUERY(TIDY_KEPT, KEPT,
    "SELECT p.id, " KEPT_FROM
    "  FROM space p"
    "  LEFT JOIN record r ON r.space_id = p.id AND r.collection = 'spaceSettings' AND r.id = 'settings'"
    " WHERE p.id > ? AND p.id <= ?"
    "   AND (EXISTS (SELECT 1 FROM presence s WHERE s.space_id = p.id AND s.last_at < " KEPT_FROM ")"
    "     OR EXISTS (SELECT 1 FROM usage_event e WHERE e.space_id = p.id AND e.at < " KEPT_FROM "))")
STATEMENT(TIDY_PRESENCE,
    "DELETE FROM presence WHERE space_id = ? AND last_at < ? ORDER BY last_at LIMIT 1000")
STATEMENT(TIDY_USAGE_EVENT,
    "DELETE FROM usage_event WHERE space_id = ? AND at < ? ORDER BY at LIMIT 1000")

STATEMENT(TIDY_THROTTLE,
    "DELETE FROM throttle WHERE last_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY last_at LIMIT 1000")

COLUMNS(LITTER, LITTER_SPACE, LITTER_NAME)
QUERY(TIDY_UPLOADS, LITTER, /* unfinished ones that nobody continues */
    "SELECT space_id, id FROM attachment_upload"
    " WHERE received < size AND changed_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
    " ORDER BY changed_at LIMIT 100")

QUERY(TIDY_UPLOAD, ONE, /* the same for one, which it locks */
    "SELECT 1 FROM attachment_upload"
    " WHERE space_id = ? AND id = ? AND received < size AND changed_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
    "   FOR UPDATE")

STATEMENT(TIDY_UPLOADS_SENT, /* of files that a record names: from now on only records give access */
    "DELETE FROM attachment_upload"
    " WHERE received = size AND changed_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
    "   AND EXISTS (SELECT 1 FROM attachment_ref f"
    " WHERE f.space_id = attachment_upload.space_id AND f.sha256 = attachment_upload.sha256)"
    " ORDER BY changed_at LIMIT 1000")

QUERY(TIDY_FILES, LITTER, /* files that no record names or named, no backup has, and nobody sent recently */
    "SELECT f.space_id, f.sha256"
    "  FROM attachment f"
    " WHERE f.named = 0 AND f.created_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
    "   AND NOT EXISTS (SELECT 1 FROM attachment_ref n WHERE n.space_id = f.space_id AND n.sha256 = f.sha256)"
    "   AND NOT EXISTS (SELECT 1 FROM backup_part b"
    "                    WHERE b.space_id = f.space_id AND b.sha256 = f.sha256 AND b.is_file = 1)"
    "   AND NOT EXISTS (SELECT 1 FROM attachment_upload u WHERE u.space_id = f.space_id AND u.sha256 = f.sha256"
    "                      AND (u.received < u.size OR u.changed_at >= UTC_TIMESTAMP(3) + INTERVAL ? DAY))"
    " ORDER BY f.created_at LIMIT 100")

COLUMNS(LITTER_CONTENT, LITTER_UPLOAD)
QUERY(TIDY_FILE, LITTER_CONTENT, /* the same for one, under the lock of its space: reads its content's upload */
    "SELECT f.upload_id"
    "  FROM attachment f"
    " WHERE f.space_id = ? AND f.sha256 = ?"
    "   AND NOT EXISTS (SELECT 1 FROM attachment_ref n WHERE n.space_id = f.space_id AND n.sha256 = f.sha256)"
    "   AND NOT EXISTS (SELECT 1 FROM backup_part b"
    "                    WHERE b.space_id = f.space_id AND b.sha256 = f.sha256 AND b.is_file = 1)"
    "   AND NOT EXISTS (SELECT 1 FROM attachment_upload u WHERE u.space_id = f.space_id AND u.sha256 = f.sha256"
    "                      AND (u.received < u.size OR u.changed_at >= UTC_TIMESTAMP(3) + INTERVAL ? DAY))")

STATEMENT(TIDY_FILE_DROP,
    "DELETE FROM attachment WHERE space_id = ? AND sha256 = ?")
STATEMENT(TIDY_FILE_UPLOADS,
    "DELETE FROM attachment_upload WHERE space_id = ? AND sha256 = ?")

/* --- verify: whether the chain holds --- */

COLUMNS(CHAIN, CHAIN_SPACE, CHAIN_SEQ, CHAIN_HASH, CHAIN_MIN_SEQ, CHAIN_LAST_AT)
QUERY(SPACES_PAGE, CHAIN,
    "SELECT id, seq, chain, min_seq, last_at FROM space WHERE id > ? ORDER BY id LIMIT 100")

QUERY(AUDIT_PAGE, AUDIT, /* the whole chain, for verify */
    "SELECT " AUDIT_COLUMNS
    "  FROM audit"
    " WHERE space_id = ? AND seq > ?"
    " ORDER BY seq LIMIT 1000")

QUERY(AUDIT_BY_RECORD, AUDIT, /* for verify: all writes up to a head, record by record */
    "SELECT " AUDIT_COLUMNS
    "  FROM audit"
    " WHERE space_id = ? AND seq <= ?"
    "   AND (collection > ? OR (collection = ? AND (record_id > ? OR (record_id = ? AND version > ?))))"
    " ORDER BY collection, record_id, version LIMIT 1000")

QUERY(RECORDS_UP_TO, COUNT,
    "SELECT COUNT(*) FROM record WHERE space_id = ? AND seq <= ?")

COLUMNS(AHEAD, AHEAD_COLLECTION, AHEAD_RECORD, AHEAD_SEQ)
QUERY(RECORDS_AHEAD, AHEAD,
    "SELECT r.collection, r.id, r.seq"
    "  FROM record r JOIN space p ON p.id = r.space_id"
    " WHERE r.space_id = ? AND r.seq > p.seq LIMIT 1")

COLUMNS(COUNT_OF_SPACE, COUNTED_RECORDS, COUNTED_BYTES, FOUND_RECORDS, FOUND_BYTES)
QUERY(SPACE_COUNT, COUNT_OF_SPACE, /* what is counted in the row of a space, and what is there, at one moment; nothing
                                    * of a space that may be half erased */
    "SELECT p.records, p.bytes, CAST(r.live AS SIGNED), CAST(r.size + a.size + o.size AS SIGNED)"
    "  FROM space p"
    "  JOIN (SELECT COALESCE(SUM(deleted = 0), 0) AS live, COALESCE(SUM(" RECORD_SIZE "), 0) AS size"
    "          FROM record WHERE space_id = ?) r"
    "  JOIN (SELECT COALESCE(SUM(" AUDIT_SIZE "), 0) AS size FROM audit WHERE space_id = ?) a"
    "  JOIN (SELECT " IN_SQL(ROW_BYTES) " * COUNT(*) AS size FROM op WHERE space_id = ?) o"
    " WHERE p.id = ? AND (p.deleted_at IS NULL OR p.erased_at IS NOT NULL)")
CHANGE(SPACE_RECOUNT, OF_NOBODY,
    "UPDATE space SET records = ?, bytes = ? WHERE id = ?")

/* --- quotas --- */

COLUMNS(SPACE_HELD, SPACE_HELD_ID, SPACE_HELD_KIND, SPACE_HELD_NAME, SPACE_HELD_OWNER, SPACE_HELD_RECORDS,
    SPACE_HELD_BYTES, SPACE_HELD_RECORDS_MAX, SPACE_HELD_BYTES_MAX)
QUERY(SPACES_HELD, SPACE_HELD, /* with the address of an owner */
    "SELECT p.id, p.kind, p.name,"
    "       (SELECT MIN(u.email) FROM member m JOIN user u ON u.id = m.user_id"
    "         WHERE m.space_id = p.id AND m.role = 'owner'), " QUOTA_COLUMNS
    "  FROM space p"
    " WHERE p.id > ? AND p.deleted_at IS NULL"
    " ORDER BY p.id LIMIT 500")
CHANGE(SPACE_LIMIT, OF_NOBODY, /* the limits that are not to change are given as they are */
    "UPDATE space SET records_max = ?, bytes_max = ? WHERE id = ?")

/* --- doctor --- */

COLUMNS(VARIABLE, VARIABLE_NAME, VARIABLE_VALUE)
QUERY(DOCTOR_VARIABLES, VARIABLE,
    "SHOW SESSION VARIABLES"
    " WHERE Variable_name IN ('version', 'time_zone', 'sql_mode', 'tx_isolation', 'transaction_isolation',"
    " 'max_allowed_packet', 'innodb_flush_log_at_trx_commit', 'read_only', 'datadir')")

COLUMNS(TABLE, TABLE_NAME, TABLE_ENGINE)
QUERY(DOCTOR_TABLES, TABLE,
    "SELECT table_name, engine"
    "  FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'")

COLUMNS(CLOCK, CLOCK_NOW)
QUERY(DOCTOR_CLOCK, CLOCK,
    "SELECT UTC_TIMESTAMP(3)")

/* --- restore: after a dump was loaded --- */

STATEMENT(RESTORE_EPOCHS,
    "INSERT INTO space_epoch (space_id, epoch, parent, cut_seq, at)"
    " SELECT id, LOWER(HEX(RANDOM_BYTES(16))), epoch, seq, UTC_TIMESTAMP(3)"
    "   FROM space")

CHANGE(RESTORE_SPACES, OF_EVERYBODY, /* the current epoch of a space has no child but that of RESTORE_EPOCHS */
    "UPDATE space p"
    "  JOIN space_epoch e ON e.space_id = p.id AND e.parent = p.epoch"
    "   SET p.epoch = e.epoch")

CHANGE(RESTORE_SESSIONS, OF_EVERYBODY,
    "UPDATE session"
    "   SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE revoked_at IS NULL")

CHANGE(RESTORE_HANDHELDS, OF_EVERYBODY, /* a handheld that was revoked after the dump must not become valid again */
    "UPDATE handheld"
    "   SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE revoked_at IS NULL")

CHANGE(RESTORE_LIVE, OF_EVERYBODY,
    "INSERT INTO meta (name, value)"
    " VALUES ('live', '1')"
    " ON DUPLICATE KEY UPDATE value = '1'")

/* --- alarms.  Workers send the first four too --- */

STATEMENT(ALARM_RAISE, /* over_at is written last: the others go by what it was */
    "INSERT INTO alarm (kind, subject, detail, raised_at, last_at)"
    " VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"
    " ON DUPLICATE KEY UPDATE"
    " raised_at = IF(over_at IS NULL, raised_at, VALUES(last_at)),"
    " count = IF(over_at IS NULL, LEAST(count, 4000000000) + 1, 1),"
    " detail = VALUES(detail), last_at = VALUES(last_at), over_at = NULL")
STATEMENT(ALARM_CLEAR,
    "UPDATE alarm SET over_at = UTC_TIMESTAMP(3) WHERE kind = ? AND subject = ? AND over_at IS NULL")
COLUMNS(ALARM, ALARM_KIND, ALARM_SUBJECT, ALARM_DETAIL, ALARM_RAISED_AT, ALARM_LAST_AT, ALARM_COUNT)
QUERY(ALARMS, ALARM,
    "SELECT kind, subject, detail, raised_at, last_at, count"
    "  FROM alarm"
    " WHERE over_at IS NULL AND subject = COALESCE(?, subject)"
    " ORDER BY raised_at, kind, subject"
    " LIMIT ?")
COLUMNS(ALARM_KINDS, COUNTED_KIND, COUNTED_ALARMS)
QUERY(ALARM_COUNTS, ALARM_KINDS, /* anybody may cause it to be asked, so it reads no more than so many */
    "SELECT kind, COUNT(*)"
    "  FROM (SELECT kind FROM alarm WHERE over_at IS NULL LIMIT 1000) present"
    " GROUP BY kind"
    " ORDER BY kind")
STATEMENT(ERASE_ALARMS,
    "DELETE FROM alarm WHERE subject = (SELECT " ID_TEXT("id") " FROM space WHERE id = ?)")

/* What the operator has not been told of yet, or not for a day; and what was told of and is over. */
#define ALARM_NEWS \
	"(over_at IS NULL AND (mailed_at IS NULL OR mailed_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY)" \
	" OR over_at IS NOT NULL AND told = 1)"
COLUMNS(ALARM_TELLING, TELLING_IS_OVER = ALARM_COLUMNS_COUNT)
QUERY(ALARM_TELL, ALARM_TELLING,
    "SELECT kind, subject, detail, raised_at, last_at, count, over_at IS NOT NULL"
    "  FROM alarm"
    " WHERE " ALARM_NEWS
    " ORDER BY over_at IS NOT NULL, raised_at, kind, subject"
    " LIMIT 1000 FOR UPDATE")
STATEMENT(ALARM_TOLD,
    "UPDATE alarm SET told = over_at IS NULL, mailed_at = IF(over_at IS NULL, UTC_TIMESTAMP(3), mailed_at)"
    " WHERE kind = ? AND subject = ?")
STATEMENT(ALARM_FORGET, /* what is over, and of which no mail is due, nor was sent within a day */
    "DELETE FROM alarm"
    " WHERE over_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY AND (told = 0 OR over_at < UTC_TIMESTAMP(3) - INTERVAL 30 DAY)"
    "   AND COALESCE(mailed_at, over_at) < UTC_TIMESTAMP(3) - INTERVAL 1 DAY")

/* --- measures: what monitoring reads --- */

STATEMENT(MEASURE_PUT,
    "INSERT INTO measure (name, label, value, at)"
    " VALUES (?, ?, ?, UTC_TIMESTAMP(3))"
    " ON DUPLICATE KEY UPDATE value = VALUES(value), at = VALUES(at)")
STATEMENT(MEASURE_FORGET,
    "DELETE FROM measure WHERE name = ? AND label = ?")
COLUMNS(MEASURE, MEASURE_NAME, MEASURE_LABEL, MEASURE_VALUE, MEASURE_AT)
QUERY(MEASURES, MEASURE,
    "SELECT name, label, value, at FROM measure ORDER BY name, label LIMIT 500")
COLUMNS(TAKEN, TAKEN_PERSONAL, TAKEN_TEAMS, TAKEN_DELETED, TAKEN_RECORDS, TAKEN_BYTES, TAKEN_BACKUP_BYTES)
QUERY(MEASURE_SPACES, TAKEN,
    "SELECT COUNT(IF(kind = 'personal' AND deleted_at IS NULL, 1, NULL)),"
    "       COUNT(IF(kind = 'team' AND deleted_at IS NULL, 1, NULL)),"
    "       COUNT(deleted_at),"
    "       CAST(COALESCE(SUM(records), 0) AS SIGNED),"
    "       CAST(COALESCE(SUM(bytes), 0) AS SIGNED),"
    "       CAST(COALESCE(SUM(backup_bytes), 0) AS SIGNED)"
    "  FROM space")
QUERY(MEASURE_USERS, COUNT,
    "SELECT COUNT(*) FROM user WHERE deleted_at IS NULL")
COLUMNS(TAKEN_MAIL, TAKEN_MAIL_WAITING, TAKEN_MAIL_OLDEST, TAKEN_MAIL_FAILED)
QUERY(MEASURE_MAIL, TAKEN_MAIL, /* failed within a day */
    "SELECT COUNT(IF(state IN ('waiting', 'running'), 1, NULL)),"
    "       COALESCE(TIMESTAMPDIFF(SECOND, MIN(IF(state IN ('waiting', 'running'), created_at, NULL)),"
    "           UTC_TIMESTAMP(3)), 0),"
    "       COUNT(IF(state = 'failed', 1, NULL))"
    "  FROM job"
    " WHERE kind = 'mail' AND (state IN ('waiting', 'running')"
    "       OR state = 'failed' AND finished_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY)")
COLUMNS(TAKEN_JOBS, TAKEN_JOBS_WAITING, TAKEN_JOBS_RUNNING, TAKEN_JOBS_FAILED)
QUERY(MEASURE_JOBS, TAKEN_JOBS,
    "SELECT COUNT(IF(state = 'waiting', 1, NULL)), COUNT(IF(state = 'running', 1, NULL)),"
    "       COUNT(IF(state = 'failed', 1, NULL))"
    "  FROM job"
    " WHERE kind <> 'mail' AND (state IN ('waiting', 'running')"
    "       OR state = 'failed' AND finished_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY)")
COLUMNS(TAKEN_BACKUPS, TAKEN_BACKUPS_WHOLE, TAKEN_BACKUPS_DAMAGED, TAKEN_BACKUPS_NEWEST)
QUERY(MEASURE_BACKUPS, TAKEN_BACKUPS, /* the newest as seconds of the epoch, or 0 */
    "SELECT COUNT(IF(state = 'whole', 1, NULL)), COUNT(IF(state = 'damaged', 1, NULL)),"
    "       COALESCE(TIMESTAMPDIFF(SECOND, '1970-01-01', MAX(IF(state = 'whole', at, NULL))), 0)"
    "  FROM backup")
COLUMNS(TAKEN_STAMPS, TAKEN_STAMPS_WAITING, TAKEN_STAMPS_OLDEST)
QUERY(MEASURE_STAMPS, TAKEN_STAMPS, /* spaces with writes after their newest stamp; the age of the oldest */
    "SELECT COUNT(*), COALESCE(TIMESTAMPDIFF(SECOND, MIN(a.at), UTC_TIMESTAMP(3)), 0)"
    "  FROM space p"
    "  LEFT JOIN (SELECT space_id, MAX(seq) AS seq FROM stamp GROUP BY space_id) s ON s.space_id = p.id"
    "  JOIN audit a ON a.space_id = p.id AND a.seq = COALESCE(s.seq, 0) + 1"
    " WHERE p.deleted_at IS NULL")
QUERY(MEASURE_DATABASE, COUNT,
    "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED)"
    "  FROM information_schema.tables"
    " WHERE table_schema = DATABASE()")

/* --- stamps of an authority --- */

COLUMNS(STAMP, STAMP_SEQ, STAMP_HASH, STAMP_AT, STAMP_THROUGH)
QUERY(STAMPS_PAGE, STAMP, /* the stamps of a space, newest first, and whether its chain goes through them */
    "SELECT s.seq, s.hash, s.at, a.hash = s.hash"
    "  FROM stamp s LEFT JOIN audit a ON a.space_id = s.space_id AND a.seq = s.seq"
    " WHERE s.space_id = ? AND s.seq < ?"
    " ORDER BY s.seq DESC LIMIT ?")
COLUMNS(STAMP_TOKEN, STAMP_TOKEN_DER)
QUERY(STAMP_TOKEN, STAMP_TOKEN,
    "SELECT token FROM stamp WHERE space_id = ? AND seq = ?")
COLUMNS(STAMPED, STAMPED_SPACE, STAMPED_NAME, STAMPED_HEAD, STAMPED_SEQ, STAMPED_AT, STAMPED_WAITS)
QUERY(STAMPS_SPACES, STAMPED, /* spaces with their newest stamps, and when the first write after it was made */
    "SELECT p.id, p.name, p.seq, s.seq,"
    "       (SELECT t.at FROM stamp t WHERE t.space_id = p.id AND t.seq = s.seq), a.at"
    "  FROM space p"
    "  LEFT JOIN (SELECT space_id, MAX(seq) AS seq FROM stamp GROUP BY space_id) s ON s.space_id = p.id"
    "  LEFT JOIN audit a ON a.space_id = p.id AND a.seq = COALESCE(s.seq, 0) + 1"
    " WHERE p.deleted_at IS NULL AND p.id > ?"
    " ORDER BY p.id LIMIT 500")

/* --- the witness: whether the database is the one that was left --- */

COLUMNS(WITNESS, WITNESS_MARK)
QUERY(WITNESS_READ, WITNESS, "SELECT value FROM meta WHERE name = ?")
CHANGE(WITNESS_WRITE, OF_NOBODY, /* meta.live is no mark: nobody's rights change */
    "INSERT INTO meta (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)")
CHANGE(WITNESS_ACCEPT, OF_NOBODY,
    "UPDATE meta SET value = CONCAT('restored ', LOWER(HEX(RANDOM_BYTES(16)))) WHERE name LIKE 'witness:%'")

/* --- undated: what people were paid by before it had days --- */

QUERY(UNDATED_DONE, ONE, "SELECT 1 FROM meta WHERE name = 'undated'")
CHANGE(UNDATED_MARK, OF_EVERYBODY, "INSERT IGNORE INTO meta (name, value) VALUES ('undated', '1')")

COLUMNS(UNDATED_SPACE, UNDATED_SPACE_ID, UNDATED_SPACE_KIND)
QUERY(UNDATED_SPACES, UNDATED_SPACE,
    "SELECT id, kind FROM space WHERE id > ? ORDER BY id LIMIT 100")

QUERY(UNDATED_ANY, ID, /* whether a space has anything that could be converted */
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection IN ('workSessions', 'workSettings', 'spaceSettings', 'employees')"
    " LIMIT 1")

QUERY(UNDATED_WORK, ID,
    "SELECT id FROM record WHERE space_id = ? AND collection = 'workSessions' LIMIT 1")

COLUMNS(UNDATED_SETTINGS, UNDATED_SETTINGS_OWNER, UNDATED_SETTINGS_DOC, UNDATED_SETTINGS_DOC_PRIVATE)
QUERY(UNDATED_SETTINGS, UNDATED_SETTINGS,
    "SELECT owner_id, doc, doc_private"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'workSettings' AND deleted = 0"
    " ORDER BY sort_key, id")

COLUMNS(UNDATED_EMPLOYEE, UNDATED_EMPLOYEE_DOC, UNDATED_EMPLOYEE_DOC_PRIVATE)
QUERY(UNDATED_EMPLOYEES, UNDATED_EMPLOYEE, /* those that are linked to members, the last written first */
    "SELECT doc, doc_private"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND JSON_VALUE(doc, '$.user') IS NOT NULL"
    " ORDER BY seq DESC")
