/* statements/routine.h -- what the rules and reports of routines read. */

COLUMNS(ROUTINE_TASK, ROUTINE_TASK_ID, ROUTINE_TASK_DOC, ROUTINE_TASK_CREATED_AT)
QUERY(ROUTINE_TASKS, ROUTINE_TASK, /* one person's tasks */
    "SELECT id, doc, created_at"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'tasks' AND owner_id = ? AND deleted = 0"
    " ORDER BY sort_key, id LIMIT ?")

COLUMNS(ROUTINE_LOG, ROUTINE_LOG_DOC)
QUERY(ROUTINE_LOGS, ROUTINE_LOG, /* one person's logs of tasks of some days; sort_key is the day */
    "SELECT doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'taskLogs' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id LIMIT ?")

COLUMNS(ROUTINE_ROW, ROUTINE_ROW_ID, ROUTINE_ROW_DOC)
QUERY(ROUTINE_WEIGHTS, ROUTINE_ROW, /* one person's weights up to a day, the latest first */
    "SELECT id, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'weights' AND owner_id = ? AND deleted = 0"
    " AND sort_key <= ?"
    " ORDER BY sort_key DESC, id DESC LIMIT ?")

COLUMNS(ROUTINE_DAY, ROUTINE_DAY_DAY, ROUTINE_DAY_COMPLETED, ROUTINE_DAY_POINTS)
/* What one person has completed on each day.  The status is found by its bytes: a document is canonical, and within a
 * text its quotes would be escaped. */
QUERY(ROUTINE_DAYS, ROUTINE_DAY,
    "SELECT sort_key, COUNT(*), CAST(SUM(COALESCE(JSON_VALUE(doc, '$.points'), 0)) AS SIGNED)"
    "  FROM record FORCE INDEX (list_own)"
    " WHERE space_id = ? AND collection = 'taskLogs' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ? AND doc LIKE '%\"status\":\"completed\"%'"
    " GROUP BY sort_key ORDER BY sort_key LIMIT ?")

COLUMNS(ROUTINE_NEXT, ROUTINE_NEXT_DAY)
QUERY(ROUTINE_NEXT, ROUTINE_NEXT, /* the next day on which one person has a log of a task */
    "SELECT sort_key"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'taskLogs' AND owner_id = ? AND deleted = 0"
    " AND sort_key > ? AND sort_key <= ?"
    " ORDER BY sort_key, id LIMIT 1")

COLUMNS(ROUTINE_COUNT, ROUTINE_COUNT_DAY, ROUTINE_COUNT_COUNT)
QUERY(ROUTINE_COUNTS, ROUTINE_COUNT, /* how many records of a collection one person has on each day */
    "SELECT sort_key, COUNT(*)"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    " AND sort_key <= ?"
    " GROUP BY sort_key ORDER BY sort_key LIMIT ?")

COLUMNS(ROUTINE_BEGUN, ROUTINE_BEGUN_TASK, ROUTINE_BEGUN_DAY)
QUERY(ROUTINE_BEGUN, ROUTINE_BEGUN, /* the first log of each task of one person, up to a day */
    "SELECT JSON_VALUE(doc, '$.task') AS task, MIN(sort_key)"
    "  FROM record FORCE INDEX (list_own)"
    " WHERE space_id = ? AND collection = 'taskLogs' AND owner_id = ? AND deleted = 0"
    " AND sort_key <= ?"
    " GROUP BY task LIMIT ?")

COLUMNS(ORDER_LAST, ORDER_LAST_KEY)
QUERY(ORDER_LAST, ORDER_LAST, /* the last one of a person's records in a list that is sorted by a key of order */
    "SELECT sort_key"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    " ORDER BY sort_key DESC, id DESC LIMIT 1")

COLUMNS(VERSION_AT, VERSION_AT_VERSION)
QUERY(VERSION_AT, VERSION_AT, /* the version that a record had at an instant */
    "SELECT version"
    "  FROM audit"
    " WHERE space_id = ? AND collection = ? AND record_id = ? AND at <= ?"
    " ORDER BY version DESC LIMIT 1")

COLUMNS(BOOK_LOG, BOOK_LOG_ID, BOOK_LOG_DATE, BOOK_LOG_PAGE)
/* The next log of a book before a day, and the next one after it, of the 500 logs there of the person: what they read
 * beside it.  A log without a page says nothing of the book. */
QUERY(BOOK_LOG_BEFORE, BOOK_LOG,
    "SELECT id, sort_key, JSON_VALUE(doc, '$.page')"
    "  FROM (SELECT id, sort_key, doc FROM record"
    " WHERE space_id = ? AND collection = 'bookLogs' AND owner_id = ? AND deleted = 0 AND sort_key < ?"
    " ORDER BY sort_key DESC, id DESC LIMIT 500) near"
    " WHERE JSON_VALUE(doc, '$.book') = ? AND JSON_VALUE(doc, '$.page') IS NOT NULL"
    " ORDER BY sort_key DESC LIMIT 1")
QUERY(BOOK_LOG_AFTER, BOOK_LOG,
    "SELECT id, sort_key, JSON_VALUE(doc, '$.page')"
    "  FROM (SELECT id, sort_key, doc FROM record"
    " WHERE space_id = ? AND collection = 'bookLogs' AND owner_id = ? AND deleted = 0 AND sort_key > ?"
    " ORDER BY sort_key, id LIMIT 500) near"
    " WHERE JSON_VALUE(doc, '$.book') = ? AND JSON_VALUE(doc, '$.page') IS NOT NULL"
    " ORDER BY sort_key LIMIT 1")

COLUMNS(EXERCISE_SET, EXERCISE_SET_LAST)
QUERY(EXERCISE_SET, EXERCISE_SET, /* the last set of an exercise on a day, of its first 300 logs */
    "SELECT MAX(CAST(JSON_VALUE(doc, '$.set') AS SIGNED))"
    "  FROM (SELECT doc FROM record"
    " WHERE space_id = ? AND collection = 'exerciseLogs' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id LIMIT 300) day"
    " WHERE JSON_VALUE(doc, '$.exercise') = ?")

COLUMNS(ROUTINE_SPAN, ROUTINE_SPAN_DAY, ROUTINE_SPAN_DOC)
QUERY(ROUTINE_SPAN, ROUTINE_SPAN, /* one person's records of some days, where sort_key is the day */
    "SELECT sort_key, doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key <= ?"
    " ORDER BY sort_key, id LIMIT ?")
