/* statements/account.h -- finding the person of a token; accounts, sessions and mail. */

/* --- who is asking --- */

/* A person is in a space when its id is there: one that is deleted has no members.  Each table is joined by its own
 * unique key and none inside of another, so the server finds every row before it plans anything. */

COLUMNS(CALLER, CALLER_USER, CALLER_NAME, CALLER_EMAIL, CALLER_DISABLED, CALLER_HOME, CALLER_KIND, CALLER_SCOPE,
    CALLER_BOUND_SPACE, CALLER_DEVICE, CALLER_REVOKED, CALLER_EXPIRES, CALLER_SPACE, CALLER_ROLE, CALLER_VIEW_EPOCH,
    CALLER_OVERSEES, CALLER_SPACE_SINCE, CALLER_SPACE_KIND, CALLER_SEQ, CALLER_CHAIN, CALLER_MIN_SEQ, CALLER_EPOCH,
    CALLER_LIVE)
#define CALLER_CELLS \
	"u.id, u.name, u.email, u.disabled, u.home_space," \
	"       s.kind, s.scope, s.space_id, s.device_id, s.revoked_at, s.expires_at," \
	"       p.id, m.role, m.view_epoch, m.oversees, p.created_at, p.kind, p.seq, p.chain, p.min_seq, p.epoch," \
	"       l.value"
#define CALLER_TABLES /* the value is the space */ \
	"  FROM session s" \
	"  JOIN user u ON u.id = s.user_id" \
	"  LEFT JOIN member m ON m.space_id = ? AND m.user_id = u.id" \
	"  LEFT JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL" \
	"  LEFT JOIN meta l ON l.name = 'live'"
QUERY(CALLER, CALLER,
    "SELECT " CALLER_CELLS
    CALLER_TABLES
    " WHERE s.id = ?")

COLUMNS(CALLER_BY_TOKEN, CALLER_BY_TOKEN_SESSION = CALLER_COLUMNS_COUNT, CALLER_BY_TOKEN_USED)
QUERY(CALLER_BY_TOKEN, CALLER_BY_TOKEN,
    "SELECT " CALLER_CELLS ","
    "       s.id, NULLIF(s.last_used_at, s.created_at)" /* of a token that was never used: NULL */
    "  FROM session s"
    "  JOIN user u ON u.id = s.user_id"
    "  LEFT JOIN member m ON m.space_id = s.space_id AND m.user_id = u.id"
    "  LEFT JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL"
    "  LEFT JOIN meta l ON l.name = 'live'"
    " WHERE s.hash = ? AND s.kind = 'token'")

COLUMNS(CALLER_BY_IDENTITY, CALLER_BY_IDENTITY_ISSUER = CALLER_COLUMNS_COUNT, CALLER_BY_IDENTITY_SUBJECT)
QUERY(CALLER_BY_IDENTITY, CALLER_BY_IDENTITY,
    "SELECT u.id, u.name, u.email, u.disabled, u.home_space,"
    "       'sign-in', 'admin', NULL, NULL, NULL, NULL,"
    "       p.id, m.role, m.view_epoch, m.oversees, p.created_at, p.kind, p.seq, p.chain, p.min_seq, p.epoch,"
    "       l.value,"
    "       i.issuer, i.subject"
    "  FROM identity i"
    "  JOIN user u ON u.id = i.user_id"
    "  LEFT JOIN member m ON m.space_id = COALESCE(?, u.home_space) AND m.user_id = u.id"
    "  LEFT JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL"
    "  LEFT JOIN meta l ON l.name = 'live'"
    " WHERE i.issuer = ? AND i.subject = ?")

/* 32 parameters. */
#define IDS_32 \
	"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

QUERY(CALLERS_IN_USE, CALLER_BY_TOKEN, /* many sessions, in many spaces: every pair that there is */
    "SELECT u.id, u.name, u.email, u.disabled, u.home_space,"
    "       s.kind, s.scope, s.space_id, s.device_id, s.revoked_at, s.expires_at,"
    "       m.space_id, m.role, m.view_epoch, m.oversees, p.created_at, p.kind, p.seq, p.chain, p.min_seq, p.epoch,"
    "       (SELECT value FROM meta WHERE name = 'live'),"
    "       s.id, NULLIF(s.last_used_at, s.created_at)" /* of a token that was never used: NULL */
    "  FROM session s"
    "  JOIN user u ON u.id = s.user_id"
    "  JOIN member m ON m.user_id = u.id"
    "  JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL"
    " WHERE s.id IN (" IDS_32 ") AND m.space_id IN (" IDS_32 ")")

QUERY(CALLERS_IN_USE_BY_IDENTITY, CALLER_BY_IDENTITY, /* the same for the identities of many users */
    "SELECT u.id, u.name, u.email, u.disabled, u.home_space,"
    "       'sign-in', 'admin', NULL, NULL, NULL, NULL,"
    "       m.space_id, m.role, m.view_epoch, m.oversees, p.created_at, p.kind, p.seq, p.chain, p.min_seq, p.epoch,"
    "       (SELECT value FROM meta WHERE name = 'live'),"
    "       i.issuer, i.subject"
    "  FROM identity i"
    "  JOIN user u ON u.id = i.user_id"
    "  JOIN member m ON m.user_id = u.id"
    "  JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL"
    " WHERE i.user_id IN (" IDS_32 ") AND m.space_id IN (" IDS_32 ")")

CHANGE(TOKEN_USED, OF_NOBODY,
    "UPDATE session SET last_used_at = UTC_TIMESTAMP(3) WHERE id = ?")

COLUMNS(DATABASE, DATABASE_IS_LIVE)
QUERY(DATABASE_LIVE, DATABASE,
    "SELECT value FROM meta WHERE name = 'live'")

/* --- users --- */

COLUMNS(USER, USER_ID, USER_NAME, USER_EMAIL, USER_PASSWORD, USER_HOME, USER_DISABLED)
QUERY(USER_BY_EMAIL, USER,
    "SELECT id, name, email, password, home_space, disabled"
    "  FROM user"
    " WHERE email IN (?, ?, ?)"
    " ORDER BY email = ? DESC"
    " LIMIT 1")

COLUMNS(PASSWORD, PASSWORD_HASH)
QUERY(USER_PASSWORD, PASSWORD,
    "SELECT password FROM user WHERE id = ?")

COLUMNS(NAME, NAME_OF_USER)
QUERY(USER_NAME, NAME,
    "SELECT name FROM user WHERE id = ?")

CHANGE(USER_CREATE, OF_NOBODY,
    "INSERT INTO user (id, email, name, password, home_space, created_at)"
    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))")

CHANGE(USER_RENAME, OF_USER(2), /* not while the account is being erased, which takes its name away */
    "UPDATE user SET name = ? WHERE id = ? AND disabled = 0")

CHANGE(USER_RENAME_SPACE, OF_NOBODY, /* the personal space, unless it has a name of its own */
    "UPDATE space p"
    "  JOIN user u ON u.home_space = p.id AND u.name = p.name"
    "   SET p.name = ?"
    " WHERE u.id = ? AND u.disabled = 0")

CHANGE(USER_SET_PASSWORD, OF_USER(2),
    "UPDATE user SET password = ? WHERE id = ?")
CHANGE(USER_CHANGE_PASSWORD, OF_USER(2),
    "UPDATE user SET password = ? WHERE id = ? AND password = ?")
CHANGE(USER_SET_DISABLED, OF_USER(2),
    "UPDATE user SET disabled = ?, deleted_at = IF(disabled = 0, NULL, deleted_at) WHERE id = ?")

COLUMNS(LISTED_USER, LISTED_USER_ID, LISTED_USER_EMAIL, LISTED_USER_NAME, LISTED_USER_DISABLED,
    LISTED_USER_CREATED_AT, LISTED_USER_LAST_USED_AT)
QUERY(USERS_LIST, LISTED_USER,
    "SELECT u.id, u.email, u.name, u.disabled, u.created_at,"
    "       (SELECT MAX(s.last_used_at) FROM session s WHERE s.user_id = u.id)"
    "  FROM user u"
    " ORDER BY u.email")

CHANGE(IDENTITY_CREATE, OF_NOBODY,
    "INSERT INTO identity (issuer, subject, user_id, created_at)"
    " VALUES (?, ?, ?, UTC_TIMESTAMP(3))")

CHANGE(IDENTITY_DELETE, OF_EVERYBODY,
    "DELETE FROM identity WHERE issuer = ? AND subject = ?")

/* --- spaces and who is in them --- */

CHANGE(SPACE_CREATE, OF_NOBODY,
    "INSERT INTO space (id, kind, name, epoch, chain, last_at, created_at)"
    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))")

STATEMENT(SPACE_EPOCH_CREATE,
    "INSERT INTO space_epoch (space_id, epoch, parent, cut_seq, at)"
    " VALUES (?, ?, NULL, 0, UTC_TIMESTAMP(3))")

/* What a space holds and may hold: quota_of_row relies on their order. */
#define QUOTA_COLUMNS "records, bytes, records_max, bytes_max"

COLUMNS(LOCKED, LOCKED_SEQ, LOCKED_CHAIN, LOCKED_MIN_SEQ, LOCKED_EPOCH, LOCKED_LAST_AT, LOCKED_NOW, LOCKED_RECORDS,
    LOCKED_BYTES, LOCKED_RECORDS_MAX, LOCKED_BYTES_MAX)
QUERY(SPACE_LOCK, LOCKED,
    "SELECT seq, chain, min_seq, epoch, last_at, SYSDATE(3), " QUOTA_COLUMNS
    "  FROM space"
    " WHERE id = ?"
    "   FOR UPDATE")

CHANGE(MEMBER_CREATE, OF_USER(2),
    "INSERT INTO member (space_id, user_id, role, view_epoch, joined_at)"
    " VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))")

COLUMNS(ROLE, ROLE_OF_MEMBER)
QUERY(MEMBER_ROLE, ROLE,
    "SELECT m.role"
    "  FROM member m"
    "  JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL"
    " WHERE m.space_id = ? AND m.user_id = ?")

COLUMNS(SPACE, SPACE_ID, SPACE_KIND, SPACE_NAME, SPACE_ROLE, SPACE_SEQ, SPACE_EPOCH, SPACE_JOINED_AT)
QUERY(SPACES_OF_USER, SPACE,
    "SELECT p.id, p.kind, p.name, m.role, p.seq, p.epoch, m.joined_at"
    "  FROM member m"
    "  JOIN space p ON p.id = m.space_id"
    "  JOIN user u ON u.id = m.user_id"
    " WHERE m.user_id = ? AND p.deleted_at IS NULL"
    " ORDER BY p.id = u.home_space DESC, p.name, p.id")

/* --- sessions and API tokens --- */

/* One statement, so that it waits for a change of the user that is under way, and then sees the new password hash or
 * `disabled`. */
CHANGE(SESSION_OPEN, OF_NOBODY,
    "INSERT INTO session (id, user_id, kind, hash, seed, device_id, name, scope, space_id, cookie,"
    "       created_at, last_used_at, expires_at)"
    " SELECT ?, u.id, 'sign-in', ?, ?, ?, ?, 'admin', NULL, ?,"
    "       UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? DAY"
    "  FROM user u"
    " WHERE u.id = ? AND u.disabled = 0 AND u.password = ?"
    "  LOCK IN SHARE MODE")

COLUMNS(SIGN_IN, SIGN_IN_USER, SIGN_IN_EMAIL, SIGN_IN_NAME, SIGN_IN_HOME, SIGN_IN_DISABLED, SIGN_IN_HASH,
    SIGN_IN_SEED, SIGN_IN_COOKIE, SIGN_IN_OVER, SIGN_IN_DEVICE, SIGN_IN_AHEAD, SIGN_IN_SECONDS)
QUERY(SESSION_READ, SIGN_IN,
    "SELECT s.user_id, u.email, u.name, u.home_space, u.disabled, s.hash, s.seed, s.cookie,"
    "       s.revoked_at IS NOT NULL OR s.expires_at <= UTC_TIMESTAMP(3),"
    "       s.device_id, s.ahead, TIMESTAMPDIFF(SECOND, s.last_used_at, UTC_TIMESTAMP(3))"
    "  FROM session s"
    "  JOIN user u ON u.id = s.user_id"
    " WHERE s.id = ? AND s.kind = 'sign-in'")

CHANGE(SESSION_ADVANCE, OF_NOBODY,
    "UPDATE session"
    "   SET hash = ?, ahead = ?, last_used_at = UTC_TIMESTAMP(3), expires_at = UTC_TIMESTAMP(3) + INTERVAL ? DAY"
    " WHERE id = ? AND hash = ? AND revoked_at IS NULL")

CHANGE(SESSION_END, OF_SESSION(1),
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE id = ? AND revoked_at IS NULL")

CHANGE(SESSION_REVOKE, OF_SESSION(1),
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE id = ? AND user_id = ? AND (kind = 'token') = ? AND revoked_at IS NULL"
    "   AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3))")

CHANGE(SESSIONS_TRIM, OF_USER(1), /* sign-ins older than the so-many newest */
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE user_id = ? AND kind = 'sign-in' AND revoked_at IS NULL"
    "   AND last_used_at < (SELECT last_used_at"
    "                         FROM (SELECT last_used_at"
    "                                 FROM session"
    "                                WHERE user_id = ? AND kind = 'sign-in' AND revoked_at IS NULL"
    "                                ORDER BY last_used_at DESC LIMIT 1 OFFSET ?) AS last)")

CHANGE(SESSIONS_FORGET, OF_NOBODY, /* ended ones, but for the so-many newest; nobody is let in by them */
    "DELETE FROM session"
    " WHERE user_id = ? AND (revoked_at IS NOT NULL OR expires_at <= UTC_TIMESTAMP(3))"
    "   AND created_at < (SELECT created_at"
    "                       FROM (SELECT created_at"
    "                               FROM session"
    "                              WHERE user_id = ? AND (revoked_at IS NOT NULL OR expires_at <= UTC_TIMESTAMP(3))"
    "                              ORDER BY created_at DESC LIMIT 1 OFFSET ?) AS last)")

CHANGE(SESSIONS_REVOKE_OTHERS, OF_USER(1),
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE user_id = ? AND kind <> 'token' AND id <> ? AND revoked_at IS NULL")

CHANGE(SESSIONS_REVOKE_ALL, OF_USER(1),
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE user_id = ? AND revoked_at IS NULL")

CHANGE(TOKENS_REVOKE_ALL, OF_USER(1),
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE user_id = ? AND kind = 'token' AND revoked_at IS NULL")

COLUMNS(SESSION, SESSION_ID, SESSION_NAME, SESSION_DEVICE, SESSION_SCOPE, SESSION_SPACE, SESSION_CREATED_AT,
    SESSION_LAST_USED_AT, SESSION_EXPIRES_AT, SESSION_KIND)
QUERY(SESSIONS_OF_USER, SESSION,
    "SELECT id, name, device_id, scope, space_id, created_at, last_used_at, expires_at, kind"
    "  FROM session"
    " WHERE user_id = ? AND (kind = 'token') = ? AND revoked_at IS NULL"
    "   AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3))"
    " ORDER BY created_at DESC, id DESC")

CHANGE(TOKEN_CREATE, OF_NOBODY,
    "INSERT INTO session (id, user_id, kind, hash, name, scope, space_id, created_at, last_used_at, expires_at)"
    " VALUES (?, ?, 'token', ?, ?, ?, ?, ?, ?, ?)")

CHANGE(TOKENS_TRIM_LENT, OF_USER(1), /* those of a name that were lent for so many seconds, but for the newest */
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE user_id = ? AND kind = 'token' AND revoked_at IS NULL"
    "   AND name = ? AND TIMESTAMPDIFF(SECOND, created_at, expires_at) = ?"
    "   AND created_at < (SELECT created_at"
    "                       FROM (SELECT created_at"
    "                               FROM session"
    "                              WHERE user_id = ? AND kind = 'token' AND revoked_at IS NULL"
    "                                AND name = ? AND TIMESTAMPDIFF(SECOND, created_at, expires_at) = ?"
    "                              ORDER BY created_at DESC LIMIT 1 OFFSET ?) AS last)")

QUERY(TOKENS_COUNT, COUNT,
    "SELECT COUNT(*)"
    "  FROM session"
    " WHERE user_id = ? AND kind = 'token' AND revoked_at IS NULL"
    "   AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3))")

/* --- what happened to an account --- */

STATEMENT(SIGN_IN_NOTE,
    "INSERT INTO sign_in (user_id, id, kind, at, name, device_id, network, session_id, mailed)"
    " VALUES (?, ?, ?, UTC_TIMESTAMP(3), ?, ?, ?, ?, ?)")

STATEMENT(SIGN_IN_FAILED, /* nothing for an address that nobody has */
    "INSERT INTO sign_in (user_id, id, kind, at, name, network, failed_on)"
    " SELECT u.id, ?, 'failed', UTC_TIMESTAMP(3), ?, ?, UTC_DATE()"
    "  FROM user u"
    " WHERE u.id = ?"
    " ON DUPLICATE KEY UPDATE"
    "       count = count + 1, at = UTC_TIMESTAMP(3)")

COLUMNS(KNOWN, KNOWN_DEVICE, KNOWN_MAILS)
QUERY(SIGN_IN_KNOWN, KNOWN, /* without an id, a device is known by its name and network */
    "SELECT EXISTS(SELECT 1 FROM sign_in"
    "               WHERE user_id = ? AND kind IN ('sign-up', 'sign-in')"
    "                 AND (device_id = ? OR (? IS NULL AND device_id IS NULL AND name = ? AND network = ?)))"
    "       OR EXISTS(SELECT 1 FROM session WHERE user_id = ? AND id <> ? AND device_id = ?)"
    "       OR EXISTS(SELECT 1 FROM device WHERE user_id = ? AND id = ?),"
    "       (SELECT COUNT(*) FROM sign_in"
    "         WHERE user_id = ? AND mailed = 1 AND at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY)")

QUERY(SIGN_IN_BEYOND, ID,
    "SELECT id FROM sign_in WHERE user_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?")

STATEMENT(SIGN_INS_DROP,
    "DELETE FROM sign_in WHERE user_id = ? AND id <= ?")

COLUMNS(SIGNED, SIGNED_ID, SIGNED_KIND, SIGNED_AT, SIGNED_NAME, SIGNED_DEVICE, SIGNED_NETWORK, SIGNED_SESSION,
    SIGNED_COUNT)
QUERY(SIGN_INS_OF_USER, SIGNED,
    "SELECT id, kind, at, name, device_id, network, session_id, count"
    "  FROM sign_in"
    " WHERE user_id = ? AND (? IS NULL OR id < ?)"
    " ORDER BY id DESC LIMIT ?")

/* --- how often somebody may try --- */

COLUMNS(THROTTLE, THROTTLE_SUBJECT, THROTTLE_FAILURES, THROTTLE_MILLISECONDS)
QUERY(THROTTLE_READ, THROTTLE,
    "SELECT subject, IF(last_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY, 0, failures),"
    "       TIMESTAMPDIFF(MICROSECOND, last_at, UTC_TIMESTAMP(3)) DIV 1000"
    "  FROM throttle"
    " WHERE subject IN (?, ?)")

STATEMENT(THROTTLE_FAILED,
    "INSERT INTO throttle (subject, failures, last_at)"
    " VALUES (?, 1, UTC_TIMESTAMP(3))"
    " ON DUPLICATE KEY UPDATE"
    "       failures = IF(last_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY, 1, failures + 1),"
    "       last_at = UTC_TIMESTAMP(3)")

STATEMENT(THROTTLE_PASSED,
    "DELETE FROM throttle WHERE subject = ?")

/* --- mail, and what is asked for by it --- */

STATEMENT(JOB_CREATE,
    "INSERT INTO job (id, kind, payload, state, run_after, created_at)"
    " VALUES (?, ?, ?, 'waiting', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))")

COLUMNS(JOB, JOB_ID, JOB_PAYLOAD, JOB_TRIES)
QUERY(JOB_NEXT, JOB, /* a running job is due again if its process died */
    "SELECT id, payload, tries"
    "  FROM job"
    " WHERE state IN ('waiting', 'running') AND run_after <= UTC_TIMESTAMP(3) AND kind = ?"
    " ORDER BY run_after, id LIMIT 1")

STATEMENT(JOB_CLAIM,
    "UPDATE job SET state = 'running', tries = tries + 1, run_after = UTC_TIMESTAMP(3) + INTERVAL 10 MINUTE"
    " WHERE id = ? AND tries = ? AND state IN ('waiting', 'running')")

STATEMENT(JOB_DONE,
    "UPDATE job SET state = ?, payload = '', finished_at = UTC_TIMESTAMP(3), error = ? WHERE id = ?")
STATEMENT(JOB_AGAIN,
    "UPDATE job SET state = 'waiting', run_after = UTC_TIMESTAMP(3) + INTERVAL ? MINUTE, error = ? WHERE id = ?")

STATEMENT(RESET_CREATE, /* only for a user with a password who was not sent too many */
    "INSERT INTO password_reset (hash, user_id, created_at, expires_at)"
    " SELECT ?, u.id, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? MINUTE"
    "   FROM user u"
    "  WHERE u.email = ? AND u.disabled = 0 AND u.password IS NOT NULL"
    "    AND (SELECT COUNT(*) FROM password_reset r"
    " WHERE r.user_id = u.id AND r.created_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR) < ?")

STATEMENT(RESET_FORGET,
    "DELETE FROM password_reset WHERE hash = ?")

COLUMNS(RESET, RESET_USER, RESET_EMAIL, RESET_NAME)
QUERY(RESET_FIND, RESET,
    "SELECT r.user_id, u.email, u.name"
    "  FROM password_reset r"
    "  JOIN user u ON u.id = r.user_id AND u.disabled = 0"
    " WHERE r.hash = ? AND r.used_at IS NULL AND r.expires_at > UTC_TIMESTAMP(3)")

STATEMENT(RESET_USE,
    "UPDATE password_reset SET used_at = UTC_TIMESTAMP(3)"
    " WHERE hash = ? AND used_at IS NULL AND expires_at > UTC_TIMESTAMP(3)")

STATEMENT(RESETS_END,
    "UPDATE password_reset SET used_at = UTC_TIMESTAMP(3) WHERE user_id = ? AND used_at IS NULL")

/* --- leaving for good --- */

QUERY(TEAMS_OF_USER, ID, /* deleted teams too, in the order in which they are locked */
    "SELECT p.id"
    "  FROM member m"
    "  JOIN space p ON p.id = m.space_id"
    " WHERE m.user_id = ? AND p.kind = 'team'"
    " ORDER BY p.id")

COLUMNS(TEAM, TEAM_ID, TEAM_NAME)
QUERY(TEAMS_LAST_OWNER, TEAM,
    "SELECT p.id, p.name"
    "  FROM member m"
    "  JOIN space p ON p.id = m.space_id"
    " WHERE m.user_id = ? AND m.role = 'owner' AND p.kind = 'team' AND p.deleted_at IS NULL"
    "   AND NOT EXISTS (SELECT 1"
    "                     FROM member o"
    "                     JOIN user u ON u.id = o.user_id AND u.disabled = 0"
    "                    WHERE o.space_id = m.space_id AND o.role = 'owner' AND o.user_id <> m.user_id)"
    " ORDER BY p.name, p.id")

CHANGE(USER_DELETE, OF_USER(1),
    "UPDATE user SET disabled = 1, deleted_at = COALESCE(deleted_at, UTC_TIMESTAMP(3)) WHERE id = ?")

STATEMENT(INVITATIONS_REVOKE_OF_USER,
    "UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE created_by = ? AND accepted_at IS NULL AND revoked_at IS NULL")
