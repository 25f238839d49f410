/* statements/period.h -- the periods that lock days, and those of a person that could overlap. */

COLUMNS(PERIOD, PERIOD_ID, PERIOD_DOC)
QUERY(PERIODS_OF, PERIOD, /* of one person, by their first day */
    "SELECT id, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'periods' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id")

QUERY(PERIOD_CLOSED_OF_ANY, PERIOD, /* the first closed one of a kind that reaches into a span */
    "SELECT id, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'periods' AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.kind')) = ?"
    " AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.to')) >= ?"
    " AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.state')) IN ('submitted', 'approved')"
    " ORDER BY sort_key, id LIMIT 1")
