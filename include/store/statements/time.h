/* statements/time.h -- people, sessions and employees for the reports of working time. */

COLUMNS(WORK_PERSON, WORK_PERSON_ID, WORK_PERSON_NAME)
QUERY(WORK_PEOPLE, WORK_PERSON, /* the people who have sessions, by name */
    "SELECT o.owner_id, u.name"
    "  FROM (SELECT DISTINCT owner_id FROM record WHERE space_id = ? AND collection = 'workSessions') o"
    "  LEFT JOIN user u ON u.id = o.owner_id"
    " ORDER BY u.name, o.owner_id")

QUERY(WORK_PERSON, WORK_PERSON, /* a member, or a former member who has sessions */
    "SELECT u.id, u.name"
    "  FROM user u"
    " WHERE u.id = ?"
    "   AND (EXISTS (SELECT 1 FROM member m WHERE m.space_id = ? AND m.user_id = u.id)"
    "        OR EXISTS (SELECT 1 FROM record r"
    " WHERE r.space_id = ? AND r.collection = 'workSessions' AND r.owner_id = u.id))")

COLUMNS(WORK_SESSION, WORK_SESSION_DOC)
QUERY(WORK_SESSIONS, WORK_SESSION, /* one person's sessions, by start; sort_key is the text of it */
    "SELECT doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'workSessions' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key < ?"
    " ORDER BY sort_key, id LIMIT ?")

COLUMNS(WORK_OVERLAP, WORK_OVERLAP_ID, WORK_OVERLAP_START, WORK_OVERLAP_END)
/* Two sessions of a person that begin between two instants, are of a kind, and end after an instant or run; of those
 * that run, only what began after another instant.  Sessions are short, so the first two bound what is read.  One of
 * the two may be the session that asks: by its id the database would choose another key. */
QUERY(WORK_OVERLAP, WORK_OVERLAP,
    "SELECT id, sort_key, JSON_VALUE(doc, '$.end')"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'workSessions' AND owner_id = ? AND deleted = 0"
    "   AND sort_key > ? AND sort_key < ? AND JSON_VALUE(doc, '$.kind') = ?"
    "   AND (JSON_VALUE(doc, '$.end') > ? OR (JSON_VALUE(doc, '$.end') IS NULL AND sort_key > ?))"
    " ORDER BY sort_key, id LIMIT 2")

COLUMNS(WORK_BILLED, WORK_BILLED_DOC, WORK_BILLED_DOC_PRIVATE)
QUERY(WORK_SESSIONS_BILLED, WORK_BILLED, /* one person's sessions, with what an hour is billed at */
    "SELECT doc, doc_private"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'workSessions' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key < ?"
    " ORDER BY sort_key, id LIMIT ?")

COLUMNS(RUNNING, RUNNING_ID)
QUERY(HOURS_RUNNING, RUNNING, /* whether a timer of a person runs that belongs to one of these days */
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'workSessions' AND owner_id = ? AND deleted = 0"
    " AND sort_key >= ? AND sort_key < ?"
    " AND JSON_EXTRACT(doc, '$.end') IS NULL"
    " AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.day')) >= ? AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.day')) <= ?"
    " ORDER BY sort_key, id LIMIT 1")
