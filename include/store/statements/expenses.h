/* statements/expenses.h -- what the rules, reports and state machine of expenses read. */

/* ---- people ---- */

COLUMNS(EXPENSE_PERSON, EXPENSE_PERSON_ID, EXPENSE_PERSON_NAME)
QUERY(EXPENSE_PEOPLE, EXPENSE_PERSON, /* the people who have records of a collection, by name */
    "SELECT o.owner_id, u.name"
    "  FROM (SELECT DISTINCT owner_id FROM record WHERE space_id = ? AND collection = ?) o"
    "  LEFT JOIN user u ON u.id = o.owner_id"
    " ORDER BY u.name, o.owner_id")

QUERY(EXPENSE_PERSON, EXPENSE_PERSON, /* a member, or a former member who has records of a collection */
    "SELECT u.id, u.name"
    "  FROM user u"
    " WHERE u.id = ?"
    "   AND (EXISTS (SELECT 1 FROM member m WHERE m.space_id = ? AND m.user_id = u.id)"
    "        OR EXISTS (SELECT 1 FROM record r"
    " WHERE r.space_id = ? AND r.collection = ? AND r.owner_id = u.id))")

/* ---- trips ---- */

COLUMNS(MILEAGE_TRIP, MILEAGE_TRIP_ID, MILEAGE_TRIP_DOC, MILEAGE_TRIP_CREATED_AT, MILEAGE_TRIP_VERSION)
QUERY(MILEAGE_TRIPS, MILEAGE_TRIP, /* one person's trips, by date, which is the text of sort_key */
    "SELECT id, doc, created_at, version"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'mileage' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id LIMIT ?")

COLUMNS(VEHICLE, VEHICLE_ID, VEHICLE_DOC)
QUERY(VEHICLES_MAIN, VEHICLE, /* which vehicle a person uses unless they choose another; mostly one, at most a few */
    "SELECT id, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'vehicles' AND owner_id = ? AND deleted = 0"
    " AND JSON_CONTAINS(doc, 'true', '$.main')"
    " ORDER BY sort_key, id LIMIT 10")

/* ---- logbooks ---- */

COLUMNS(LOGBOOK_HEAD, LOGBOOK_HEAD_SEQ, LOGBOOK_HEAD_CHAIN, LOGBOOK_HEAD_EPOCH)
QUERY(LOGBOOK_HEAD, LOGBOOK_HEAD,
    "SELECT seq, chain, epoch FROM space WHERE id = ?")

COLUMNS(LOGBOOK_ROW, LOGBOOK_ROW_NAME = AUDIT_COLUMNS_COUNT, LOGBOOK_ROW_BEFORE)
QUERY(LOGBOOK_ROWS, LOGBOOK_ROW, /* writes of some trips, oldest first in each, with the hash before each */
    "SELECT " AUDIT_COLUMNS ", u.name,"
    "       (SELECT p.hash FROM audit p WHERE p.space_id = audit.space_id AND p.seq = audit.seq - 1)"
    "  FROM audit FORCE INDEX (record) LEFT JOIN user u ON u.id = audit.user_id"
    " WHERE space_id = ? AND collection = 'mileage' AND record_id IN (?) AND version > ? AND version <= ?"
    "   AND seq <= ?"
    " ORDER BY record_id, version")

QUERY(LOGBOOK_LINKS, AUDIT, /* the chain between two seqs, without what was written */
    "SELECT seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, NULL, NULL,"
    " NULL, digest, audit.user_id, device_id, op_id, cause, at, claimed_at, hash, reader_id"
    "  FROM audit"
    " WHERE space_id = ? AND seq >= ? AND seq <= ?"
    " ORDER BY seq LIMIT 500")

COLUMNS(LOGBOOK_DELETED, LOGBOOK_DELETED_ID, LOGBOOK_DELETED_VERSION)
QUERY(LOGBOOK_DELETED, LOGBOOK_DELETED, /* trips of a person that were deleted, by the date that they had */
    "SELECT r.id, r.version"
    "  FROM record r JOIN audit a ON a.space_id = r.space_id AND a.collection = r.collection"
    "       AND a.record_id = r.id AND a.version = r.version"
    " WHERE r.space_id = ? AND r.collection = 'mileage' AND r.owner_id = ? AND r.deleted = 1"
    "   AND JSON_VALUE(a.changes, '$.date[0]') >= ? AND JSON_VALUE(a.changes, '$.date[0]') <= ?"
    " ORDER BY r.sort_key, r.id LIMIT ?")

/* ---- months ---- */

COLUMNS(EXPENSE, EXPENSE_ID, EXPENSE_DOC)
QUERY(EXPENSES_OF, EXPENSE, /* what one person has in a collection that is ordered by a date, from one day to another */
    "SELECT id, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id LIMIT ?")

QUERY(EXPENSES_OF_SPACE, EXPENSE, /* what a space has in a collection */
    "SELECT id, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND deleted = 0"
    " ORDER BY sort_key, id LIMIT ?")

QUERY(EXPENSES_BEFORE, EXPENSE, /* the last ones of a person up to a day, newest first */
    "SELECT id, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0 AND sort_key <= ?"
    " ORDER BY sort_key DESC, id DESC LIMIT ?")

/* ---- expense reports ---- */

QUERY(REPORT_MANAGERS, ID,
    "SELECT user_id FROM member WHERE space_id = ? AND role IN ('manager', 'owner') ORDER BY user_id LIMIT ?")

QUERY(MONTH_PEOPLE, EXPENSE_PERSON, /* the people who have expenses, by name */
    "SELECT o.owner_id, u.name"
    "  FROM (SELECT DISTINCT owner_id FROM record"
    " WHERE space_id = ? AND collection IN ('mileage', 'receipts', 'timesheets', 'dayNotes')) o"
    "  LEFT JOIN user u ON u.id = o.owner_id"
    " ORDER BY u.name, o.owner_id")

QUERY(MONTH_PERSON, EXPENSE_PERSON, /* a member, or a former member who has expenses */
    "SELECT u.id, u.name"
    "  FROM user u"
    " WHERE u.id = ?"
    "   AND (EXISTS (SELECT 1 FROM member m WHERE m.space_id = ? AND m.user_id = u.id)"
    "        OR EXISTS (SELECT 1 FROM record r"
    " WHERE r.space_id = ? AND r.collection IN ('mileage', 'receipts', 'timesheets', 'dayNotes')"
    " AND r.owner_id = u.id))")

/* ---- receipts ---- */

QUERY(RECEIPTS_WITH_FILE, KIN, /* one person's receipts that name a file */
    "SELECT r.id, r.doc"
    "  FROM attachment_ref f"
    "  JOIN record r ON r.space_id = f.space_id AND r.collection = f.collection AND r.id = f.record_id"
    " WHERE f.space_id = ? AND f.sha256 = ? AND f.collection = 'receipts' AND r.owner_id = ? AND r.deleted = 0"
    "   AND JSON_VALUE(r.doc, '$.file') = ?"
    " ORDER BY r.id LIMIT ?")

QUERY(REPORT_SPACES, ID, /* spaces with expense reports of these months, or hours since a day */
    "SELECT p.id"
    "  FROM space p"
    " WHERE p.id > ? AND p.deleted_at IS NULL"
    "   AND ((SELECT r.id FROM record r"
    "          WHERE r.space_id = p.id AND r.collection = 'expenseReports' AND r.deleted = 0 AND r.sort_key >= ?"
    "          ORDER BY r.sort_key, r.id LIMIT 1) IS NOT NULL"
    "        OR (SELECT t.id FROM record t"
    "             WHERE t.space_id = p.id AND t.collection = 'timesheets' AND t.deleted = 0 AND t.sort_key >= ?"
    "             ORDER BY t.sort_key, t.id LIMIT 1) IS NOT NULL)"
    " ORDER BY p.id LIMIT 100")

/* Reports of these months that were changed since an instant and are no drafts. */
COLUMNS(REPORT, REPORT_ID, REPORT_OWNER, REPORT_DOC)
QUERY(REPORTS_CHANGED, REPORT,
    "SELECT id, owner_id, JSON_REMOVE(doc, '$.figures')"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'expenseReports' AND sort_key >= ? AND deleted = 0 AND updated_at > ?"
    "   AND JSON_VALUE(doc, '$.state') <> 'draft'"
    " ORDER BY sort_key, id LIMIT ?")

QUERY(REPORT_PEOPLE_CHANGED, ID, /* whether an employee or a member was changed since an instant */
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection IN ('employees', 'members') AND updated_at > ? LIMIT 1")

COLUMNS(REPORT_HOURS, REPORT_HOURS_OWNER, REPORT_HOURS_SUM)
QUERY(REPORT_HOURS, REPORT_HOURS, /* the people whose hours between two days come to so many, in hundredths */
    "SELECT owner_id, CAST(SUM(hours) AS SIGNED)"
    "  FROM (SELECT owner_id, CAST(JSON_VALUE(doc, '$.hours') * 100 AS DECIMAL(12)) AS hours"
    "          FROM record"
    "         WHERE space_id = ? AND collection = 'timesheets' AND deleted = 0 AND sort_key >= ? AND sort_key <= ?"
    "         ORDER BY sort_key, id LIMIT ?) AS sheets"
    " GROUP BY owner_id HAVING SUM(hours) >= ?")
