/* statements/store.h -- counts and ids, which many rooms read; and migrations.  statements/all.h says how a row is
 * written. */

/* --- what queries of many rooms read --- */

COLUMNS(COUNT, COUNTED)
COLUMNS(ID, ID_FOUND)
COLUMNS(ONE, ONE_FOUND) /* SELECT 1: whether there is any */

/* --- the tables --- */
/* The row with statement 0 stands for the whole file.  at is NULL while a statement runs. */
STATEMENT(MIGRATION_TABLE,
    "CREATE TABLE IF NOT EXISTS migration ("
    "  file      INT         NOT NULL,"
    "  statement INT         NOT NULL,"
    "  hash      BINARY(32)  NOT NULL,"
    "  at        DATETIME(3) NULL,"
    "  PRIMARY KEY (file, statement)"
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin")

STATEMENT(MIGRATION_PATIENCE,
    "SET SESSION lock_wait_timeout = 60, SESSION innodb_lock_wait_timeout = 60")

COLUMNS(MIGRATION_LOCK, MIGRATION_LOCKED)
/* Names of such locks are shared by the whole server, so the name contains a hash of the database's name. */
QUERY(MIGRATION_LOCK, MIGRATION_LOCK,
    "SELECT GET_LOCK(CONCAT('daybook.migrate.', LEFT(SHA2(DATABASE(), 256), 16)), 10)")

COLUMNS(MIGRATION, MIGRATION_FILE, MIGRATION_STATEMENT, MIGRATION_HASH, MIGRATION_IS_DONE)
QUERY(MIGRATION_LIST, MIGRATION,
    "SELECT file, statement, hash, at IS NOT NULL"
    "  FROM migration"
    " ORDER BY file, statement")

STATEMENT(MIGRATION_START,
    "REPLACE INTO migration (file, statement, hash, at)"
    " SELECT ?, ?, ?, NULL"
    "   FROM DUAL"
    "  WHERE IS_USED_LOCK(CONCAT('daybook.migrate.', LEFT(SHA2(DATABASE(), 256), 16))) = CONNECTION_ID()")

STATEMENT(MIGRATION_DONE,
    "UPDATE migration SET at = SYSDATE(3) WHERE file = ? AND statement = ?")
STATEMENT(MIGRATION_FAILED,
    "DELETE FROM migration WHERE file = ? AND statement = ? AND at IS NULL")

COLUMNS(MIGRATION_VERSION, MIGRATION_NEWEST)
QUERY(MIGRATION_VERSION, MIGRATION_VERSION,
    "SELECT COALESCE(MAX(file), 0) FROM migration WHERE statement = 0 AND at IS NOT NULL")

/* --- the rights of the user --- */

COLUMNS(GRANT, GRANT_TEXT)
QUERY(GRANTS, GRANT,
    "SHOW GRANTS")

/* --- the instance --- */

CHANGE(META_INSTANCE, OF_NOBODY,
    "INSERT IGNORE INTO meta (name, value) VALUES ('instance', ?)")
