/* statement.c -- every statement Daybook sends.  Keep the question readable: `daybookctl statements` prints them, and
 * tests/unit/statements.txt is that print. */
#include "store/statement.h"

#define RECORD_COLUMNS \
	"collection, id, version, seq, tx_seq, owner_id, deleted, doc, doc_private, created_at, created_by, updated_at, updated_by," \
	" reader_id"

#define AUDIT_COLUMNS \
	"seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, changes, private_changes," \
	" salt, digest, audit.user_id, device_id, op_id, cause, at, claimed_at, hash, reader_id"

#define STATEMENT(name, ...) [STATEMENT_##name] = { #name, __VA_ARGS__ }

const struct statement statements[STATEMENT_COUNT] = {
	/* --- who is asking --- */
	STATEMENT(CALLER,
	    "SELECT u.id, u.name, u.email, u.disabled, u.home_space,"
	    "       s.kind, s.scope, s.space_id, s.device_id, s.revoked_at, s.expires_at,"
	    "       m.space_id, m.role, m.view_epoch, p.created_at, p.kind, p.seq, p.min_seq, p.epoch,"
	    "       (SELECT value FROM meta WHERE name = 'live')"
	    "  FROM session s"
	    "  JOIN user u ON u.id = s.user_id"
	    "  LEFT JOIN (member m JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL)"
	    "    ON m.space_id = ? AND m.user_id = u.id"
	    " WHERE s.id = ?"),

	/* --- accounts: users, sessions, throttle --- */
	STATEMENT(CALLER_BY_TOKEN,
	    "SELECT u.id, u.name, u.email, u.disabled, u.home_space,"
	    "       s.kind, s.scope, s.space_id, s.device_id, s.revoked_at, s.expires_at,"
	    "       m.space_id, m.role, m.view_epoch, p.created_at, p.kind, p.seq, p.min_seq, p.epoch,"
	    "       (SELECT value FROM meta WHERE name = 'live'),"
	    "       s.id, s.last_used_at"
	    "  FROM session s"
	    "  JOIN user u ON u.id = s.user_id"
	    "  LEFT JOIN (member m JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL)"
	    "    ON m.space_id = s.space_id AND m.user_id = u.id"
	    " WHERE s.hash = ? AND s.kind = 'token'"),
	STATEMENT(CALLER_BY_IDENTITY,
	    "SELECT u.id, u.name, u.email, u.disabled, u.home_space,"
	    "       'sign-in', 'admin', NULL, NULL, NULL, NULL,"
	    "       m.space_id, m.role, m.view_epoch, p.created_at, p.kind, p.seq, p.min_seq, p.epoch,"
	    "       (SELECT value FROM meta WHERE name = 'live'),"
	    "       i.issuer, i.subject"
	    "  FROM identity i"
	    "  JOIN user u ON u.id = i.user_id"
	    "  LEFT JOIN (member m JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL)"
	    "    ON m.space_id = COALESCE(?, u.home_space) AND m.user_id = u.id"
	    " WHERE i.issuer = ? AND i.subject = ?"),
	STATEMENT(DATABASE_LIVE,
	    "SELECT value FROM meta WHERE name = 'live'"),
	STATEMENT(USER_BY_EMAIL,
	    "SELECT id, name, email, password, home_space, disabled"
	    "  FROM user"
	    " WHERE email = ?"),
	STATEMENT(USER_PASSWORD,
	    "SELECT password FROM user WHERE id = ?"),
	STATEMENT(USER_CREATE,
	    "INSERT INTO user (id, email, name, password, home_space, created_at)"
	    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))"),
	STATEMENT(USER_RENAME, /* who is erased at this moment stays nameless */
	    "UPDATE user SET name = ? WHERE id = ? AND disabled = 0"),
	STATEMENT(USER_RENAME_SPACE, /* the personal one, unless somebody has named it otherwise */
	    "UPDATE space p"
	    "  JOIN user u ON u.home_space = p.id AND u.name = p.name"
	    "   SET p.name = ?"
	    " WHERE u.id = ? AND u.disabled = 0"),
	STATEMENT(USER_SET_PASSWORD,
	    "UPDATE user SET password = ? WHERE id = ?"),
	STATEMENT(USER_CHANGE_PASSWORD,
	    "UPDATE user SET password = ? WHERE id = ? AND password = ?"),
	STATEMENT(USER_SET_DISABLED,
	    "UPDATE user SET disabled = ?, deleted_at = IF(disabled = 0, NULL, deleted_at) WHERE id = ?"),
	STATEMENT(USERS_LIST,
	    "SELECT u.id, u.email, u.name, u.disabled, u.created_at,"
	    "       (SELECT MAX(s.last_used_at) FROM session s WHERE s.user_id = u.id)"
	    "  FROM user u"
	    " ORDER BY u.email"),
	STATEMENT(IDENTITY_CREATE,
	    "INSERT INTO identity (issuer, subject, user_id, created_at)"
	    " VALUES (?, ?, ?, UTC_TIMESTAMP(3))"),
	STATEMENT(IDENTITY_DELETE,
	    "DELETE FROM identity WHERE issuer = ? AND subject = ?"),
	STATEMENT(SPACE_CREATE,
	    "INSERT INTO space (id, kind, name, epoch, chain, last_at, created_at)"
	    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"),
	STATEMENT(SPACE_EPOCH_CREATE,
	    "INSERT INTO space_epoch (space_id, epoch, parent, cut_seq, at)"
	    " VALUES (?, ?, NULL, 0, UTC_TIMESTAMP(3))"),
	STATEMENT(MEMBER_CREATE,
	    "INSERT INTO member (space_id, user_id, role, view_epoch, joined_at)"
	    " VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))"),
	STATEMENT(MEMBER_ROLE,
	    "SELECT m.role"
	    "  FROM member m"
	    "  JOIN space p ON p.id = m.space_id AND p.deleted_at IS NULL"
	    " WHERE m.space_id = ? AND m.user_id = ?"),
	STATEMENT(SPACES_OF_USER,
	    "SELECT p.id, p.kind, p.name, m.role, p.seq, p.epoch, m.joined_at"
	    "  FROM member m"
	    "  JOIN space p ON p.id = m.space_id"
	    "  JOIN user u ON u.id = m.user_id"
	    " WHERE m.user_id = ? AND p.deleted_at IS NULL"
	    " ORDER BY p.id = u.home_space DESC, p.name, p.id"),
	/* One statement waits for a change of the user that is under way, and then finds another password or disabled set. */
	STATEMENT(SESSION_OPEN,
	    "INSERT INTO session (id, user_id, kind, hash, seed, device_id, name, scope, space_id, cookie,"
	    "       created_at, last_used_at, expires_at)"
	    " SELECT ?, u.id, 'sign-in', ?, ?, ?, ?, 'admin', NULL, ?,"
	    "       UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? DAY"
	    "  FROM user u"
	    " WHERE u.id = ? AND u.disabled = 0 AND u.password = ?"
	    "  LOCK IN SHARE MODE"),
	STATEMENT(SESSION_READ,
	    "SELECT s.user_id, u.email, u.name, u.home_space, u.disabled, s.hash, s.seed, s.cookie,"
	    "       s.revoked_at IS NOT NULL OR s.expires_at <= UTC_TIMESTAMP(3)"
	    "  FROM session s"
	    "  JOIN user u ON u.id = s.user_id"
	    " WHERE s.id = ? AND s.kind = 'sign-in'"),
	STATEMENT(SESSION_ADVANCE,
	    "UPDATE session"
	    "   SET hash = ?, last_used_at = UTC_TIMESTAMP(3), expires_at = UTC_TIMESTAMP(3) + INTERVAL ? DAY"
	    " WHERE id = ? AND hash = ? AND revoked_at IS NULL"),
	STATEMENT(SESSION_END,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE id = ? AND revoked_at IS NULL"),
	STATEMENT(SESSION_REVOKE,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE id = ? AND user_id = ? AND (kind = 'token') = ? AND revoked_at IS NULL"
	    "   AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3))"),
	STATEMENT(SESSIONS_REVOKE_OTHERS,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE user_id = ? AND kind <> 'token' AND id <> ? AND revoked_at IS NULL"),
	STATEMENT(SESSIONS_REVOKE_ALL,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE user_id = ? AND revoked_at IS NULL"),
	STATEMENT(TOKENS_REVOKE_ALL,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE user_id = ? AND kind = 'token' AND revoked_at IS NULL"),
	STATEMENT(SESSIONS_OF_USER,
	    "SELECT id, name, device_id, scope, space_id, created_at, last_used_at, expires_at, kind"
	    "  FROM session"
	    " WHERE user_id = ? AND (kind = 'token') = ? AND revoked_at IS NULL"
	    "   AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3))"
	    " ORDER BY created_at DESC, id DESC"),
	STATEMENT(TOKEN_CREATE,
	    "INSERT INTO session (id, user_id, kind, hash, name, scope, space_id, created_at, last_used_at, expires_at)"
	    " VALUES (?, ?, 'token', ?, ?, ?, ?, ?, ?, ?)"),
	STATEMENT(TOKENS_COUNT,
	    "SELECT COUNT(*)"
	    "  FROM session"
	    " WHERE user_id = ? AND kind = 'token' AND revoked_at IS NULL"
	    "   AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3))"),
	STATEMENT(TOKEN_USED,
	    "UPDATE session SET last_used_at = UTC_TIMESTAMP(3) WHERE id = ?"),
	STATEMENT(THROTTLE_READ,
	    "SELECT subject, IF(last_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY, 0, failures),"
	    "       TIMESTAMPDIFF(MICROSECOND, last_at, UTC_TIMESTAMP(3)) DIV 1000"
	    "  FROM throttle"
	    " WHERE subject IN (?, ?)"),
	STATEMENT(THROTTLE_FAILED,
	    "INSERT INTO throttle (subject, failures, last_at)"
	    " VALUES (?, 1, UTC_TIMESTAMP(3))"
	    " ON DUPLICATE KEY UPDATE"
	    "       failures = IF(last_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY, 1, failures + 1),"
	    "       last_at = UTC_TIMESTAMP(3)"),
	STATEMENT(THROTTLE_PASSED,
	    "DELETE FROM throttle WHERE subject = ?"),

	/* --- shared handhelds and PINs --- */
	STATEMENT(HANDHELD_CREATE,
	    "INSERT INTO handheld (id, space_id, hash, device_id, name, created_by, created_at, last_used_at)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
	STATEMENT(HANDHELDS_COUNT,
	    "SELECT COUNT(*) FROM handheld WHERE space_id = ? AND revoked_at IS NULL"),
	STATEMENT(HANDHELDS_LIST, /* and who is signed in there: one at a time */
	    "SELECT h.id, h.name, h.device_id, h.created_by, h.created_at, h.last_used_at, u.id, u.name"
	    "  FROM handheld h"
	    "  LEFT JOIN (session s JOIN user u ON u.id = s.user_id)"
	    "    ON s.handheld_id = h.id AND s.revoked_at IS NULL AND s.expires_at > UTC_TIMESTAMP(3)"
	    " WHERE h.space_id = ? AND h.revoked_at IS NULL"
	    " ORDER BY h.name, h.id"),
	STATEMENT(HANDHELD_FIND,
	    "SELECT h.id, h.name, h.device_id, p.id, p.name"
	    "  FROM handheld h"
	    "  JOIN space p ON p.id = h.space_id AND p.deleted_at IS NULL"
	    " WHERE h.hash = ? AND h.revoked_at IS NULL"),
	STATEMENT(HANDHELD_LOCK,
	    "SELECT id FROM handheld WHERE id = ? AND revoked_at IS NULL FOR UPDATE"),
	STATEMENT(HANDHELD_USED,
	    "UPDATE handheld SET last_used_at = UTC_TIMESTAMP(3) WHERE id = ?"),
	STATEMENT(HANDHELD_REVOKE,
	    "UPDATE handheld SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE id = ? AND space_id = ? AND revoked_at IS NULL"),
	STATEMENT(HANDHELD_SESSIONS_END,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE handheld_id = ? AND revoked_at IS NULL"),
	STATEMENT(HANDHELD_OTHERS_END,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE handheld_id = ? AND id <> ? AND revoked_at IS NULL"),
	STATEMENT(PIN_SET, /* of a member: one who is being removed is waited for */
	    "REPLACE INTO pin (space_id, user_id, hash, changed_at)"
	    " SELECT m.space_id, m.user_id, ?, UTC_TIMESTAMP(3)"
	    "   FROM member m"
	    "  WHERE m.space_id = ? AND m.user_id = ?"
	    "   LOCK IN SHARE MODE"),
	STATEMENT(PIN_FIND,
	    "SELECT u.email, u.name, n.hash"
	    "  FROM pin n"
	    "  JOIN member m ON m.space_id = n.space_id AND m.user_id = n.user_id"
	    "  JOIN user u ON u.id = n.user_id AND u.disabled = 0"
	    " WHERE n.space_id = ? AND n.user_id = ?"),
	STATEMENT(PIN_MINE,
	    "SELECT changed_at FROM pin WHERE space_id = ? AND user_id = ?"),
	STATEMENT(PINS_LIST,
	    "SELECT u.id, u.name, n.changed_at"
	    "  FROM pin n"
	    "  JOIN member m ON m.space_id = n.space_id AND m.user_id = n.user_id"
	    "  JOIN user u ON u.id = n.user_id AND u.disabled = 0"
	    " WHERE n.space_id = ?"
	    " ORDER BY u.name, u.id"),
	STATEMENT(PIN_SESSION_OPEN, /* waits for whoever changes the PIN or removes the member, and then finds neither */
	    "INSERT INTO session (id, user_id, kind, hash, device_id, name, scope, space_id, handheld_id,"
	    "       created_at, last_used_at, expires_at)"
	    " SELECT ?, u.id, 'pin', ?, ?, ?, 'write', n.space_id, ?,"
	    "       UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? MINUTE"
	    "  FROM pin n"
	    "  JOIN member m ON m.space_id = n.space_id AND m.user_id = n.user_id"
	    "  JOIN user u ON u.id = n.user_id AND u.disabled = 0"
	    " WHERE n.space_id = ? AND n.user_id = ? AND n.hash = ?"
	    "  LOCK IN SHARE MODE"),
	STATEMENT(PIN_SESSION_RENEW,
	    "UPDATE session"
	    "   SET last_used_at = UTC_TIMESTAMP(3),"
	    "       expires_at = LEAST(UTC_TIMESTAMP(3) + INTERVAL ? MINUTE, created_at + INTERVAL ? HOUR)"
	    " WHERE id = ? AND handheld_id = ? AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)"),
	STATEMENT(PIN_SESSIONS_END,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE space_id = ? AND user_id = ? AND kind = 'pin' AND revoked_at IS NULL"),

	/* --- spaces and devices --- */
	STATEMENT(DEVICE_SEEN,
	    "INSERT INTO device (user_id, id, name, created_at, last_seen)"
	    " VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"
	    " ON DUPLICATE KEY UPDATE last_seen = UTC_TIMESTAMP(3)"),
	STATEMENT(DEVICE_NAME,
	    "UPDATE device SET name = ? WHERE user_id = ? AND id = ?"),
	STATEMENT(DEVICE_FORGET,
	    "DELETE FROM device WHERE user_id = ? AND id = ?"),
	STATEMENT(DEVICE_FORGET_SPACES,
	    "DELETE FROM device_space WHERE user_id = ? AND device_id = ?"),
	STATEMENT(DEVICE_SIGN_OUT,
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3) WHERE user_id = ? AND device_id = ? AND revoked_at IS NULL"),
	STATEMENT(DEVICES_LIST, /* one row a device and space; spaces the user has left are not shown */
	    "SELECT d.id, d.name, d.created_at, d.last_seen, s.space_id, s.seq, p.seq, s.synced_at, s.epoch = p.epoch"
	    "  FROM device d"
	    "  LEFT JOIN (device_space s"
	    "             JOIN member m ON m.space_id = s.space_id AND m.user_id = s.user_id"
	    "             JOIN space p ON p.id = s.space_id AND p.deleted_at IS NULL) ON s.user_id = d.user_id AND s.device_id = d.id"
	    " WHERE d.user_id = ?"
	    " ORDER BY d.last_seen DESC, d.id, s.space_id LIMIT 1000"),
	STATEMENT(DEVICE_REACHED, /* a cursor only moves on within its epoch */
	    "INSERT INTO device_space (user_id, device_id, space_id, epoch, seq, synced_at)"
	    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))"
	    " ON DUPLICATE KEY UPDATE"
	    "   seq = IF(epoch = VALUES(epoch), GREATEST(seq, VALUES(seq)), VALUES(seq)),"
	    "   epoch = VALUES(epoch), synced_at = UTC_TIMESTAMP(3)"),
	STATEMENT(DEVICE_SPACE_FIND,
	    "SELECT epoch, seq, marked, synced_at FROM device_space WHERE user_id = ? AND device_id = ? AND space_id = ?"),
	STATEMENT(DEVICE_OFFER, /* marked 1: since the last offer; 2: offered */
	    "INSERT INTO device_space (user_id, device_id, space_id, epoch, seq, offered)"
	    " VALUES (?, ?, ?, ?, 0, ?)"
	    " ON DUPLICATE KEY UPDATE"
	    "   seq = IF(epoch = VALUES(epoch), seq, 0), epoch = VALUES(epoch), offered = VALUES(offered),"
	    "   marked = IF(marked = 1, 2, marked)"),
	STATEMENT(DEVICE_SYNCED, /* only to what was offered: a change that came since is still news */
	    "UPDATE device_space"
	    "   SET seq = GREATEST(seq, offered), marked = IF(marked = 2, 0, marked), synced_at = UTC_TIMESTAMP(3)"
	    " WHERE user_id = ? AND device_id = ? AND space_id = ?"),
	STATEMENT(DEVICE_MARK,
	    "INSERT INTO device_space (user_id, device_id, space_id, epoch, marked)"
	    " VALUES (?, ?, ?, ?, 1)"
	    " ON DUPLICATE KEY UPDATE marked = 1"),
	STATEMENT(DEVICE_MARK_OTHERS,
	    "UPDATE device_space SET marked = 1 WHERE user_id = ? AND space_id = ? AND device_id <> ?"),

	/* --- teams --- */
	STATEMENT(SPACE_OF_USER,
	    "SELECT p.id, p.kind, p.name, m.role, p.seq, p.epoch, m.joined_at"
	    "  FROM member m"
	    "  JOIN space p ON p.id = m.space_id"
	    " WHERE m.user_id = ? AND m.space_id = ? AND p.deleted_at IS NULL"),
	STATEMENT(SPACE_RENAME,
	    "UPDATE space SET name = ? WHERE id = ?"),
	STATEMENT(SPACE_DELETE,
	    "UPDATE space SET deleted_at = UTC_TIMESTAMP(3) WHERE id = ?"),
	STATEMENT(SPACE_UNDELETE,
	    "UPDATE space p"
	    "  JOIN member m ON m.space_id = p.id AND m.user_id = ? AND m.role = 'owner'"
	    "   SET p.deleted_at = NULL"
	    " WHERE p.id = ? AND p.deleted_at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"),
	STATEMENT(TEAM_CREATE, /* one of that id that is there already stays as it is */
	    "INSERT IGNORE INTO space (id, kind, name, epoch, chain, last_at, created_at)"
	    " VALUES (?, 'team', ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"),
	STATEMENT(SPACE_OF_KEY,
	    "SELECT id FROM space WHERE id LIKE ? LIMIT 1"),
	STATEMENT(TEAMS_OWNED,
	    "SELECT COUNT(*)"
	    "  FROM member m"
	    "  JOIN space p ON p.id = m.space_id"
	    " WHERE m.user_id = ? AND m.role = 'owner' AND p.kind = 'team' AND p.deleted_at IS NULL"),
	STATEMENT(TEAMS_DELETED,
	    "SELECT p.id, p.name, p.deleted_at"
	    "  FROM member m"
	    "  JOIN space p ON p.id = m.space_id"
	    " WHERE m.user_id = ? AND m.role = 'owner' AND p.deleted_at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
	    " ORDER BY p.deleted_at DESC, p.id"),
	STATEMENT(MEMBER_READ,
	    "SELECT m.role, m.joined_at, u.name, u.email"
	    "  FROM member m"
	    "  JOIN user u ON u.id = m.user_id"
	    " WHERE m.space_id = ? AND m.user_id = ?"),
	STATEMENT(MEMBER_SET_ROLE,
	    "UPDATE member SET role = ?, view_epoch = ? WHERE space_id = ? AND user_id = ?"),
	STATEMENT(MEMBER_DELETE,
	    "DELETE FROM member WHERE space_id = ? AND user_id = ?"),
	STATEMENT(MEMBER_SESSIONS_END, /* API tokens and sign-ins by PIN; other sign-ins are of no space */
	    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE space_id = ? AND user_id = ? AND revoked_at IS NULL"),
	STATEMENT(MEMBER_DEVICES_FORGET,
	    "DELETE FROM device_space WHERE space_id = ? AND user_id = ?"),
	STATEMENT(MEMBER_PIN_FORGET,
	    "DELETE FROM pin WHERE space_id = ? AND user_id = ?"),
	STATEMENT(OWNERS_BESIDE, /* those who can sign in */
	    "SELECT COUNT(*)"
	    "  FROM member m"
	    "  JOIN user u ON u.id = m.user_id AND u.disabled = 0"
	    " WHERE m.space_id = ? AND m.role = 'owner' AND m.user_id <> ?"),
	STATEMENT(INVITATIONS_REVOKE_BY, /* but for those to these roles */
	    "UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE space_id = ? AND created_by = ? AND accepted_at IS NULL AND revoked_at IS NULL AND NOT FIND_IN_SET(role, ?)"),

	STATEMENT(INVITATION_CREATE,
	    "INSERT INTO invitation (id, space_id, hash, role, email, created_by, created_at, expires_at)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
	STATEMENT(INVITATIONS_COUNT, /* open ones, and those of the last day: each may have been a mail */
	    "SELECT COUNT(*)"
	    "  FROM invitation"
	    " WHERE space_id = ?"
	    "   AND (created_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY"
	    "        OR (accepted_at IS NULL AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)))"),
	STATEMENT(INVITATIONS_MAILED, /* by a person on the last day, from whichever spaces */
	    "SELECT COUNT(*)"
	    "  FROM invitation"
	    " WHERE created_by = ? AND email IS NOT NULL AND created_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY"),
	STATEMENT(INVITATIONS_LIST,
	    "SELECT i.id, i.space_id, p.name, i.role, i.email, i.created_by, u.name, i.created_at, i.expires_at"
	    "  FROM invitation i"
	    "  JOIN space p ON p.id = i.space_id"
	    "  JOIN user u ON u.id = i.created_by"
	    " WHERE i.space_id = ? AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > UTC_TIMESTAMP(3)"
	    " ORDER BY i.created_at DESC, i.id DESC"),
	STATEMENT(INVITATION_FIND, /* and whether it is open */
	    "SELECT i.id, i.space_id, p.name, i.role, i.email, i.created_by, u.name, i.created_at, i.expires_at,"
	    "       i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > UTC_TIMESTAMP(3)"
	    "  FROM invitation i"
	    "  JOIN space p ON p.id = i.space_id AND p.deleted_at IS NULL"
	    "  JOIN user u ON u.id = i.created_by"
	    " WHERE i.hash = ?"),
	STATEMENT(INVITATION_REVOKE,
	    "UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE id = ? AND space_id = ? AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)"),
	STATEMENT(INVITATION_ACCEPT,
	    "UPDATE invitation SET accepted_at = UTC_TIMESTAMP(3), accepted_by = ? WHERE id = ?"),

	/* --- mail, and what is asked for by it --- */
	STATEMENT(JOB_CREATE,
	    "INSERT INTO job (id, kind, payload, state, run_after, created_at)"
	    " VALUES (?, ?, ?, 'waiting', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"),
	STATEMENT(JOB_NEXT, /* a running one is due again when whoever ran it is long gone */
	    "SELECT id, payload, tries"
	    "  FROM job"
	    " WHERE state IN ('waiting', 'running') AND run_after <= UTC_TIMESTAMP(3) AND kind = ?"
	    " ORDER BY run_after, id LIMIT 1"),
	STATEMENT(JOB_CLAIM,
	    "UPDATE job SET state = 'running', tries = tries + 1, run_after = UTC_TIMESTAMP(3) + INTERVAL 10 MINUTE"
	    " WHERE id = ? AND tries = ? AND state IN ('waiting', 'running')"),
	STATEMENT(JOB_DONE,
	    "UPDATE job SET state = ?, payload = '', finished_at = UTC_TIMESTAMP(3), error = ? WHERE id = ?"),
	STATEMENT(JOB_AGAIN,
	    "UPDATE job SET state = 'waiting', run_after = UTC_TIMESTAMP(3) + INTERVAL ? MINUTE, error = ? WHERE id = ?"),
	STATEMENT(RESET_CREATE, /* for somebody who signs in with a password and was not sent too many */
	    "INSERT INTO password_reset (hash, user_id, created_at, expires_at)"
	    " SELECT ?, u.id, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? MINUTE"
	    "   FROM user u"
	    "  WHERE u.email = ? AND u.disabled = 0 AND u.password IS NOT NULL"
	    "    AND (SELECT COUNT(*) FROM password_reset r WHERE r.user_id = u.id AND r.created_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR) < ?"),

	STATEMENT(RESET_FORGET,
	    "DELETE FROM password_reset WHERE hash = ?"),
	STATEMENT(RESET_FIND,
	    "SELECT r.user_id, u.email, u.name"
	    "  FROM password_reset r"
	    "  JOIN user u ON u.id = r.user_id AND u.disabled = 0"
	    " WHERE r.hash = ? AND r.used_at IS NULL AND r.expires_at > UTC_TIMESTAMP(3)"),
	STATEMENT(RESET_USE,
	    "UPDATE password_reset SET used_at = UTC_TIMESTAMP(3)"
	    " WHERE hash = ? AND used_at IS NULL AND expires_at > UTC_TIMESTAMP(3)"),
	STATEMENT(RESETS_END,
	    "UPDATE password_reset SET used_at = UTC_TIMESTAMP(3) WHERE user_id = ? AND used_at IS NULL"),

	/* --- leaving for good --- */
	STATEMENT(TEAMS_OF_USER, /* deleted ones too, in the order of locking */
	    "SELECT p.id"
	    "  FROM member m"
	    "  JOIN space p ON p.id = m.space_id"
	    " WHERE m.user_id = ? AND p.kind = 'team'"
	    " ORDER BY p.id"),
	STATEMENT(TEAMS_LAST_OWNER,
	    "SELECT p.id, p.name"
	    "  FROM member m"
	    "  JOIN space p ON p.id = m.space_id"
	    " WHERE m.user_id = ? AND m.role = 'owner' AND p.kind = 'team' AND p.deleted_at IS NULL"
	    "   AND NOT EXISTS (SELECT 1"
	    "                     FROM member o"
	    "                     JOIN user u ON u.id = o.user_id AND u.disabled = 0"
	    "                    WHERE o.space_id = m.space_id AND o.role = 'owner' AND o.user_id <> m.user_id)"
	    " ORDER BY p.name, p.id"),
	STATEMENT(USER_DELETE,
	    "UPDATE user SET disabled = 1, deleted_at = COALESCE(deleted_at, UTC_TIMESTAMP(3)) WHERE id = ?"),
	STATEMENT(INVITATIONS_REVOKE_OF_USER,
	    "UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE created_by = ? AND accepted_at IS NULL AND revoked_at IS NULL"),
	STATEMENT(ERASE_SPACES_DUE, /* also one that everybody has left since */
	    "SELECT id"
	    "  FROM space"
	    " WHERE deleted_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY AND kind = 'team' AND erased_at IS NULL"
	    " ORDER BY deleted_at LIMIT 100"),
	STATEMENT(ERASE_USERS_DUE, /* one without an address is erased */
	    "SELECT id, email, home_space"
	    "  FROM user"
	    " WHERE deleted_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY AND email <> CONCAT('erased:', id)"
	    " ORDER BY deleted_at LIMIT 100"),
	STATEMENT(ERASE_USER_DUE, /* one of them, still: the operator may have brought him back since the list was made */
	    "SELECT id FROM user WHERE id = ? AND deleted_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY FOR UPDATE"),
	STATEMENT(ERASE_SPACE_CLOSE,
	    "UPDATE space SET name = 'erased', min_seq = seq, deleted_at = COALESCE(deleted_at, UTC_TIMESTAMP(3)) WHERE id = ?"),
	STATEMENT(ERASE_AUDIT,
	    "UPDATE audit SET salt = NULL, changes = NULL, private_changes = NULL WHERE space_id = ? AND seq > ? AND seq <= ?"),
	STATEMENT(ERASE_RECORDS,
	    "DELETE FROM record WHERE space_id = ? ORDER BY collection, id LIMIT 1000"),
	STATEMENT(ERASE_OPS,
	    "DELETE FROM op WHERE space_id = ? ORDER BY user_id, op_id LIMIT 1000"),
	STATEMENT(ERASE_CHUNKS,
	    "DELETE FROM attachment_chunk WHERE space_id = ? ORDER BY upload_id, at LIMIT 50"),
	STATEMENT(ERASE_UPLOADS,
	    "DELETE FROM attachment_upload WHERE space_id = ? ORDER BY id LIMIT 1000"),
	STATEMENT(ERASE_FILES,
	    "DELETE FROM attachment WHERE space_id = ? ORDER BY sha256 LIMIT 1000"),
	STATEMENT(ERASE_FILE_REFS,
	    "DELETE FROM attachment_ref WHERE space_id = ? ORDER BY sha256, collection, record_id LIMIT 1000"),
	STATEMENT(ERASE_PRESENCE,
	    "DELETE FROM presence WHERE space_id = ? ORDER BY id LIMIT 1000"),
	STATEMENT(ERASE_USAGE,
	    "DELETE FROM usage_event WHERE space_id = ? ORDER BY id LIMIT 1000"),
	STATEMENT(ERASE_PINS,
	    "DELETE FROM pin WHERE space_id = ? ORDER BY user_id LIMIT 1000"),
	STATEMENT(ERASE_HANDHELDS,
	    "DELETE FROM handheld WHERE space_id = ? ORDER BY id LIMIT 1000"),
	STATEMENT(ERASE_INVITATIONS,
	    "DELETE FROM invitation WHERE space_id = ? ORDER BY id LIMIT 1000"),
	STATEMENT(ERASE_DEVICE_SPACES,
	    "DELETE FROM device_space WHERE space_id = ? ORDER BY user_id, device_id LIMIT 1000"),
	STATEMENT(ERASE_TOKENS,
	    "DELETE FROM session WHERE space_id = ? ORDER BY id LIMIT 1000"),
	STATEMENT(ERASE_MEMBERS,
	    "DELETE FROM member WHERE space_id = ?"),
	STATEMENT(ERASE_SPACE_DONE,
	    "UPDATE space SET erased_at = UTC_TIMESTAMP(3) WHERE id = ?"),
	STATEMENT(ERASE_USER_IDENTITIES,
	    "DELETE FROM identity WHERE user_id = ?"),
	STATEMENT(ERASE_USER_SESSIONS,
	    "DELETE FROM session WHERE user_id = ?"),
	STATEMENT(ERASE_USER_DEVICES,
	    "DELETE FROM device WHERE user_id = ?"),
	STATEMENT(ERASE_USER_DEVICE_SPACES,
	    "DELETE FROM device_space WHERE user_id = ?"),
	STATEMENT(ERASE_USER_RESETS,
	    "DELETE FROM password_reset WHERE user_id = ?"),
	STATEMENT(ERASE_USER_PINS,
	    "DELETE FROM pin WHERE user_id = ?"),
	STATEMENT(ERASE_USER_PRESENCE,
	    "DELETE FROM presence WHERE user_id = ?"),
	STATEMENT(ERASE_USER_USAGE,
	    "DELETE FROM usage_event WHERE user_id = ?"),
	STATEMENT(ERASE_USER_MEMBER_AUDIT, /* his name and address, in every team he ever was in */
	    "UPDATE space p"
	    " STRAIGHT_JOIN audit a ON a.space_id = p.id AND a.collection = 'members' AND a.record_id = ?"
	    "   SET a.salt = NULL, a.changes = NULL, a.private_changes = NULL"),
	STATEMENT(ERASE_USER_MAIL, /* that was not sent yet; what is done has no text any more */
	    "DELETE FROM job"
	    " WHERE kind = 'mail' AND state IN ('waiting', 'running')"
	    "   AND ? IN (JSON_VALUE(payload, '$.to'), JSON_VALUE(payload, '$.reset'))"),
	STATEMENT(ERASE_USER_INVITATIONS,
	    "UPDATE invitation SET email = NULL, revoked_at = COALESCE(revoked_at, UTC_TIMESTAMP(3)) WHERE email = ?"),
	STATEMENT(ERASE_USER,
	    "UPDATE user SET email = CONCAT('erased:', id), name = 'former member', password = NULL, disabled = 1 WHERE id = ?"),

	/* --- what rules ask --- */
	STATEMENT(EMPLOYEE_LAST, /* the highest number that was ever given */
	    "SELECT MAX(CAST(SUBSTRING(JSON_UNQUOTE(JSON_EXTRACT(changes, '$.employeeId[1]')), 4) AS UNSIGNED))"
	    "  FROM audit"
	    " WHERE space_id = ? AND collection = 'employees'"
	    "   AND JSON_UNQUOTE(JSON_EXTRACT(changes, '$.employeeId[1]')) REGEXP '^EMP[0-9]{1,9}$'"),
	STATEMENT(EMPLOYEE_NUMBER_TAKEN,
	    "SELECT id"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND id <> ?"
	    "   AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.employeeId')) = ? LIMIT 1"),
	STATEMENT(EMPLOYEE_USER_TAKEN,
	    "SELECT id"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND id <> ?"
	    "   AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.user')) = ? LIMIT 1"),

	/* --- the write --- */
	STATEMENT(SPACE_LOCK,
	    "SELECT seq, chain, min_seq, epoch, last_at, SYSDATE(3)"
	    "  FROM space"
	    " WHERE id = ?"
	    "   FOR UPDATE"),
	STATEMENT(SPACE_ADVANCE,
	    "UPDATE space SET seq = ?, chain = ?, last_at = ? WHERE id = ?"),
	STATEMENT(OP_FIND, /* the outcome, or, once that is purged, the op's own audit row */
	    "SELECT 0, hash, collection, record_id, status, version, seq"
	    "  FROM op WHERE space_id = ? AND user_id = ? AND op_id = ?"
	    " UNION ALL "
	    "SELECT 1, NULL, collection, record_id, 'applied', version, seq"
	    "  FROM audit WHERE space_id = ? AND user_id = ? AND op_id = ?"
	    " ORDER BY 1 LIMIT 1"),
	STATEMENT(OP_APPEND,
	    "INSERT INTO op (space_id, user_id, op_id, hash, collection, record_id, status, version, seq, at)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	STATEMENT(RECORD_READ,
	    "SELECT " RECORD_COLUMNS
	    "  FROM record"
	    " WHERE space_id = ? AND collection = ? AND id = ?"),
	STATEMENT(RECORD_PURGED, /* the last state of an id whose record is gone: its versions go on from there */
	    "SELECT version, seq, owner_id, at, user_id, reader_id"
	    "  FROM audit"
	    " WHERE space_id = ? AND collection = ? AND record_id = ?"
	    " ORDER BY version DESC LIMIT 1"),
	STATEMENT(RECORD_LAST_BY_PEOPLE, /* when somebody other than Daybook itself changed a record */
	    "SELECT at"
	    "  FROM audit"
	    " WHERE space_id = ? AND collection = ? AND record_id = ? AND user_id <> ?"
	    " ORDER BY version DESC LIMIT 1"),
	STATEMENT(RECORD_INSERT,
	    "INSERT INTO record (space_id, collection, id, version, seq, tx_seq, owner_id, deleted, sort_key, doc, doc_private,"
	    "                    created_at, created_by, updated_at, updated_by, reader_id)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)"),
	STATEMENT(RECORD_UPDATE,
	    "UPDATE record"
	    "   SET version = ?, seq = ?, tx_seq = ?, owner_id = ?, deleted = ?, sort_key = ?, doc = ?, doc_private = ?,"
	    "       updated_at = ?, updated_by = ?"
	    " WHERE space_id = ? AND collection = ? AND id = ? AND version = ?"),
	STATEMENT(REF_OWNER, /* and reader, of a record or tombstone, also a purged one */
	    "SELECT owner_id, reader_id FROM record WHERE space_id = ? AND collection = ? AND id = ?"
	    " UNION ALL "
	    "(SELECT owner_id, reader_id FROM audit WHERE space_id = ? AND collection = ? AND record_id = ? ORDER BY version DESC LIMIT 1)"
	    " LIMIT 1"),
	STATEMENT(MEMBER_FIND,
	    "SELECT role FROM member WHERE space_id = ? AND user_id = ?"),
	STATEMENT(AUDIT_APPEND,
	    "INSERT INTO audit (space_id, seq, tx_seq, collection, record_id, version, owner_id, prev_owner_id, action, changes,"
	    "                   private_changes, salt, digest, user_id, device_id, op_id, cause, at, claimed_at, hash, reader_id)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	STATEMENT(AUDIT_BACK, /* the writes of a record between two versions, newest first */
	    "SELECT " AUDIT_COLUMNS
	    "  FROM audit"
	    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version >= ? AND version <= ?"
	    " ORDER BY version DESC LIMIT 50"),

	/* --- reading --- */
	STATEMENT(FEED_EDGE, /* the transaction of the first record behind a number of records */
	    "SELECT r.tx_seq"
	    "  FROM (SELECT seq FROM record WHERE space_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT 1 OFFSET ?) edge"
	    "  JOIN record r ON r.space_id = ? AND r.seq = edge.seq"),
	STATEMENT(HEADS, /* of all spaces of a user */
	    "SELECT m.space_id, p.epoch, m.view_epoch, p.seq"
	    "  FROM member m JOIN space p ON p.id = m.space_id"
	    " WHERE m.user_id = ? AND p.deleted_at IS NULL"
	    " ORDER BY m.space_id LIMIT 1000"),
	STATEMENT(EPOCH_READ,
	    "SELECT parent, cut_seq FROM space_epoch WHERE space_id = ? AND epoch = ?"),
	STATEMENT(HISTORY_PAGE,
	    "SELECT " AUDIT_COLUMNS ", u.name"
	    "  FROM audit LEFT JOIN user u ON u.id = audit.user_id"
	    " WHERE space_id = ? AND collection = ? AND record_id = ? AND version < ?"
	    "   AND (seq < ? OR (tx_seq = ? AND action = 'deleted'))"
	    "   AND (? IS NULL OR owner_id = ?)"
	    "   AND (reader_id IS NULL OR ? IN (reader_id, owner_id))"
	    " ORDER BY version DESC LIMIT ?"),
	STATEMENT(SPACES_PAGE,
	    "SELECT id, seq, chain, min_seq, last_at FROM space WHERE id > ? ORDER BY id LIMIT 100"),
	STATEMENT(SPACE_MIN_SEQ,
	    "SELECT min_seq FROM space WHERE id = ?"),
	STATEMENT(AUDIT_BY_RECORD, /* for verify: all writes up to a head, record by record */
	    "SELECT " AUDIT_COLUMNS
	    "  FROM audit"
	    " WHERE space_id = ? AND seq <= ?"
	    "   AND (collection > ? OR (collection = ? AND (record_id > ? OR (record_id = ? AND version > ?))))"
	    " ORDER BY collection, record_id, version LIMIT 1000"),
	STATEMENT(RECORDS_UP_TO,
	    "SELECT COUNT(*) FROM record WHERE space_id = ? AND seq <= ?"),
	STATEMENT(RECORDS_AHEAD,
	    "SELECT r.collection, r.id, r.seq"
	    "  FROM record r JOIN space p ON p.id = r.space_id"
	    " WHERE r.space_id = ? AND r.seq > p.seq LIMIT 1"),
	STATEMENT(AUDIT_PAGE, /* the whole chain, for verify */
	    "SELECT " AUDIT_COLUMNS
	    "  FROM audit"
	    " WHERE space_id = ? AND seq > ?"
	    " ORDER BY seq LIMIT 1000"),
	STATEMENT(IMPORT_BEGUN, /* there was a run, however long ago; the outcomes of its ops go after a time, their audit stays */
	    "SELECT 1 FROM op WHERE space_id = ? AND user_id = ? AND op_id > ? AND op_id < ?"
	    " UNION ALL "
	    "SELECT 1 FROM audit WHERE space_id = ? AND user_id = ? AND op_id > ? AND op_id < ? LIMIT 1"),
	STATEMENT(IMPORT_WRITTEN, /* the ops of a run, and whether their records are still there */
	    "SELECT o.op_id, o.hash, r.deleted = 0"
	    "  FROM op o"
	    "  LEFT JOIN record r ON r.space_id = o.space_id AND r.collection = o.collection AND r.id = o.record_id"
	    " WHERE o.space_id = ? AND o.user_id = ? AND o.op_id > ? AND o.op_id < ?"
	    " ORDER BY o.op_id LIMIT 2000"),
	STATEMENT(IMPORT_KNOWN, /* of many ids, a JSON array, those that a record has or had */
	    "SELECT k.id"
	    "  FROM JSON_TABLE(?, '$[*]' COLUMNS (id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) k"
	    " STRAIGHT_JOIN record r FORCE INDEX (PRIMARY) ON r.space_id = ? AND r.collection = ? AND r.id = k.id"
	    " UNION "
	    "SELECT k.id"
	    "  FROM JSON_TABLE(?, '$[*]' COLUMNS (id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) k"
	    " STRAIGHT_JOIN audit a FORCE INDEX (record) ON a.space_id = ? AND a.collection = ? AND a.record_id = k.id"),
	STATEMENT(EXPORT_PAGE, /* the live records of a collection in their order, oldest first, after a key */
	    "SELECT " RECORD_COLUMNS ", sort_key"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = ? AND deleted = 0"
	    "   AND sort_key >= ? AND (sort_key > ? OR id > ?)"
	    " ORDER BY sort_key, id LIMIT 500"),
	STATEMENT(EXPORT_PAGE_OWN, /* those of one owner */
	    "SELECT " RECORD_COLUMNS ", sort_key"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = ? AND owner_id = ? AND deleted = 0"
	    "   AND sort_key >= ? AND (sort_key > ? OR id > ?)"
	    " ORDER BY sort_key, id LIMIT 500"),
	STATEMENT(EXPORT_CHANGED, /* what was written while the pages were read */
	    "SELECT " RECORD_COLUMNS
	    "  FROM record"
	    " WHERE space_id = ? AND seq > ? AND collection = ? AND deleted = 0"
	    " ORDER BY seq LIMIT 500"),
	STATEMENT(WORK_PEOPLE, /* who has sessions, by name */
	    "SELECT o.owner_id, u.name"
	    "  FROM (SELECT DISTINCT owner_id FROM record WHERE space_id = ? AND collection = 'workSessions') o"
	    "  LEFT JOIN user u ON u.id = o.owner_id"
	    " ORDER BY u.name, o.owner_id"),
	STATEMENT(WORK_PERSON, /* a member, or somebody who was */
	    "SELECT u.id, u.name"
	    "  FROM user u"
	    " WHERE u.id = ?"
	    "   AND (EXISTS (SELECT 1 FROM member m WHERE m.space_id = ? AND m.user_id = u.id)"
	    "        OR EXISTS (SELECT 1 FROM record r WHERE r.space_id = ? AND r.collection = 'workSessions' AND r.owner_id = u.id))"),
	STATEMENT(WORK_SESSIONS, /* of one person, by the bytes of their starts */
	    "SELECT doc"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'workSessions' AND owner_id = ? AND deleted = 0 AND sort_key >= ? AND sort_key < ?"
	    " ORDER BY sort_key, id LIMIT ?"),
	STATEMENT(WORK_EMPLOYEE, /* who is linked to a member */
	    "SELECT doc, doc_private"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0"
	    "   AND JSON_UNQUOTE(JSON_EXTRACT(doc, '$.user')) = ?"
	    " ORDER BY seq DESC LIMIT 1"),

	STATEMENT(RECORDS_SINCE, /* a collection, or what of it was written from an instant on, and by whom */
	    "SELECT " RECORD_COLUMNS ", (SELECT u.name FROM user u WHERE u.id = record.updated_by)"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = ? AND (? IS NULL OR updated_at >= ?) AND deleted <= ?"
	    " ORDER BY id"),
	STATEMENT(SPACE_LAST_AT,
	    "SELECT last_at FROM space WHERE id = ?"),
	STATEMENT(USER_NAME,
	    "SELECT name FROM user WHERE id = ?"),

	/* --- package cars --- */
	STATEMENT(FLEET_NEWEST_SHIFTS, /* a shift is one at a time, so the one under way is among the newest */
	    "SELECT " RECORD_COLUMNS
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'shifts' AND deleted = 0"
	    " ORDER BY sort_key DESC, id DESC LIMIT 3"),
	STATEMENT(FLEET_CARS,
	    "SELECT " RECORD_COLUMNS
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'cars' AND deleted = 0"
	    " ORDER BY sort_key, id LIMIT ?"),
	STATEMENT(FLEET_ROSTER, /* and what is on the board for each */
	    "SELECT " RECORD_COLUMNS ","
	    "       (SELECT c.doc FROM record c"
	    "         WHERE c.space_id = record.space_id AND c.collection = 'cars' AND c.id = record.id AND c.deleted = 0)"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'roster' AND deleted = 0"
	    " ORDER BY sort_key, id LIMIT ?"),
	STATEMENT(FLEET_WRITES, /* to cars between two seqs, newest first */
	    "SELECT seq, record_id, action, changes"
	    "  FROM audit"
	    " WHERE space_id = ? AND seq > ? AND seq < ? AND collection = 'cars'"
	    " ORDER BY seq DESC LIMIT 1000"),
	STATEMENT(FLEET_SEQ_FROM,
	    "SELECT seq FROM audit WHERE space_id = ? AND at >= ? ORDER BY at, seq LIMIT 1"),
	STATEMENT(FLEET_WRITES_FORWARD, /* from one seq on and before another, oldest first */
	    "SELECT seq, record_id, version, action, changes, salt IS NULL, user_id, at, claimed_at"
	    "  FROM audit"
	    " WHERE space_id = ? AND seq >= ? AND seq < ? AND collection = 'cars'"
	    " ORDER BY seq LIMIT 1000"),
	STATEMENT(FLEET_CAR_BEFORE, /* the last writes before a version that changed where it was, and its late flag; quotes within texts are escaped */
	    "SELECT (SELECT l.changes FROM audit l"
	    "         WHERE l.space_id = ? AND l.collection = 'cars' AND l.record_id = ? AND l.version < ?"
	    "           AND l.changes LIKE '%\"location\":[%' ORDER BY l.version DESC LIMIT 1),"
	    "       (SELECT f.changes FROM audit f"
	    "         WHERE f.space_id = ? AND f.collection = 'cars' AND f.record_id = ? AND f.version < ?"
	    "           AND f.changes LIKE '%\"late\":[%' ORDER BY f.version DESC LIMIT 1)"),
	STATEMENT(FLEET_SHIFTS_BETWEEN, /* that began from one instant on and before another, oldest first; the key is its text */
	    "SELECT id"
	    "  FROM record"
	    " WHERE space_id = ? AND collection = 'shifts' AND sort_key >= ? AND sort_key < ? AND deleted = 0"
	    " ORDER BY sort_key, id LIMIT ?"),
	STATEMENT(MEMBERS_COUNT,
	    "SELECT COUNT(*) FROM member WHERE space_id = ?"),
	STATEMENT(LATE_SPACES, /* those in which a shift is under way */
	    "SELECT p.id"
	    "  FROM space p"
	    "  JOIN record s ON s.space_id = p.id AND s.collection = 'shifts'"
	    "   AND s.id = (SELECT n.id FROM record n"
	    "                WHERE n.space_id = p.id AND n.collection = 'shifts'"
	    "                ORDER BY n.sort_key DESC, n.id DESC LIMIT 1)"
	    " WHERE p.id > ? AND p.deleted_at IS NULL AND JSON_VALUE(s.doc, '$.endedAt') IS NULL"
	    " ORDER BY p.id LIMIT 100"),
	STATEMENT(PRESENCE_SEEN, /* who left, or was silent for so many minutes, begins anew */
	    "INSERT INTO presence (id, space_id, user_id, device_id, device_info, started_at, last_at)"
	    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))"
	    " ON DUPLICATE KEY UPDATE"
	    "   started_at = IF(ended_at IS NULL AND last_at > UTC_TIMESTAMP(3) - INTERVAL ? MINUTE, started_at, UTC_TIMESTAMP(3)),"
	    "   device_info = IF(VALUES(device_info) = '', device_info, VALUES(device_info)),"
	    "   last_at = UTC_TIMESTAMP(3), ended_at = NULL"),
	STATEMENT(PRESENCE_READ,
	    "SELECT started_at, last_at FROM presence WHERE id = ?"),
	STATEMENT(PRESENCE_END,
	    "UPDATE presence SET ended_at = UTC_TIMESTAMP(3) WHERE id = ? AND ended_at IS NULL"),
	STATEMENT(PRESENCE_COUNT,
	    "SELECT COUNT(DISTINCT s.user_id)"
	    "  FROM presence s"
	    "  JOIN member m ON m.space_id = s.space_id AND m.user_id = s.user_id"
	    " WHERE s.space_id = ? AND s.last_at > UTC_TIMESTAMP(3) - INTERVAL ? MINUTE AND s.ended_at IS NULL"),
	STATEMENT(PRESENCE_LIST,
	    "SELECT u.id, u.name, MIN(s.started_at), MAX(s.last_at), COUNT(*)"
	    "  FROM presence s"
	    "  JOIN user u ON u.id = s.user_id"
	    "  JOIN member m ON m.space_id = s.space_id AND m.user_id = s.user_id"
	    " WHERE s.space_id = ? AND s.last_at > UTC_TIMESTAMP(3) - INTERVAL ? MINUTE AND s.ended_at IS NULL"
	    " GROUP BY u.id, u.name"
	    " ORDER BY 4 DESC, u.id LIMIT 200"),
	STATEMENT(USAGE_RECORD,
	    "INSERT IGNORE INTO usage_event (id, space_id, user_id, type, count, metadata, at)"
	    " VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))"),
	STATEMENT(USAGE_TOTALS,
	    "SELECT type, NULL, CAST(SUM(count) AS SIGNED)"
	    "  FROM usage_event"
	    " WHERE space_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
	    " GROUP BY type"
	    " ORDER BY 3 DESC, 1 LIMIT ?"),
	STATEMENT(USAGE_DAYS,
	    "SELECT type, DATE_FORMAT(at, '%Y-%m-%d'), CAST(SUM(count) AS SIGNED)"
	    "  FROM usage_event"
	    " WHERE space_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
	    " GROUP BY type, 2"
	    " ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?"),
	STATEMENT(USAGE_HOURS,
	    "SELECT type, DATE_FORMAT(at, '%Y-%m-%dT%H:00:00.000Z'), CAST(SUM(count) AS SIGNED)"
	    "  FROM usage_event"
	    " WHERE space_id = ? AND at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
	    " GROUP BY type, 2"
	    " ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?"),

	/* --- files --- */
	STATEMENT(FILE_READ,
	    "SELECT type, size, upload_id, created_at FROM attachment WHERE space_id = ? AND sha256 = ?"),
	STATEMENT(FILE_UPLOAD, /* a person's own */
	    "SELECT id, size, received, named FROM attachment_upload WHERE space_id = ? AND sha256 = ? AND user_id = ?"),
	STATEMENT(FILE_NAMED_BY, /* the records that name a file or did, a few at a time; those that are no more are NULL */
	    "SELECT " RECORD_COLUMNS ", f.named_by, f.named_id"
	    "  FROM (SELECT collection AS named_by, record_id AS named_id"
	    "          FROM attachment_ref"
	    "         WHERE space_id = ? AND sha256 = ?"
	    "           AND (collection > ? OR (collection = ? AND record_id > ?))"
	    "         ORDER BY collection, record_id LIMIT 20) f"
	    "  LEFT JOIN record ON space_id = ? AND collection = f.named_by AND id = f.named_id AND deleted = 0"
	    " ORDER BY f.named_by, f.named_id"),
	STATEMENT(FILE_CHUNK, /* the one that holds a byte */
	    "SELECT at, body FROM attachment_chunk"
	    " WHERE space_id = ? AND upload_id = ? AND at <= ?"
	    " ORDER BY at DESC LIMIT 1"),
	STATEMENT(FILE_REF_FIND,
	    "SELECT 1 FROM attachment_ref WHERE space_id = ? AND sha256 = ? AND collection = ? AND record_id = ?"),
	STATEMENT(FILE_REF_ADD,
	    "INSERT IGNORE INTO attachment_ref (space_id, sha256, collection, record_id) VALUES (?, ?, ?, ?)"),
	STATEMENT(FILE_NAMED,
	    "UPDATE attachment SET named = 1 WHERE space_id = ? AND sha256 = ? AND named = 0"),
	STATEMENT(FILE_UPLOAD_NAMED,
	    "UPDATE attachment_upload SET named = 1 WHERE space_id = ? AND sha256 = ? AND user_id = ?"),
	STATEMENT(FILE_UPLOAD_LOCK,
	    "SELECT id, size, received, named FROM attachment_upload"
	    " WHERE space_id = ? AND sha256 = ? AND user_id = ?"
	    "   FOR UPDATE"),
	STATEMENT(FILE_UPLOAD_BEGIN,
	    "INSERT INTO attachment_upload (space_id, id, sha256, user_id, size, received, named, changed_at)"
	    " VALUES (?, ?, ?, ?, ?, ?, 0, UTC_TIMESTAMP(3))"),
	STATEMENT(FILE_UPLOAD_RESTART, /* under another id: the chunks of the old one may be a file's content */
	    "UPDATE attachment_upload SET id = ?, size = ?, received = ?, named = 0, changed_at = UTC_TIMESTAMP(3)"
	    " WHERE space_id = ? AND id = ?"),
	STATEMENT(FILE_UPLOAD_AGAIN, /* sent whole once more: whoever has all of it may put it into a record again */
	    "UPDATE attachment_upload SET named = 0, changed_at = UTC_TIMESTAMP(3) WHERE space_id = ? AND id = ?"),
	STATEMENT(FILE_UPLOAD_ADVANCE,
	    "UPDATE attachment_upload SET received = ?, changed_at = UTC_TIMESTAMP(3) WHERE space_id = ? AND id = ?"),
	STATEMENT(FILE_UPLOAD_DROP,
	    "DELETE FROM attachment_upload WHERE space_id = ? AND id = ?"),
	STATEMENT(FILE_SPACE_BYTES, /* with what is promised to uploads under way */
	    "SELECT (SELECT COALESCE(SUM(size), 0) FROM attachment WHERE space_id = ?)"
	    "     + (SELECT COALESCE(SUM(size), 0) FROM attachment_upload WHERE space_id = ? AND received < size)"),
	STATEMENT(FILE_CHUNK_ADD,
	    "INSERT INTO attachment_chunk (space_id, upload_id, at, body) VALUES (?, ?, ?, ?)"),
	STATEMENT(FILE_CHUNKS_DROP,
	    "DELETE FROM attachment_chunk WHERE space_id = ? AND upload_id = ?"),
	STATEMENT(FILE_KEEP,
	    "INSERT IGNORE INTO attachment (space_id, sha256, type, size, upload_id, created_at)"
	    " VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))"),

	/* --- upkeep: migrate, tidy, verify, doctor --- */
	STATEMENT(DOCTOR_VARIABLES,
	    "SHOW SESSION VARIABLES"
	    " WHERE Variable_name IN ('version', 'time_zone', 'sql_mode', 'tx_isolation', 'transaction_isolation',"
	    " 'max_allowed_packet', 'innodb_flush_log_at_trx_commit', 'read_only', 'datadir')"),
	STATEMENT(DOCTOR_TABLES,
	    "SELECT table_name, engine"
	    "  FROM information_schema.tables"
	    " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'"),
	STATEMENT(DOCTOR_CLOCK,
	    "SELECT UTC_TIMESTAMP(3)"),
	STATEMENT(RESTORE_EPOCHS,
	    "INSERT INTO space_epoch (space_id, epoch, parent, cut_seq, at)"
	    " SELECT id, LOWER(HEX(RANDOM_BYTES(16))), epoch, seq, UTC_TIMESTAMP(3)"
	    "   FROM space"),
	STATEMENT(RESTORE_SPACES, /* an epoch that is still a space's own had no child before RESTORE_EPOCHS */
	    "UPDATE space p"
	    "  JOIN space_epoch e ON e.space_id = p.id AND e.parent = p.epoch"
	    "   SET p.epoch = e.epoch"),
	STATEMENT(RESTORE_SESSIONS,
	    "UPDATE session"
	    "   SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE revoked_at IS NULL"),
	STATEMENT(RESTORE_HANDHELDS, /* one that was lost after the dump must not be good again */
	    "UPDATE handheld"
	    "   SET revoked_at = UTC_TIMESTAMP(3)"
	    " WHERE revoked_at IS NULL"),
	STATEMENT(RESTORE_LIVE,
	    "INSERT INTO meta (name, value)"
	    " VALUES ('live', '1')"
	    " ON DUPLICATE KEY UPDATE value = '1'"),
	/* Row 0 of a file stands for the whole of it.  at is NULL while a statement runs. */
	STATEMENT(MIGRATION_TABLE,
	    "CREATE TABLE IF NOT EXISTS migration ("
	    "  file      INT         NOT NULL,"
	    "  statement INT         NOT NULL,"
	    "  hash      BINARY(32)  NOT NULL,"
	    "  at        DATETIME(3) NULL,"
	    "  PRIMARY KEY (file, statement)"
	    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"),
	STATEMENT(MIGRATION_PATIENCE,
	    "SET SESSION lock_wait_timeout = 60, SESSION innodb_lock_wait_timeout = 60"),
	/* Locks of this kind are one list for the whole server, so the name holds that of the database. */
	STATEMENT(MIGRATION_LOCK,
	    "SELECT GET_LOCK(CONCAT('daybook.migrate.', LEFT(SHA1(DATABASE()), 16)), 10)"),
	STATEMENT(MIGRATION_LIST,
	    "SELECT file, statement, hash, at IS NOT NULL"
	    "  FROM migration"
	    " ORDER BY file, statement"),
	STATEMENT(MIGRATION_START,
	    "REPLACE INTO migration (file, statement, hash, at)"
	    " SELECT ?, ?, ?, NULL"
	    "   FROM DUAL"
	    "  WHERE IS_USED_LOCK(CONCAT('daybook.migrate.', LEFT(SHA1(DATABASE()), 16))) = CONNECTION_ID()"),
	STATEMENT(MIGRATION_DONE,
	    "UPDATE migration SET at = SYSDATE(3) WHERE file = ? AND statement = ?"),
	STATEMENT(MIGRATION_FAILED,
	    "DELETE FROM migration WHERE file = ? AND statement = ? AND at IS NULL"),
	STATEMENT(MIGRATION_VERSION,
	    "SELECT COALESCE(MAX(file), 0) FROM migration WHERE statement = 0 AND at IS NOT NULL"),
	STATEMENT(META_INSTANCE,
	    "INSERT IGNORE INTO meta (name, value) VALUES ('instance', ?)"),
	STATEMENT(TIDY_SPACES,
	    "SELECT id FROM space WHERE id > ? ORDER BY id LIMIT 500"),
	STATEMENT(TIDY_TOMBSTONES, /* along the feed, about a second for 100,000 records; an index of its own would take a tenth of their room, a share of
	                              every write, and is passed over where there are many tombstones */
	    "SELECT seq, updated_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
	    "  FROM record"
	    " WHERE space_id = ? AND deleted = 1"
	    " ORDER BY seq"
	    " LIMIT ?"),
	STATEMENT(TIDY_TOMBSTONE,
	    "DELETE FROM record WHERE space_id = ? AND seq = ? AND deleted = 1"),
	STATEMENT(TIDY_MIN_SEQ,
	    "UPDATE space SET min_seq = GREATEST(min_seq, ?) WHERE id = ?"),
	STATEMENT(TIDY_OPS,
	    "DELETE FROM op WHERE at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY at LIMIT 1000"),
	STATEMENT(TIDY_SESSIONS_EXPIRED,
	    "DELETE FROM session WHERE expires_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY expires_at LIMIT 1000"),
	STATEMENT(TIDY_SESSIONS_REVOKED,
	    "DELETE FROM session WHERE revoked_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY id LIMIT 1000"),
	STATEMENT(TIDY_HANDHELDS,
	    "DELETE FROM handheld WHERE revoked_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY id LIMIT 1000"),
	STATEMENT(TIDY_RESETS,
	    "DELETE FROM password_reset WHERE expires_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY expires_at LIMIT 1000"),
	STATEMENT(TIDY_JOBS, /* also those that nothing sends, where mail was switched off */
	    "DELETE FROM job WHERE created_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY id LIMIT 1000"),
	STATEMENT(TIDY_INVITATIONS,
	    "DELETE FROM invitation WHERE expires_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY id LIMIT 1000"),
	STATEMENT(TIDY_PRESENCE, /* after the days that its space's settings say */
	    "DELETE FROM presence"
	    " WHERE last_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY - INTERVAL COALESCE("
	    "       (SELECT JSON_VALUE(r.doc, '$.retentionDays') FROM record r"
	    "         WHERE r.space_id = presence.space_id AND r.collection = 'spaceSettings' AND r.id = 'settings'), 365) DAY"
	    " LIMIT 1000"),
	STATEMENT(TIDY_USAGE_EVENT, /* after the days that its space's settings say */
	    "DELETE FROM usage_event"
	    " WHERE at < UTC_TIMESTAMP(3) + INTERVAL ? DAY - INTERVAL COALESCE("
	    "       (SELECT JSON_VALUE(r.doc, '$.retentionDays') FROM record r"
	    "         WHERE r.space_id = usage_event.space_id AND r.collection = 'spaceSettings' AND r.id = 'settings'), 365) DAY"
	    " LIMIT 1000"),
	STATEMENT(TIDY_THROTTLE,
	    "DELETE FROM throttle WHERE last_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY ORDER BY last_at LIMIT 1000"),
	STATEMENT(TIDY_UPLOADS, /* never finished */
	    "SELECT space_id, id FROM attachment_upload"
	    " WHERE received < size AND changed_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
	    " ORDER BY changed_at LIMIT 100"),
	STATEMENT(TIDY_UPLOAD, /* the same, under its lock */
	    "SELECT 1 FROM attachment_upload"
	    " WHERE space_id = ? AND id = ? AND received < size AND changed_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
	    "   FOR UPDATE"),
	STATEMENT(TIDY_UPLOADS_SENT, /* of files that records name: these decide alone from now on */
	    "DELETE FROM attachment_upload"
	    " WHERE received = size AND changed_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
	    "   AND EXISTS (SELECT 1 FROM attachment_ref f WHERE f.space_id = attachment_upload.space_id AND f.sha256 = attachment_upload.sha256)"
	    " ORDER BY changed_at LIMIT 1000"),
	STATEMENT(TIDY_FILES, /* no record names it or did, and nobody has sent it lately */
	    "SELECT f.space_id, f.sha256"
	    "  FROM attachment f"
	    " WHERE f.named = 0 AND f.created_at < UTC_TIMESTAMP(3) + INTERVAL ? DAY"
	    "   AND NOT EXISTS (SELECT 1 FROM attachment_ref n WHERE n.space_id = f.space_id AND n.sha256 = f.sha256)"
	    "   AND NOT EXISTS (SELECT 1 FROM attachment_upload u WHERE u.space_id = f.space_id AND u.sha256 = f.sha256"
	    "                      AND (u.received < u.size OR u.changed_at >= UTC_TIMESTAMP(3) + INTERVAL ? DAY))"
	    " ORDER BY f.created_at LIMIT 100"),
	STATEMENT(TIDY_FILE, /* the same, under the lock of its space: its content */
	    "SELECT f.upload_id"
	    "  FROM attachment f"
	    " WHERE f.space_id = ? AND f.sha256 = ?"
	    "   AND NOT EXISTS (SELECT 1 FROM attachment_ref n WHERE n.space_id = f.space_id AND n.sha256 = f.sha256)"
	    "   AND NOT EXISTS (SELECT 1 FROM attachment_upload u WHERE u.space_id = f.space_id AND u.sha256 = f.sha256"
	    "                      AND (u.received < u.size OR u.changed_at >= UTC_TIMESTAMP(3) + INTERVAL ? DAY))"),
	STATEMENT(TIDY_FILE_DROP,
	    "DELETE FROM attachment WHERE space_id = ? AND sha256 = ?"),
	STATEMENT(TIDY_FILE_UPLOADS,
	    "DELETE FROM attachment_upload WHERE space_id = ? AND sha256 = ?"),
};

/* ---- put together from names of definitions ---- */

static void
add_names(struct buf *sql, const char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(sql, "%s'%s'", i == 0 ? "" : ", ", names[i]);
}

/* What is for everybody, for this person, or his own. */
static void
add_addressed(struct buf *sql, const struct feed_view *view)
{
	if (view->addressed_count == 0)
		return;
	buf_text(sql, " OR collection IN (");
	add_names(sql, view->addressed, view->addressed_count);
	buf_text(sql, ") AND (reader_id IS NULL OR ? IN (reader_id, owner_id))");
}

void
statement_feed(struct buf *sql, const struct feed_view *view, enum feed_columns columns)
{
	buf_text(sql, columns == FEED_SIZES
	    ? "SELECT seq, tx_seq, LENGTH(doc) + COALESCE(LENGTH(doc_private), 0)"
	    : "SELECT " RECORD_COLUMNS);
	buf_text(sql, /* the index is named: for a wide window the optimizer prefers to read and sort all records of the space */
	    "  FROM record FORCE INDEX (feed)"
	    " WHERE space_id = ? AND seq > ? AND seq <= ?"
	    "   AND (deleted = 0 OR seq > ?)"
	    "   AND (owner_id = ?");
	if (view->own_count > 0) {
		buf_text(sql, " AND collection IN (");
		add_names(sql, view->own, view->own_count);
		buf_char(sql, ')');
	} else {
		buf_text(sql, " AND 1 = 0");
	}
	if (view->whole_count > 0) {
		buf_text(sql, " OR collection IN (");
		add_names(sql, view->whole, view->whole_count);
		buf_char(sql, ')');
	}
	add_addressed(sql, view);
	buf_text(sql, ") ORDER BY seq");
}

void
statement_left_view(struct buf *sql, const struct feed_view *view)
{
	buf_text(sql,
	    "SELECT a.collection, a.record_id, a.version, a.seq, a.tx_seq"
	    "  FROM audit a"
	    "  LEFT JOIN record r ON r.space_id = a.space_id AND r.collection = a.collection AND r.id = a.record_id"
	    " WHERE a.space_id = ? AND a.prev_owner_id = ? AND a.seq > ? AND a.seq <= ?"
	    "   AND (r.id IS NULL OR r.owner_id <> a.prev_owner_id)"
	    "   AND a.collection IN (");
	add_names(sql, view->own, view->own_count);
	buf_text(sql, ") ORDER BY a.seq");
}

/* A default of a definition as a text of SQL. */
static void
add_literal(struct buf *sql, const char *text)
{
	buf_char(sql, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_char(sql, *text);
		buf_char(sql, *text);
	}
	buf_char(sql, '\'');
}

/* The value of a column or field in its own type. */
static void
add_column(struct buf *sql, const struct list_column *c)
{
	if (c->column != NULL) {
		buf_text(sql, c->column);
		return;
	}
	buf_text(sql, c->kind == LIST_NUMBER ? "CAST(" : "(");
	if (c->initial != NULL)
		buf_text(sql, "COALESCE(");
	buf_printf(sql, "JSON_UNQUOTE(JSON_EXTRACT(%s, '$.%s'))", c->is_private ? "doc_private" : "doc", c->field);
	if (c->initial != NULL) {
		buf_text(sql, ", ");
		add_literal(sql, c->initial);
		buf_char(sql, ')');
	}
	buf_text(sql, c->kind == LIST_NUMBER ? " AS DECIMAL(30, 9))" : " COLLATE utf8mb4_bin)");
}

/* The same, with absent ones in front of all others, so that pages have a place for them.  Texts are ordered by their beginning:
 * it stands in the token of the next page, which has to fit into a URL. */
static void
add_order(struct buf *sql, const struct list_column *c)
{
	if (c->column != NULL) {
		buf_text(sql, c->column);
		return;
	}
	buf_text(sql, c->kind == LIST_NUMBER ? "COALESCE(" : "LEFT(COALESCE(");
	add_column(sql, c);
	buf_text(sql, c->kind == LIST_NUMBER ? ", -1e18)" : ", ''), 64)");
}

static void
add_parameter(struct buf *sql, const struct list_column *c)
{
	buf_text(sql, c->column == NULL && c->kind == LIST_NUMBER ? "CAST(? AS DECIMAL(30, 9))" : "?");
}

static void
add_condition(struct buf *sql, const struct list_condition *condition)
{
	static const char *const signs[] = {
		[LIST_EQUAL] = " = ", [LIST_NOT_EQUAL] = " <> ", [LIST_GREATER] = " > ", [LIST_GREATER_EQUAL] = " >= ",
		[LIST_LESS] = " < ", [LIST_LESS_EQUAL] = " <= ", [LIST_IN] = " IN (",
	};

	buf_text(sql, " AND (");
	add_column(sql, &condition->column);
	switch (condition->compare) {
	case LIST_EMPTY:
		buf_text(sql, " IS NULL");
		break;
	case LIST_NOT_EMPTY:
		buf_text(sql, " IS NOT NULL");
		break;
	default:
		buf_text(sql, signs[condition->compare]);
		for (size_t i = 0; i < condition->values; i++) {
			buf_text(sql, i == 0 ? "" : ", ");
			add_parameter(sql, &condition->column);
		}
		if (condition->compare == LIST_IN)
			buf_char(sql, ')');
		break;
	}
	if (condition->compare == LIST_NOT_EQUAL && condition->column.column == NULL) {
		buf_text(sql, " OR ");
		add_column(sql, &condition->column);
		buf_text(sql, " IS NULL");
	}
	buf_char(sql, ')');
}

static void
add_where(struct buf *sql, const struct list_query *query)
{
	buf_text(sql, "  FROM record WHERE space_id = ? AND collection = ? AND deleted = 0");
	if (query->owned)
		buf_text(sql, " AND owner_id = ?");
	if (query->addressed)
		buf_text(sql, " AND (reader_id IS NULL OR ? IN (reader_id, owner_id))");
}

static void
add_search(struct buf *sql, const struct list_query *query)
{
	buf_text(sql, " AND CONCAT_WS(' ', CONVERT(id USING utf8mb4)");
	for (size_t i = 0; i < query->search_count; i++) {
		buf_text(sql, ", ");
		add_column(sql, &query->search[i]);
	}
	buf_text(sql, ") COLLATE utf8mb4_unicode_ci LIKE ? ESCAPE '|'");
}

static void
add_continue(struct buf *sql, const struct list_query *query)
{
	const char *sign = query->descending ? " < " : " > ";

	buf_text(sql, " AND (");
	add_order(sql, &query->order);
	buf_text(sql, sign);
	add_parameter(sql, &query->order);
	buf_text(sql, " OR (");
	add_order(sql, &query->order);
	buf_text(sql, " = ");
	add_parameter(sql, &query->order);
	buf_printf(sql, " AND id%s?))", sign);
}

void
statement_list(struct buf *sql, const struct list_query *query)
{
	const char *direction = query->descending ? " DESC" : "";

	buf_text(sql, "SELECT " RECORD_COLUMNS ", ");
	add_order(sql, &query->order);
	add_where(sql, query);
	for (size_t i = 0; i < query->condition_count; i++)
		add_condition(sql, &query->conditions[i]);
	if (query->searches)
		add_search(sql, query);
	if (query->continues)
		add_continue(sql, query);
	buf_text(sql, " ORDER BY ");
	add_order(sql, &query->order);
	buf_printf(sql, "%s, id%s LIMIT ?", direction, direction);
}

void
statement_list_size(struct buf *sql, const struct list_query *query)
{
	buf_text(sql, "SELECT COUNT(*)");
	add_where(sql, query);
}

void
statement_audit(struct buf *sql, const struct audit_query *query)
{
	buf_text(sql,
	    "SELECT " AUDIT_COLUMNS ", u.name"
	    "  FROM audit LEFT JOIN user u ON u.id = audit.user_id"
	    " WHERE space_id = ? AND seq < ?"
	    "   AND (owner_id = ?");
	if (query->view.own_count > 0) {
		buf_text(sql, " AND collection IN (");
		add_names(sql, query->view.own, query->view.own_count);
		buf_char(sql, ')');
	} else {
		buf_text(sql, " AND 1 = 0");
	}
	if (query->view.whole_count > 0) {
		buf_text(sql, " OR collection IN (");
		add_names(sql, query->view.whole, query->view.whole_count);
		buf_char(sql, ')');
	}
	add_addressed(sql, &query->view);
	buf_char(sql, ')');
	if (query->by_record)
		buf_text(sql, " AND collection = ? AND record_id = ?");
	else if (query->by_collection)
		buf_text(sql, " AND collection = ?");
	if (query->by_user)
		buf_text(sql, " AND audit.user_id = ?");
	if (query->from)
		buf_text(sql, " AND at >= ?");
	if (query->to)
		buf_text(sql, " AND at < ?");
	buf_text(sql, " ORDER BY seq DESC LIMIT ?");
}

void
statement_view(struct buf *sql, const char *collection, const struct list_column *columns, size_t count)
{
	buf_printf(sql,
	    "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v_%s AS"
	    " SELECT space_id, id, version, seq, owner_id, created_at, created_by, updated_at, updated_by",
	    collection);
	for (size_t i = 0; i < count; i++) {
		buf_text(sql, ", ");
		add_column(sql, &columns[i]);
		buf_printf(sql, " AS `%s`", columns[i].field);
	}
	buf_printf(sql, " FROM record WHERE collection = '%s' AND deleted = 0", collection);
}
