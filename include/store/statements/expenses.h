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

COLUMNS(MILEAGE_TRIP, MILEAGE_TRIP_ID, MILEAGE_TRIP_DOC, MILEAGE_TRIP_CREATED_AT)
QUERY(MILEAGE_TRIPS, MILEAGE_TRIP, /* one person's trips, by date, which is the text of sort_key */
    "SELECT id, doc, created_at"
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

/* ---- receipts ---- */

QUERY(RECEIPTS_WITH_FILE, EXPENSE, /* one person's receipts that name a file */
    "SELECT r.id, r.doc"
    "  FROM attachment_ref f"
    "  JOIN record r ON r.space_id = f.space_id AND r.collection = f.collection AND r.id = f.record_id"
    " WHERE f.space_id = ? AND f.sha256 = ? AND f.collection = 'receipts' AND r.owner_id = ? AND r.deleted = 0"
    "   AND JSON_VALUE(r.doc, '$.file') = ?"
    " ORDER BY r.id LIMIT ?")
