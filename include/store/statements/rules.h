/* statements/rules.h -- what the rules of lib/rules/ look up. */

COLUMNS(EMPLOYEE, EMPLOYEE_LAST_NUMBER)
QUERY(EMPLOYEE_LAST, EMPLOYEE, /* the highest number that was ever used */
    "SELECT MAX(CAST(SUBSTRING(JSON_UNQUOTE(JSON_EXTRACT(changes, '$.employeeId[1]')), 4) AS UNSIGNED))"
    "  FROM audit"
    " WHERE space_id = ? AND collection = 'employees'"
    "   AND JSON_UNQUOTE(JSON_EXTRACT(changes, '$.employeeId[1]')) REGEXP '^EMP[0-9]{1,9}$'")

QUERY(EMPLOYEE_NUMBER_TAKEN, ID,
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND id <> ?"
    "   AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.employeeId')) = ? LIMIT 1")

QUERY(EMPLOYEE_USER_TAKEN, ID,
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND id <> ?"
    "   AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.user')) = ? LIMIT 1")
