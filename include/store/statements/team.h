/* statements/team.h -- teams and their members, invitations, shared handhelds and PINs. */

/* --- teams --- */

QUERY(SPACE_OF_USER, SPACE,
    "SELECT p.id, p.kind, p.name, m.role, p.seq, p.epoch, m.joined_at"
    "  FROM member m"
    "  JOIN space p ON p.id = m.space_id"
    " WHERE m.user_id = ? AND m.space_id = ? AND p.deleted_at IS NULL")

CHANGE(SPACE_RENAME, OF_NOBODY,
    "UPDATE space SET name = ? WHERE id = ?")
CHANGE(SPACE_DELETE, OF_EVERYBODY,
    "UPDATE space SET deleted_at = UTC_TIMESTAMP(3) WHERE id = ?")

CHANGE(SPACE_UNDELETE, OF_EVERYBODY,
    "UPDATE space p"
    "  JOIN member m ON m.space_id = p.id AND m.user_id = ? AND m.role = 'owner'"
    "   SET p.deleted_at = NULL"
    " WHERE p.id = ? AND p.deleted_at > UTC_TIMESTAMP(3) - INTERVAL ? DAY")

CHANGE(TEAM_CREATE, OF_NOBODY, /* does nothing if a space with this id exists */
    "INSERT IGNORE INTO space (id, kind, name, epoch, chain, last_at, created_at)"
    " VALUES (?, 'team', ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))")

QUERY(SPACE_OF_KEY, ID,
    "SELECT id FROM space WHERE id BETWEEN ? AND ? LIMIT 1")

COLUMNS(OWNED, OWNED_LIVE, OWNED_ALL)
QUERY(TEAMS_OWNED, OWNED, /* with those that are deleted and not erased yet */
    "SELECT COALESCE(SUM(p.deleted_at IS NULL), 0), COUNT(*)"
    "  FROM member m"
    "  JOIN space p ON p.id = m.space_id"
    " WHERE m.user_id = ? AND m.role = 'owner' AND p.kind = 'team'")

COLUMNS(DELETED_TEAM, DELETED_TEAM_ID, DELETED_TEAM_NAME, DELETED_TEAM_AT)
QUERY(TEAMS_DELETED, DELETED_TEAM,
    "SELECT p.id, p.name, p.deleted_at"
    "  FROM member m"
    "  JOIN space p ON p.id = m.space_id"
    " WHERE m.user_id = ? AND m.role = 'owner' AND p.deleted_at > UTC_TIMESTAMP(3) - INTERVAL ? DAY"
    " ORDER BY p.deleted_at DESC, p.id")

/* --- members --- */

QUERY(MEMBERS_COUNT, COUNT,
    "SELECT COUNT(*) FROM member WHERE space_id = ?")

COLUMNS(OVERSIGHT, OVERSIGHT_DOC)
QUERY(OVERSIGHT_SELF, OVERSIGHT, /* the employee who is a member */
    "SELECT doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND owner_id = ? AND deleted = 0"
    " ORDER BY sort_key, id LIMIT 1")
QUERY(OVERSIGHT_FINANCE, OVERSIGHT, /* who decides for finance */
    "SELECT doc"
    "  FROM record"
    " WHERE space_id = ? AND collection = 'employees' AND deleted = 0 AND JSON_EXTRACT(doc, '$.finance') = TRUE"
    " ORDER BY sort_key, id LIMIT ?")

QUERY(MEMBER_IDS, ID,
    "SELECT user_id FROM member WHERE space_id = ? ORDER BY user_id")

COLUMNS(MEMBER, MEMBER_ROLE, MEMBER_JOINED_AT, MEMBER_NAME, MEMBER_EMAIL)
QUERY(MEMBER_READ, MEMBER,
    "SELECT m.role, m.joined_at, u.name, u.email"
    "  FROM member m"
    "  JOIN user u ON u.id = m.user_id"
    " WHERE m.space_id = ? AND m.user_id = ?")

QUERY(MEMBERSHIPS_COUNT, COUNT, /* with deleted spaces */
    "SELECT COUNT(*) FROM member WHERE user_id = ?")

CHANGE(MEMBER_SET_ROLE, OF_USER(4),
    "UPDATE member SET role = ?, view_epoch = ? WHERE space_id = ? AND user_id = ?")
CHANGE(MEMBER_DELETE, OF_USER(2),
    "DELETE FROM member WHERE space_id = ? AND user_id = ?")

CHANGE(MEMBER_SESSIONS_END, OF_USER(2), /* API tokens and sign-ins by PIN; other sign-ins belong to no space */
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE space_id = ? AND user_id = ? AND revoked_at IS NULL")

STATEMENT(MEMBER_DEVICES_FORGET,
    "DELETE FROM device_space WHERE space_id = ? AND user_id = ?")
CHANGE(MEMBER_PIN_FORGET, OF_USER(2),
    "DELETE FROM pin WHERE space_id = ? AND user_id = ?")

QUERY(OWNERS_BESIDE, COUNT, /* counts only those who can sign in */
    "SELECT COUNT(*)"
    "  FROM member m"
    "  JOIN user u ON u.id = m.user_id AND u.disabled = 0"
    " WHERE m.space_id = ? AND m.role = 'owner' AND m.user_id <> ?")

/* --- invitations --- */

STATEMENT(INVITATION_CREATE,
    "INSERT INTO invitation (id, space_id, hash, role, email, created_by, created_at, expires_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")

QUERY(INVITATIONS_COUNT, COUNT, /* counts open ones, and all of the last day, since each may have been mailed */
    "SELECT COUNT(*)"
    "  FROM invitation"
    " WHERE space_id = ?"
    "   AND (created_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY"
    "        OR (accepted_at IS NULL AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)))")

QUERY(INVITATIONS_MAILED, COUNT, /* counts those that a person mailed in the last day, in all spaces */
    "SELECT COUNT(*)"
    "  FROM invitation"
    " WHERE created_by = ? AND email IS NOT NULL AND created_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY")

COLUMNS(INVITATION, INVITATION_ID, INVITATION_SPACE, INVITATION_SPACE_NAME, INVITATION_ROLE, INVITATION_EMAIL,
    INVITATION_CREATED_BY, INVITATION_INVITER, INVITATION_CREATED_AT, INVITATION_EXPIRES_AT)
QUERY(INVITATIONS_LIST, INVITATION,
    "SELECT i.id, i.space_id, p.name, i.role, i.email, i.created_by, u.name, i.created_at, i.expires_at"
    "  FROM invitation i"
    "  JOIN space p ON p.id = i.space_id"
    "  JOIN user u ON u.id = i.created_by"
    " WHERE i.space_id = ? AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > UTC_TIMESTAMP(3)"
    " ORDER BY i.created_at DESC, i.id DESC")

COLUMNS(FOUND_INVITATION, INVITATION_IS_OPEN = INVITATION_COLUMNS_COUNT)
QUERY(INVITATION_FIND, FOUND_INVITATION, /* reads whether it is open, too */
    "SELECT i.id, i.space_id, p.name, i.role, i.email, i.created_by, u.name, i.created_at, i.expires_at,"
    "       i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > UTC_TIMESTAMP(3)"
    "  FROM invitation i"
    "  JOIN space p ON p.id = i.space_id AND p.deleted_at IS NULL"
    "  JOIN user u ON u.id = i.created_by"
    " WHERE i.hash = ?")

STATEMENT(INVITATION_REVOKE,
    "UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE id = ? AND space_id = ? AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)")

STATEMENT(INVITATIONS_REVOKE_BY, /* except invitations to these roles */
    "UPDATE invitation SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE space_id = ? AND created_by = ? AND accepted_at IS NULL AND revoked_at IS NULL"
    " AND NOT FIND_IN_SET(role, ?)")

STATEMENT(INVITATION_ACCEPT,
    "UPDATE invitation SET accepted_at = UTC_TIMESTAMP(3), accepted_by = ? WHERE id = ?")

/* --- shared handhelds and PINs --- */

CHANGE(HANDHELD_CREATE, OF_NOBODY,
    "INSERT INTO handheld (id, space_id, hash, device_id, name, created_by, created_at, last_used_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")

QUERY(HANDHELDS_COUNT, COUNT,
    "SELECT COUNT(*) FROM handheld WHERE space_id = ? AND revoked_at IS NULL")

CHANGE(HANDHELDS_FORGET, OF_NOBODY, /* revoked ones, but for the so-many last ones */
    "DELETE FROM handheld"
    " WHERE space_id = ?"
    "   AND revoked_at < (SELECT revoked_at"
    "                       FROM (SELECT revoked_at"
    "                               FROM handheld"
    "                              WHERE space_id = ? AND revoked_at IS NOT NULL"
    "                              ORDER BY revoked_at DESC LIMIT 1 OFFSET ?) AS last)")

COLUMNS(HANDHELD, HANDHELD_ID, HANDHELD_NAME, HANDHELD_DEVICE, HANDHELD_CREATED_BY, HANDHELD_CREATED_AT,
    HANDHELD_LAST_USED_AT, HANDHELD_USER, HANDHELD_USER_NAME)
QUERY(HANDHELDS_LIST, HANDHELD, /* with the one person who is signed in there, if any */
    "SELECT h.id, h.name, h.device_id, h.created_by, h.created_at, h.last_used_at, u.id, u.name"
    "  FROM handheld h"
    "  LEFT JOIN (session s JOIN user u ON u.id = s.user_id)"
    "    ON s.handheld_id = h.id AND s.revoked_at IS NULL AND s.expires_at > UTC_TIMESTAMP(3)"
    " WHERE h.space_id = ? AND h.revoked_at IS NULL"
    " ORDER BY h.name, h.id")

COLUMNS(FOUND_HANDHELD, FOUND_HANDHELD_ID, FOUND_HANDHELD_NAME, FOUND_HANDHELD_DEVICE, FOUND_HANDHELD_SPACE,
    FOUND_HANDHELD_SPACE_NAME)
QUERY(HANDHELD_FIND, FOUND_HANDHELD,
    "SELECT h.id, h.name, h.device_id, p.id, p.name"
    "  FROM handheld h"
    "  JOIN space p ON p.id = h.space_id AND p.deleted_at IS NULL"
    " WHERE h.hash = ? AND h.revoked_at IS NULL")

QUERY(HANDHELD_LOCK, ID,
    "SELECT id FROM handheld WHERE id = ? AND revoked_at IS NULL FOR UPDATE")
CHANGE(HANDHELD_USED, OF_NOBODY,
    "UPDATE handheld SET last_used_at = UTC_TIMESTAMP(3) WHERE id = ?")

CHANGE(HANDHELD_REVOKE, OF_EVERYBODY,
    "UPDATE handheld SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE id = ? AND space_id = ? AND revoked_at IS NULL")

CHANGE(HANDHELD_SESSIONS_END, OF_EVERYBODY,
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE handheld_id = ? AND revoked_at IS NULL")

CHANGE(HANDHELD_OTHERS_END, OF_EVERYBODY,
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE handheld_id = ? AND id <> ? AND revoked_at IS NULL")

CHANGE(PIN_SET, OF_USER(3), /* waits for a removal of the member that is under way */
    "REPLACE INTO pin (space_id, user_id, hash, changed_at)"
    " SELECT m.space_id, m.user_id, ?, UTC_TIMESTAMP(3)"
    "   FROM member m"
    "  WHERE m.space_id = ? AND m.user_id = ?"
    "   LOCK IN SHARE MODE")

COLUMNS(FOUND_PIN, FOUND_PIN_EMAIL, FOUND_PIN_NAME, FOUND_PIN_HASH)
QUERY(PIN_FIND, FOUND_PIN,
    "SELECT u.email, u.name, n.hash"
    "  FROM pin n"
    "  JOIN member m ON m.space_id = n.space_id AND m.user_id = n.user_id"
    "  JOIN user u ON u.id = n.user_id AND u.disabled = 0"
    " WHERE n.space_id = ? AND n.user_id = ?")

COLUMNS(MY_PIN, MY_PIN_CHANGED_AT)
QUERY(PIN_MINE, MY_PIN,
    "SELECT changed_at FROM pin WHERE space_id = ? AND user_id = ?")

COLUMNS(PIN, PIN_USER, PIN_USER_NAME, PIN_CHANGED_AT)
QUERY(PINS_LIST, PIN,
    "SELECT u.id, u.name, n.changed_at"
    "  FROM pin n"
    "  JOIN member m ON m.space_id = n.space_id AND m.user_id = n.user_id"
    "  JOIN user u ON u.id = n.user_id AND u.disabled = 0"
    " WHERE n.space_id = ?"
    " ORDER BY u.name, u.id")

CHANGE(PIN_SESSION_OPEN, OF_NOBODY, /* waits for a change of the PIN or the membership, and then sees the new state */
    "INSERT INTO session (id, user_id, kind, hash, device_id, name, scope, space_id, handheld_id,"
    "       created_at, last_used_at, expires_at)"
    " SELECT ?, u.id, 'pin', ?, ?, ?, 'write', n.space_id, ?,"
    "       UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? MINUTE"
    "  FROM pin n"
    "  JOIN member m ON m.space_id = n.space_id AND m.user_id = n.user_id"
    "  JOIN user u ON u.id = n.user_id AND u.disabled = 0"
    " WHERE n.space_id = ? AND n.user_id = ? AND n.hash = ?"
    "  LOCK IN SHARE MODE")

CHANGE(PIN_SESSION_RENEW, OF_NOBODY,
    "UPDATE session"
    "   SET last_used_at = UTC_TIMESTAMP(3),"
    "       expires_at = LEAST(UTC_TIMESTAMP(3) + INTERVAL ? MINUTE, created_at + INTERVAL ? HOUR)"
    " WHERE id = ? AND handheld_id = ? AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(3)")

CHANGE(PIN_SESSIONS_END, OF_USER(2),
    "UPDATE session SET revoked_at = UTC_TIMESTAMP(3)"
    " WHERE space_id = ? AND user_id = ? AND kind = 'pin' AND revoked_at IS NULL")
