/* statements/period.h -- the periods that lock days, and those of a person that could overlap. */

COLUMNS(PERIOD, PERIOD_ID, PERIOD_KIND, PERIOD_FROM, PERIOD_TO, PERIOD_STATE)
#define PERIOD_TEXT(field) "JSON_UNQUOTE(JSON_EXTRACT(doc, '$." field "'))"
#define PERIOD_CELLS \
	"id, " PERIOD_TEXT("kind") ", " PERIOD_TEXT("from") ", " PERIOD_TEXT("to") ", " PERIOD_TEXT("state")
QUERY(PERIODS_OF, PERIOD, /* of one person, by their first day */
    "SELECT " PERIOD_CELLS
    "  FROM record"
    " WHERE space_id = ? AND collection = 'periods' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id")

QUERY(PERIOD_CLOSED_OF_ANY, PERIOD, /* the first closed one of a kind that reaches into a span */
    "SELECT " PERIOD_CELLS
    "  FROM record"
    " WHERE space_id = ? AND collection = 'periods' AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " AND " PERIOD_TEXT("kind") " = ?"
    " AND " PERIOD_TEXT("to") " >= ?"
    " AND " PERIOD_TEXT("state") " IN ('submitted', 'approved')"
    " ORDER BY sort_key, id LIMIT 1")
