/* statements/rules.h -- what rules ask. */
STATEMENT(EMPLOYEE_LAST, /* the highest number that was ever given */
    "SELECT MAX(CAST(SUBSTRING(JSON_UNQUOTE(JSON_EXTRACT(changes, '$.employeeId[1]')), 4) AS UNSIGNED))"
    "  FROM audit"
    " WHERE space_id = ? AND collection = 'employees'"
    "   AND JSON_UNQUOTE(JSON_EXTRACT(changes, '$.employeeId[1]')) REGEXP '^EMP[0-9]{1,9}$'")
STATEMENT(EMPLOYEE_NUMBER_TAKEN,
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND id <> ?"
    "   AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.employeeId')) = ? LIMIT 1")
STATEMENT(EMPLOYEE_USER_TAKEN,
    "SELECT id"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND id <> ?"
    "   AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.user')) = ? LIMIT 1")
