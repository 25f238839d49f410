/* statements/fleet.h -- package cars and their shifts, presence, and usage. */

/* --- the board --- */

QUERY(FLEET_NEWEST_SHIFTS, RECORD, /* shifts do not overlap, so the open one is among the newest */
    "SELECT " RECORD_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = 'shifts' AND deleted = 0"
    " ORDER BY sort_key DESC, id DESC LIMIT 3")

QUERY(FLEET_CARS, RECORD,
    "SELECT " RECORD_COLUMNS
    "  FROM record"
    " WHERE space_id = ? AND collection = 'cars' AND deleted = 0"
    " ORDER BY sort_key, id LIMIT ?")

COLUMNS(ROSTER, ROSTER_CAR_DOC = RECORD_COLUMNS_COUNT)
QUERY(FLEET_ROSTER, ROSTER, /* with the car on the board for each */
    "SELECT " RECORD_COLUMNS ","
    "       (SELECT c.doc FROM record c"
    "         WHERE c.space_id = record.space_id AND c.collection = 'cars' AND c.id = record.id AND c.deleted = 0)"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'roster' AND deleted = 0"
    " ORDER BY sort_key, id LIMIT ?")

QUERY(LATE_SPACES, ID, /* spaces whose newest shift is open */
    "SELECT p.id"
    "  FROM space p"
    "  JOIN record s ON s.space_id = p.id AND s.collection = 'shifts'"
    "   AND s.id = (SELECT n.id FROM record n"
    "                WHERE n.space_id = p.id AND n.collection = 'shifts' AND n.deleted = 0"
    "                ORDER BY n.sort_key DESC, n.id DESC LIMIT 1)"
    " WHERE p.id > ? AND p.deleted_at IS NULL AND JSON_VALUE(s.doc, '$.endedAt') IS NULL"
    " ORDER BY p.id LIMIT 100")

/* --- shifts that are over --- */

/* The shifts that began in [from, to), oldest first.  sort_key is the text of the start. */
QUERY(FLEET_SHIFTS_BETWEEN, ID,
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'shifts' AND sort_key >= ? AND sort_key < ? AND deleted = 0"
    " ORDER BY sort_key, id LIMIT ?")

COLUMNS(STEP, STEP_SEQ, STEP_CAR, STEP_ACTION, STEP_CHANGES)
QUERY(FLEET_WRITES, STEP, /* the writes to cars between two seqs, newest first */
    "SELECT seq, record_id, action, changes"
    "  FROM audit"
    " WHERE space_id = ? AND seq > ? AND seq < ? AND collection = 'cars'"
    " ORDER BY seq DESC LIMIT 1000")

COLUMNS(SEQ, SEQ_FROM)
QUERY(FLEET_SEQ_FROM, SEQ,
    "SELECT seq FROM audit WHERE space_id = ? AND at >= ? ORDER BY at, seq LIMIT 1")

COLUMNS(CAR_WRITE, CAR_WRITE_SEQ, CAR_WRITE_CAR, CAR_WRITE_VERSION, CAR_WRITE_ACTION, CAR_WRITE_CHANGES,
    CAR_WRITE_ERASED, CAR_WRITE_BY, CAR_WRITE_AT, CAR_WRITE_CLAIMED_AT)
QUERY(FLEET_WRITES_FORWARD, CAR_WRITE, /* the writes to cars with a seq in [from, to), oldest first */
    "SELECT seq, record_id, version, action, changes, salt IS NULL, user_id, at, claimed_at"
    "  FROM audit"
    " WHERE space_id = ? AND seq >= ? AND seq < ? AND collection = 'cars'"
    " ORDER BY seq LIMIT 1000")

COLUMNS(CAR_BEFORE, CAR_BEFORE_LOCATION, CAR_BEFORE_LATE)
/* The last write before a version that changed the car's location, and the last that changed its late flag.  The
 * patterns match only names of fields, because quotes within texts are escaped. */
QUERY(FLEET_CAR_BEFORE, CAR_BEFORE,
    "SELECT (SELECT l.changes FROM audit l"
    "         WHERE l.space_id = ? AND l.collection = 'cars' AND l.record_id = ? AND l.version < ?"
    "           AND l.changes LIKE '%\"location\":[%' ORDER BY l.version DESC LIMIT 1),"
    "       (SELECT f.changes FROM audit f"
    "         WHERE f.space_id = ? AND f.collection = 'cars' AND f.record_id = ? AND f.version < ?"
    "           AND f.changes LIKE '%\"late\":[%' ORDER BY f.version DESC LIMIT 1)")

/* --- presence --- */

STATEMENT(PRESENCE_SEEN, /* a client that left, or was silent for so many minutes, starts again */
    "INSERT INTO presence (id, space_id, user_id, device_id, device_info, started_at, last_at)"
    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"
    " ON DUPLICATE KEY UPDATE"
    "   started_at = IF(ended_at IS NULL AND last_at > UTC_TIMESTAMP(3) - INTERVAL ? MINUTE,"
    " started_at, UTC_TIMESTAMP(3)),"
    "   device_info = IF(VALUES(device_info) = '', device_info, VALUES(device_info)),"
    "   last_at = UTC_TIMESTAMP(3), ended_at = NULL")

STATEMENT(PRESENCE_TRIM, /* those silent for longer than the so-many that reported last */
    "DELETE FROM presence"
    " WHERE space_id = ? AND user_id = ?"
    "   AND last_at < (SELECT last_at"
    "                    FROM (SELECT last_at"
    "                            FROM presence"
    "                           WHERE space_id = ? AND user_id = ?"
    "                           ORDER BY last_at DESC LIMIT 1 OFFSET ?) AS last)")

COLUMNS(PRESENCE, PRESENCE_STARTED_AT, PRESENCE_LAST_AT)
QUERY(PRESENCE_READ, PRESENCE,
    "SELECT started_at, last_at FROM presence WHERE id = ?")

STATEMENT(PRESENCE_END,
    "UPDATE presence SET ended_at = UTC_TIMESTAMP(3) WHERE id = ? AND ended_at IS NULL")

QUERY(PRESENCE_COUNT, COUNT,
    "SELECT COUNT(DISTINCT s.user_id)"
    "  FROM presence s"
    "  JOIN member m ON m.space_id = s.space_id AND m.user_id = s.user_id"
    " WHERE s.space_id = ? AND s.last_at > UTC_TIMESTAMP(3) - INTERVAL ? MINUTE AND s.ended_at IS NULL")

COLUMNS(PRESENT, PRESENT_USER, PRESENT_NAME, PRESENT_STARTED_AT, PRESENT_LAST_AT, PRESENT_CLIENTS)
QUERY(PRESENCE_LIST, PRESENT,
    "SELECT u.id, u.name, MIN(s.started_at), MAX(s.last_at), COUNT(*)"
    "  FROM presence s"
    "  JOIN user u ON u.id = s.user_id"
    "  JOIN member m ON m.space_id = s.space_id AND m.user_id = s.user_id"
    " WHERE s.space_id = ? AND s.last_at > UTC_TIMESTAMP(3) - INTERVAL ? MINUTE AND s.ended_at IS NULL"
    " GROUP BY u.id, u.name"
    " ORDER BY 4 DESC, u.id LIMIT 200")

/* --- usage --- */

STATEMENT(USAGE_RECORD,
    "INSERT IGNORE INTO usage_event (id, space_id, user_id, type, count, metadata, at)"
    " VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))")

QUERY(USAGE_OF_DAY, COUNT, /* events of a person in the last 24 hours */
    "SELECT COUNT(*)"
    "  FROM usage_event"
    " WHERE space_id = ? AND user_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY")

COLUMNS(USAGE, USAGE_TYPE, USAGE_PERIOD, USAGE_SUM)
QUERY(USAGE_TOTALS, USAGE,
    "SELECT type, NULL, CAST(SUM(count) AS SIGNED)"
    "  FROM usage_event"
    " WHERE space_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
    " GROUP BY type"
    " ORDER BY 3 DESC, 1 LIMIT ?")

QUERY(USAGE_DAYS, USAGE,
    "SELECT type, DATE_FORMAT(at, '%Y-%m-%d'), CAST(SUM(count) AS SIGNED)"
    "  FROM usage_event"
    " WHERE space_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
    " GROUP BY type, 2"
    " ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?")

QUERY(USAGE_HOURS, USAGE,
    "SELECT type, DATE_FORMAT(at, '%Y-%m-%dT%H:00:00.000Z'), CAST(SUM(count) AS SIGNED)"
    "  FROM usage_event"
    " WHERE space_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
    " GROUP BY type, 2"
    " ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?")
