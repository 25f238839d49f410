/* statements/period.h -- the periods that lock days, those of a person that could overlap, and what holds from a day
 * on. */

/* The collection is given: each kind of period has its own.  What has no last day ends with its month; what names no
 * kind is of the one kind that its collection has. */
COLUMNS(PERIOD, PERIOD_ID, PERIOD_KIND, PERIOD_FROM, PERIOD_TO, PERIOD_STATE)
#define PERIOD_TEXT(field) "JSON_UNQUOTE(JSON_EXTRACT(doc, '$." field "'))"
#define PERIOD_LAST \
	"COALESCE(" PERIOD_TEXT("to") ", CAST(LAST_DAY(" PERIOD_TEXT("from") ") AS CHAR))"
#define PERIOD_CELLS \
	"id, " PERIOD_TEXT("kind") ", " PERIOD_TEXT("from") ", " PERIOD_LAST ", " PERIOD_TEXT("state")
QUERY(PERIODS_OF, PERIOD, /* of one person, by their first day */
    "SELECT " PERIOD_CELLS
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id")

QUERY(PERIOD_CLOSED_OF_ANY, PERIOD, /* the first closed one of a kind that reaches into a span */
    "SELECT " PERIOD_CELLS
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " AND COALESCE(" PERIOD_TEXT("kind") ", '') IN ('', ?)"
    " AND " PERIOD_LAST " >= ?"
    " AND " PERIOD_TEXT("state") " IN ('submitted', 'senior', 'supervisor', 'finance', 'approved')"
    " ORDER BY sort_key, id LIMIT 1")

COLUMNS(DATED, DATED_ID, DATED_DOC, DATED_DOC_PRIVATE, DATED_UPDATED_AT, DATED_UPDATED_BY)
QUERY(DATED, DATED, /* what people are paid by, of a space or of a person, by the day from which it holds */
    "SELECT id, doc, doc_private, updated_at, updated_by"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    " ORDER BY sort_key, id LIMIT ?")
