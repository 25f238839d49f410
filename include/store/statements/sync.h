/* statements/sync.h -- the feed, and how far each device has read it. */

/* --- the feed --- */

/* The columns of statement_feed for FEED_SIZES, and those of statement_left_view. */
COLUMNS(FEED_SIZE, FEED_SIZE_SEQ, FEED_SIZE_TX_SEQ, FEED_SIZE_BYTES)
COLUMNS(LEFT, LEFT_COLLECTION, LEFT_RECORD, LEFT_VERSION, LEFT_SEQ, LEFT_TX_SEQ)

COLUMNS(FEED_NEAR, FEED_NEAR_SEQ = RECORD_COLUMNS_COUNT, FEED_NEAR_CHAIN, FEED_NEAR_MIN_SEQ, FEED_NEAR_HASH)
QUERY(FEED_NEAR, FEED_NEAR, /* the records written after a seq, with the head of the space and the hash at that seq */
    "SELECT " RECORD_COLUMNS_OF("r.") ", p.seq, p.chain, p.min_seq, a.hash"
    "  FROM space p JOIN audit a JOIN record r FORCE INDEX (feed)"
    " WHERE p.id = ? AND a.space_id = ? AND a.seq = ? AND r.space_id = ? AND r.seq > ?"
    " ORDER BY r.seq LIMIT ?")

COLUMNS(FEED_EDGE, FEED_EDGE_TX_SEQ)
QUERY(FEED_EDGE, FEED_EDGE, /* the transaction of the record after the first n records */
    "SELECT r.tx_seq"
    "  FROM (SELECT seq FROM record WHERE space_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT 1 OFFSET ?) edge"
    "  JOIN record r ON r.space_id = ? AND r.seq = edge.seq")

QUERY(OWN_BETWEEN, RECORD, /* a person's own records of a collection that were written with a seq in (from, to] */
    "SELECT " RECORD_COLUMNS
    "  FROM record FORCE INDEX (feed)"
    " WHERE space_id = ? AND seq > ? AND seq <= ? AND collection = ? AND owner_id = ?"
    " ORDER BY seq LIMIT ?")

COLUMNS(NOW_SEQ, NOW_SEQ)
QUERY(SPACE_SEQ, NOW_SEQ,
    "SELECT seq FROM space WHERE id = ?")

COLUMNS(HEAD, HEAD_SPACE, HEAD_EPOCH, HEAD_VIEW_EPOCH, HEAD_SEQ, HEAD_CHAIN, HEAD_MIN_SEQ)
QUERY(HEADS, HEAD, /* the heads of all spaces of a user */
    "SELECT m.space_id, p.epoch, m.view_epoch, p.seq, p.chain, p.min_seq"
    "  FROM member m JOIN space p ON p.id = m.space_id"
    " WHERE m.user_id = ? AND p.deleted_at IS NULL"
    " ORDER BY m.space_id LIMIT 1000")

COLUMNS(HEADS_IN_USE, HEADS_IN_USE_USER = HEAD_COLUMNS_COUNT)
QUERY(HEADS_IN_USE, HEADS_IN_USE, /* the same of many users, of HEADS_READ_MAX spaces in all */
    "SELECT m.space_id, p.epoch, m.view_epoch, p.seq, p.chain, p.min_seq, m.user_id"
    "  FROM member m JOIN space p ON p.id = m.space_id"
    " WHERE m.user_id IN (" IDS_32 ") AND p.deleted_at IS NULL"
    " ORDER BY m.user_id, m.space_id LIMIT 2000")

COLUMNS(CHAIN_HEAD, CHAIN_HEAD_SEQ, CHAIN_HEAD_HASH, CHAIN_HEAD_EPOCH, CHAIN_HEAD_AT)
QUERY(CHAIN_HEAD, CHAIN_HEAD, /* the head of a space with its whole hash, and when it was written */
    "SELECT p.seq, p.chain, p.epoch, a.at"
    "  FROM space p LEFT JOIN audit a ON a.space_id = p.id AND a.seq = p.seq"
    " WHERE p.id = ?")

COLUMNS(CHAIN_AT, CHAIN_AT_SEQ, CHAIN_AT_HASH, CHAIN_AT_AT)
QUERY(CHAIN_AT, CHAIN_AT, /* the hashes of the chain at HEADS_ASKED_MAX places */
    "SELECT seq, hash, at FROM audit WHERE space_id = ? AND seq IN (" IDS_32 ", " IDS_32 ")")

COLUMNS(EPOCH, EPOCH_PARENT, EPOCH_CUT_SEQ)
QUERY(EPOCH_READ, EPOCH,
    "SELECT parent, cut_seq FROM space_epoch WHERE space_id = ? AND epoch = ?")

COLUMNS(PAST, PAST_HEAD, PAST_MIN_SEQ, PAST_SEQ, PAST_HASH)
QUERY(PAST_READ, PAST, /* the hashes of the chain at some places, with the head and the last purged tombstone */
    "SELECT p.seq, p.min_seq, a.seq, a.hash"
    "  FROM space p"
    "  LEFT JOIN audit a ON a.space_id = p.id AND a.seq IN (?, ?, ?, ?)"
    " WHERE p.id = ?")

QUERY(RECORD_BEFORE, ONE, /* whether a collection has a record that was last written up to a seq */
    "SELECT 1 FROM record WHERE space_id = ? AND collection = ? AND seq <= ? LIMIT 1")

COLUMNS(MIN_SEQ, MIN_SEQ)
QUERY(SPACE_MIN_SEQ, MIN_SEQ,
    "SELECT min_seq FROM space WHERE id = ?")

/* --- what was written from an instant on --- */

COLUMNS(SINCE, SINCE_USER_NAME = RECORD_COLUMNS_COUNT)
QUERY(RECORDS_SINCE, SINCE, /* a collection, or its records written since an instant, and by whom */
    "SELECT " RECORD_COLUMNS ", (SELECT u.name FROM user u WHERE u.id = record.updated_by)"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND (? IS NULL OR updated_at >= ?) AND deleted <= ?"
    " ORDER BY id LIMIT ?")

COLUMNS(LAST_WRITE, LAST_WRITE_AT)
QUERY(SPACE_LAST_AT, LAST_WRITE,
    "SELECT last_at FROM space WHERE id = ?")

/* --- devices --- */

STATEMENT(DEVICE_SEEN,
    "INSERT INTO device (user_id, id, name, created_at, last_seen)"
    " VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"
    " ON DUPLICATE KEY UPDATE last_seen = UTC_TIMESTAMP(3)")

STATEMENT(DEVICES_TRIM, /* those seen before the so-many newest */
    "DELETE FROM device"
    " WHERE user_id = ?"
    "   AND last_seen < (SELECT last_seen"
    "                      FROM (SELECT last_seen"
    "                              FROM device"
    "                             WHERE user_id = ?"
    "                             ORDER BY last_seen DESC LIMIT 1 OFFSET ?) AS last)")
STATEMENT(DEVICES_TRIM_SPACES,
    "DELETE s"
    "  FROM device_space s"
    "  LEFT JOIN device d ON d.user_id = s.user_id AND d.id = s.device_id"
    " WHERE s.user_id = ? AND d.id IS NULL")

STATEMENT(DEVICE_NAME,
    "UPDATE device SET name = ? WHERE user_id = ? AND id = ?")
STATEMENT(DEVICE_FORGET,
    "DELETE FROM device WHERE user_id = ? AND id = ?")
STATEMENT(DEVICE_FORGET_SPACES,
    "DELETE FROM device_space WHERE user_id = ? AND device_id = ?")
CHANGE(DEVICE_SIGN_OUT, OF_USER(1),
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = ? AND device_id = ? AND revoked_at IS NULL")

COLUMNS(DEVICE, DEVICE_ID, DEVICE_NAME, DEVICE_CREATED_AT, DEVICE_LAST_SEEN, DEVICE_SPACE, DEVICE_SEQ,
    DEVICE_SPACE_HEAD, DEVICE_SYNCED_AT, DEVICE_SAME_EPOCH)
QUERY(DEVICES_LIST, DEVICE, /* one row for each device and space, without spaces that the user has left */
    "SELECT d.id, d.name, d.created_at, d.last_seen, s.space_id, s.seq, p.seq, s.synced_at, s.epoch = p.epoch"
    "  FROM device d"
    "  LEFT JOIN (device_space s"
    "             JOIN member m ON m.space_id = s.space_id AND m.user_id = s.user_id"
    "             JOIN space p ON p.id = s.space_id AND p.deleted_at IS NULL)"
    " ON s.user_id = d.user_id AND s.device_id = d.id"
    " WHERE d.user_id = ?"
    " ORDER BY d.last_seen DESC, d.id, s.space_id LIMIT 1000")

STATEMENT(DEVICE_REACHED, /* within an epoch, seq never goes back */
    "INSERT INTO device_space (user_id, device_id, space_id, epoch, seq, synced_at)"
    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))"
    " ON DUPLICATE KEY UPDATE"
    "   seq = IF(epoch = VALUES(epoch), GREATEST(seq, VALUES(seq)), VALUES(seq)),"
    "   epoch = VALUES(epoch), synced_at = UTC_TIMESTAMP(3)")

COLUMNS(REACHED, REACHED_EPOCH, REACHED_SEQ, REACHED_MARKED, REACHED_AT)
QUERY(DEVICE_SPACE_FIND, REACHED,
    "SELECT epoch, seq, marked, synced_at FROM device_space WHERE user_id = ? AND device_id = ? AND space_id = ?")

STATEMENT(DEVICE_OFFER, /* marked: 1 = since the last offer, 2 = before it, so that DEVICE_SYNCED clears it */
    "INSERT INTO device_space (user_id, device_id, space_id, epoch, seq, offered)"
    " VALUES (?, ?, ?, ?, 0, ?)"
    " ON DUPLICATE KEY UPDATE"
    "   seq = IF(epoch = VALUES(epoch), seq, 0), epoch = VALUES(epoch), offered = VALUES(offered),"
    "   marked = IF(marked = 1, 2, marked)")

STATEMENT(DEVICE_SYNCED, /* up to the head that was offered; a later change is still new */
    "UPDATE device_space"
    "   SET seq = GREATEST(seq, offered), marked = IF(marked = 2, 0, marked), synced_at = UTC_TIMESTAMP(3)"
    " WHERE user_id = ? AND device_id = ? AND space_id = ?")

STATEMENT(DEVICE_MARK,
    "INSERT INTO device_space (user_id, device_id, space_id, epoch, marked)"
    " VALUES (?, ?, ?, ?, 1)"
    " ON DUPLICATE KEY UPDATE marked = 1")

STATEMENT(DEVICE_MARK_OTHERS,
    "UPDATE device_space SET marked = 1 WHERE user_id = ? AND space_id = ? AND device_id <> ?")
