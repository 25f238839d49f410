/* routes.c -- the whole API: one row for each endpoint, and the search through the rows.  The first pattern that
 * matches a path decides, so fixed segments come before `:parameters`.  The rows with that pattern list the methods of
 * the path.  A path that matches no row is 404.  `daybookctl routes` prints the table. */
#include "routes.h"

#include <string.h>

#include "api/api.h"
#include "backup/backup.h"
#include "base/id.h"
#include "compat/compat.h"
#include "http/member.h"
#include "model/collection.h"

const char *const access_names[ACCESS_COUNT] = {
	[ACCESS_PUBLIC] = "public",
	[ACCESS_HANDHELD] = "handheld",
	[ACCESS_SELF] = "self",
	[ACCESS_USER] = "user",
	[ACCESS_ANY] = "any",
	[ACCESS_READ] = "read",
	[ACCESS_WRITE] = "write",
	[ACCESS_ADMIN] = "admin",
};

const char *const input_names[INPUT_COUNT] = {
	[INPUT_NONE] = "none",
	[INPUT_JSON] = "json",
	[INPUT_OPTIONAL] = "optional",
	[INPUT_RAW] = "raw",
};

enum {
	IMPORT_MAX = 16 << 20,
	FILE_MAX = 16 << 20,
	IMAGE_MAX = 23 << 20, /* a file as base64 */
	CLIENT_ERROR_MAX = 8 << 10
};

#define GET    "GET"
#define POST   "POST"
#define PUT    "PUT"
#define PATCH  "PATCH"
#define DELETE "DELETE"

/* Which token, and the least role of its person in the space.  For writes this is the lowest role that any collection
 * could allow; policy.c checks the collection's own.  Everybody who may read may push, because each op of a push is
 * answered by itself.  LOCKED is a WRITE that decides nothing before it has the lock of the space, and then reads who
 * asks again: until then it goes by what this host remembers of them. */
#define PUBLIC      ACCESS_PUBLIC, ROLE_NONE, false, false
#define HANDHELD    ACCESS_HANDHELD, ROLE_NONE, false, false
#define SELF        ACCESS_SELF, ROLE_NONE, false, false
#define USER        ACCESS_USER, ROLE_NONE, false, false
#define ANY         ACCESS_ANY, ROLE_NONE, false, false
#define READ(role)  ACCESS_READ, ROLE_##role, false, false
#define WRITE(role) ACCESS_WRITE, ROLE_##role, false, false
#define ADMIN(role) ACCESS_ADMIN, ROLE_##role, false, false
#define LOCKED(role) ACCESS_WRITE, ROLE_##role, true, false
#define OWN_FILE    ACCESS_USER, ROLE_NONE, false, true
#define FILE_FOR(role) ACCESS_READ, ROLE_##role, false, true

/* Which body, and how many bytes it may have. */
#define NONE        INPUT_NONE, 0
#define JSON        INPUT_JSON, BODY_MAX
#define OPTIONAL    INPUT_OPTIONAL, BODY_MAX
#define RAW(max)    INPUT_RAW, max
#define MAYBE(max)  INPUT_OPTIONAL, max

/* Which turns it takes (host/turn.h).  A new row has to choose: LIGHT reads and writes a bounded number of records that
 * a key finds, LIST may be filtered or look back, HEAVY reads as much as a space has, PUSH writes some records at once,
 * BULK writes as many as a space has, or in all spaces of a person.  A LIGHT or PUSH with a large body is BULK. */
#define NOBODYS TURN_NONE
#define LIGHT   TURN_LIGHT
#define LIST    TURN_LIST
#define HEAVY   TURN_HEAVY
#define PUSH    TURN_PUSH
#define BULK    TURN_BULK
#define IMPORT  TURN_IMPORT

/* clang-format off */
const struct route routes[] = {
	/* method, path, token(role at least), body, which turns it takes
	 * handler, what it takes, what it is for */
	{ POST,   "/api/auth/register",                                PUBLIC,           JSON, NOBODYS,
	  auth_register, auth_register_takes, "sign up" },
	{ POST,   "/api/auth/login",                                   PUBLIC,           JSON, NOBODYS,
	  auth_login, auth_login_takes, "sign in" },
	{ POST,   "/api/auth/refresh",                                 PUBLIC,           OPTIONAL, NOBODYS,
	  auth_refresh, auth_refresh_takes, "a new access token for a refresh token" },
	{ POST,   "/api/auth/logout",                                  PUBLIC,           OPTIONAL, NOBODYS,
	  auth_logout, auth_logout_takes, "sign out" },
	{ GET,    "/api/auth/me",                                      SELF,             NONE, LIGHT,
	  auth_me, nothing, "who I am" },
	{ PATCH,  "/api/auth/me",                                      USER,             JSON, BULK,
	  auth_rename, auth_rename_takes, "give myself another name" },
	{ POST,   "/api/auth/password",                                USER,             JSON, LIGHT,
	  auth_password, auth_password_takes, "change my password" },
	{ POST,   "/api/auth/password/reset",                          PUBLIC,           JSON, NOBODYS,
	  auth_reset, auth_reset_takes, "ask for a new password by mail" },
	{ POST,   "/api/auth/password/reset/confirm",                  PUBLIC,           JSON, NOBODYS,
	  auth_reset_confirm, auth_reset_confirm_takes, "set a new password, with the token of that mail" },
	{ DELETE, "/api/auth/me",                                      USER,             JSON, BULK,
	  auth_delete, auth_delete_takes, "delete my account; it is erased after 30 days" },
	{ GET,    "/api/auth/sessions",                                USER,             NONE, LIGHT,
	  sessions_list, nothing, "where I am signed in" },
	{ DELETE, "/api/auth/sessions/:id",                            USER,             NONE, LIGHT,
	  sessions_revoke, nothing, "sign out elsewhere" },
	{ GET,    "/api/auth/sign-ins",                                USER,             NONE, LIGHT,
	  sign_ins_list, sign_ins_takes, "who signed in to my account, and wrong passwords" },
	{ POST,   "/api/auth/tokens",                                  USER,             JSON, LIGHT,
	  tokens_create, tokens_create_takes, "make an API token for one space" },
	{ GET,    "/api/auth/tokens",                                  USER,             NONE, LIGHT,
	  tokens_list, nothing, "my API tokens" },
	{ DELETE, "/api/auth/tokens/:id",                              USER,             NONE, LIGHT,
	  tokens_revoke, nothing, "end an API token" },

	{ POST,   "/api/auth/ticket",                                  USER,             JSON, LIGHT,
	  auth_ticket, auth_ticket_takes, "let this browser fetch one file by a plain link, within a minute" },
	{ GET,    "/api/auth/export",                                  OWN_FILE,         NONE, HEAVY,
	  auth_export, nothing, "all that is mine in every space, with my account, as one file" },

	{ GET,    "/api/auth/pin",                                     HANDHELD,         NONE, NOBODYS,
	  auth_pin_people, nothing, "who can sign in on this shared handheld" },
	{ POST,   "/api/auth/pin",                                     HANDHELD,         JSON, NOBODYS,
	  auth_pin, auth_pin_takes, "sign in there by PIN" },
	{ POST,   "/api/auth/pin/refresh",                             SELF,             JSON, LIGHT,
	  auth_pin_refresh, auth_pin_refresh_takes, "renew a sign-in by PIN" },

	{ GET,    "/api/spaces",                                       USER,             NONE, LIGHT,
	  spaces_list, nothing, "the spaces I am a member of" },
	{ POST,   "/api/spaces",                                       USER,             JSON, LIGHT,
	  teams_create, teams_create_takes, "make a team" },
	{ POST,   "/api/spaces/:id/restore",                           USER,             OPTIONAL, LIGHT,
	  teams_restore, teams_restore_takes, "bring back a team I deleted" },
	{ GET,    "/api/spaces/:space",                                READ(VIEWER),     NONE, LIGHT,
	  spaces_read, nothing, "one space, my role in it, and for managers how much it holds" },
	{ PATCH,  "/api/spaces/:space",                                ADMIN(MANAGER),   JSON, LIGHT,
	  spaces_update, spaces_update_takes, "name a space" },
	{ DELETE, "/api/spaces/:space",                                ADMIN(OWNER),     NONE, LIGHT,
	  teams_delete, nothing, "delete a team; its owner can bring it back for 30 days" },
	{ POST,   "/api/transfer",                                     ADMIN(OWNER),     JSON, LIGHT,
	  teams_transfer, teams_transfer_takes, "make another member the owner of the space" },
	{ GET,    "/api/invitations",                                  ADMIN(MANAGER),   NONE, LIGHT,
	  invitations_show, nothing, "the open invitations" },
	{ POST,   "/api/invitations",                                  ADMIN(MANAGER),   JSON, LIGHT,
	  invitations_create, invitations_create_takes, "a link that makes its holder a member" },
	{ POST,   "/api/invitations/look",                             PUBLIC,           JSON, NOBODYS,
	  invitations_look, invitation_takes, "the team and the role that an invitation is for, before signing in" },
	{ POST,   "/api/invitations/accept",                           USER,             JSON, LIGHT,
	  invitations_accept, invitation_takes, "become a member" },
	{ DELETE, "/api/invitations/:id",                              ADMIN(MANAGER),   NONE, LIGHT,
	  invitations_revoke, nothing, "revoke an invitation" },
	{ GET,    "/api/members/:id",                                  READ(VIEWER),     NONE, LIST,
	  members_read, records_read_takes, "one member" },
	{ PATCH,  "/api/members/:id",                                  ADMIN(MANAGER),   JSON, LIGHT,
	  members_update, members_update_takes, "another role for a member" },
	{ DELETE, "/api/members/:id",                                  ADMIN(VIEWER),    NONE, LIGHT,
	  members_delete, nothing, "remove a member, or leave" },
	{ GET,    "/api/handhelds",                                    ADMIN(MANAGER),   NONE, LIGHT,
	  handhelds_show, nothing, "the shared handhelds, and who is signed in there" },
	{ POST,   "/api/handhelds",                                    ADMIN(MANAGER),   JSON, LIGHT,
	  handhelds_create, handhelds_create_takes, "make a device a shared handheld; answers its token" },
	{ DELETE, "/api/handhelds/:id",                                ADMIN(MANAGER),   NONE, LIGHT,
	  handhelds_delete, nothing, "revoke a shared handheld, and sign out whoever is signed in there" },
	{ GET,    "/api/pin",                                          ADMIN(VIEWER),    NONE, LIGHT,
	  pin_show, nothing, "whether I have a PIN here" },
	{ PUT,    "/api/pin",                                          ADMIN(VIEWER),    JSON, LIGHT,
	  pin_change, pin_change_takes, "choose or change my PIN" },
	{ DELETE, "/api/pin",                                          ADMIN(VIEWER),    NONE, LIGHT,
	  pin_delete, nothing, "remove my PIN" },
	{ GET,    "/api/pins",                                         ADMIN(MANAGER),   NONE, LIGHT,
	  pins_show, nothing, "which members have a PIN" },
	{ DELETE, "/api/pins/:id",                                     ADMIN(MANAGER),   NONE, LIGHT,
	  pins_delete, nothing, "take a member's PIN away" },
	{ GET,    "/api/collections",                                  ANY,              NONE, LIGHT,
	  collections_show, any_parameters, "the definitions: fields, forms, rules" },

	{ GET,    "/api/sync/changes",                                 READ(VIEWER),     NONE, LIGHT,
	  sync_changes, sync_changes_takes, "what changed after ?since=" },
	{ GET,    "/api/sync/heads",                                   ANY,              NONE, LIGHT,
	  sync_heads, any_parameters, "has anything changed in any of my spaces?" },
	{ GET,    "/api/sync/head",                                    READ(VIEWER),     NONE, LIGHT,
	  sync_head, sync_head_takes, "the head of the space with its hash; does its chain go through former ones?" },
	{ GET,    "/api/sync/stamps",                                  READ(VIEWER),     NONE, LIGHT,
	  sync_stamps, sync_stamps_takes, "which heads of the space an authority has stamped (RFC 3161)" },
	{ GET,    "/api/sync/stamps/:seq",                             READ(VIEWER),     NONE, LIGHT,
	  sync_stamp, nothing, "the authority's answer for one, to check with openssl" },
	{ POST,   "/api/sync/alarm",                                   WRITE(VIEWER),    JSON, LIGHT,
	  sync_alarm, sync_alarm_takes, "a head that was given out is no longer in the chain: raise an alarm" },
	{ POST,   "/api/sync/push",                                    WRITE(VIEWER),    JSON, PUSH,
	  sync_push, sync_push_takes, "a device's writes, each with its own outcome" },
	{ GET,    "/api/sync/check-update",                            READ(VIEWER),     NONE, LIGHT,
	  device_check_update, device_check_update_takes, "is there news for this device?" },
	{ POST,   "/api/sync/mark-update",                             WRITE(VIEWER),    OPTIONAL, LIGHT,
	  device_mark_update, device_takes, "tell this device to look again" },
	{ POST,   "/api/sync/mark-synced",                             READ(VIEWER),     OPTIONAL, LIGHT,
	  device_mark_synced, device_takes, "this device has what it was offered" },
	{ POST,   "/api/sync/notify-change",                           WRITE(VIEWER),    OPTIONAL, LIGHT,
	  device_notify_change, device_notify_change_takes, "tell my other devices to look again" },

	{ GET,    "/api/devices",                                      USER,             NONE, LIGHT,
	  devices_list, any_parameters, "my devices and where they stand" },
	{ PATCH,  "/api/devices/:id",                                  USER,             JSON, LIGHT,
	  devices_update, devices_update_takes, "name a device" },
	{ DELETE, "/api/devices/:id",                                  USER,             NONE, LIGHT,
	  devices_delete, nothing, "forget a device and sign it out" },

	{ GET,    "/api/audit",                                        READ(VIEWER),     NONE, HEAVY,
	  audits_list, audits_list_takes, "who changed what, newest first" },

	{ GET,    "/api/reports/work",                                 READ(VIEWER),     NONE, HEAVY,
	  reports_work, report_takes, "hours by day and week, person by person" },
	{ GET,    "/api/reports/payroll",                              READ(VIEWER),     NONE, HEAVY,
	  reports_payroll, report_takes, "regular and overtime by week, and their pay" },
	{ GET,    "/api/reports/time",                                 READ(VIEWER),     NONE, HEAVY,
	  reports_time, reports_time_takes, "what the time was for: by client, project, tag, person, day and more" },
	{ GET,    "/api/reports/routine",                              READ(VIEWER),     NONE, HEAVY,
	  reports_routine, reports_routine_takes, "what a person's routine was: days, tasks, points, weight" },
	{ GET,    "/api/reports/month",                                READ(VIEWER),     NONE, HEAVY,
	  reports_month, reports_month_takes, "expenses by month; also as CSV, or as a page to print" },
	{ GET,    "/api/reports/perdiem",                              READ(VIEWER),     NONE, HEAVY,
	  reports_perdiem, reports_month_takes, "what each day away is worth, and why; also as CSV or a page" },
	{ GET,    "/api/reports/routine/today",                        READ(VIEWER),     NONE, HEAVY,
	  routine_today_show, routine_today_takes, "a person's tasks of today, streak, points and weight" },

	{ GET,    "/api/reports/mileage",                              READ(VIEWER),     NONE, HEAVY,
	  reports_mileage, reports_mileage_takes, "trips and what they are worth; also as CSV, or to print" },
	{ GET,    "/api/reports/logbook",                              READ(VIEWER),     NONE, HEAVY,
	  reports_logbook, reports_logbook_takes, "a person's trips with all their writes; also as CSV, or to print" },
	{ GET,    "/api/mileage/suggested-start",                      READ(VIEWER),     NONE, LIGHT,
	  mileage_suggested_start, mileage_suggested_start_takes, "the odometer at which a new trip would begin" },

	{ POST,   "/api/shifts/start",                                 WRITE(MEMBER),    OPTIONAL, LIGHT,
	  shifts_start, shift_takes, "begin a shift; one is under way at a time" },
	{ POST,   "/api/shifts/:id/end",                               WRITE(MEMBER),    OPTIONAL, BULK,
	  shifts_end, shift_takes, "end a shift: keep a snapshot and figures, clear the flags of all cars" },
	{ POST,   "/api/cars/reset",                                   WRITE(MEMBER),    OPTIONAL, BULK,
	  cars_reset, cars_reset_takes, "clear the flags of all cars, or with hard (managers) delete the cars" },
	{ GET,    "/api/reports/shift",                                READ(VIEWER),     NONE, HEAVY,
	  reports_shift, reports_shift_takes, "the figures of a shift; also as CSV, or as a page to print" },
	{ GET,    "/api/reports/fleet",                                READ(VIEWER),     NONE, HEAVY,
	  reports_fleet, reports_fleet_takes, "arrivals, lateness and times in a span, with or without shifts" },
	{ POST,   "/api/presence",                                     READ(VIEWER),     OPTIONAL, LIGHT,
	  presence_report, presence_report_takes, "report that I am present, or that I leave" },
	{ GET,    "/api/presence",                                     READ(VIEWER),     NONE, LIGHT,
	  presence_show, nothing, "who is present" },
	{ POST,   "/api/usage",                                        WRITE(VIEWER),    JSON, LIGHT,
	  usage_report, usage_report_takes, "what was done in the app, counted" },
	{ GET,    "/api/usage/stats",                                  READ(VIEWER),     NONE, HEAVY,
	  usage_stats, usage_stats_takes, "counts of what was done, in all or by day or hour" },
	{ POST,   "/api/roster/apply",                                 WRITE(MEMBER),    OPTIONAL, BULK,
	  roster_apply, roster_apply_takes, "the roster's active cars onto the board" },

	{ GET,    "/api/export",                                       FILE_FOR(OWNER),  NONE, HEAVY,
	  space_export_show, space_export_takes, "the whole space as one file: an archive with its files, or JSON" },

	{ POST,   "/api/import",                                       ADMIN(OWNER),     RAW(IMPORT_MAX), BULK,
	  space_import, space_import_takes, "a whole space out of an archive, JSON, or another program's backup" },
	{ PUT,    "/api/backups/:id",                                  ADMIN(OWNER),     RAW(IMPORT_MAX), BULK,
	  backups_put, backups_put_takes, "send a file to restore from, whole or in pieces, named by its SHA-256" },
	{ POST,   "/api/backups/:id/restore",                          ADMIN(OWNER),     OPTIONAL, BULK,
	  backups_restore, backups_restore_takes, "bring a backup back, as new writes that can be undone" },

	{ PUT,    "/api/files/:sha256",                                WRITE(MEMBER),    RAW(FILE_MAX), LIGHT,
	  files_put, files_put_takes, "send a photo or a PDF, whole or in pieces" },
	{ GET,    "/api/files/:sha256",                                READ(VIEWER),     NONE, LIGHT,
	  files_read, files_read_takes, "a file that a record names, whole or a range of it" },

	{ POST,   "/api/backup",                                       WRITE(MANAGER),   MAYBE(BACKUP_CLIENT_MAX), BULK,
	  backup_ask_for, backup_make_takes, "make a backup of the space now; with a key, keep what a client sends" },
	{ GET,    "/api/backups",                                      READ(MANAGER),    NONE, LIGHT,
	  backups_list, backups_list_takes, "the backups of the space, newest first, and what they may hold" },
	{ GET,    "/api/backups/:id",                                  FILE_FOR(OWNER),  NONE, BULK,
	  backups_read, nothing, "the file of a backup" },
	{ DELETE, "/api/backups/:id",                                  ADMIN(OWNER),     NONE, LIGHT,
	  backups_delete, nothing, "delete a backup" },
	{ POST,   "/api/backups/:id/verify",                           WRITE(OWNER),     OPTIONAL, BULK,
	  backups_verify, nothing, "read a backup and say whether it is what it was" },
	{ GET,    "/api/jobs/:id",                                     READ(VIEWER),     NONE, LIGHT,
	  jobs_read, nothing, "how far long work is that I asked for" },

	{ GET,    "/api/health",                                       PUBLIC,           NONE, NOBODYS,
	  health, any_parameters, "is all well?" },
	{ GET,    "/metrics",                                          PUBLIC,           NONE, NOBODYS,
	  metrics, any_parameters, "figures for Prometheus, for the operator alone" },
	{ POST,   "/api/client-errors",                                PUBLIC,           RAW(CLIENT_ERROR_MAX), NOBODYS,
	  client_errors, any_parameters, "what went wrong in a browser, for the log" },

	{ GET,    "/compat/cars/api/health",                           READ(VIEWER),     NONE, LIGHT,
	  compat_cars_health, nothing, "the package-car tracker's own API: is all well?" },
	{ GET,    "/compat/cars/api/cars",                             READ(VIEWER),     NONE, LIGHT,
	  compat_cars_list, nothing, "the whole fleet in one list" },
	{ POST,   "/compat/cars/api/cars",                             LOCKED(MEMBER),   JSON, LIGHT,
	  compat_cars_create, compat_cars_create_takes, "add a car" },
	{ POST,   "/compat/cars/api/cars/reset",                       WRITE(MEMBER),    RAW(BODY_MAX), BULK,
	  compat_cars_reset, compat_cars_reset_takes, "clear the flags of all cars; with ?hard=true delete them" },
	{ GET,    "/compat/cars/api/cars/:id",                         READ(VIEWER),     NONE, LIGHT,
	  compat_cars_read, nothing, "one car" },
	{ PUT,    "/compat/cars/api/cars/:id",                         LOCKED(MEMBER),   JSON, LIGHT,
	  compat_cars_update, compat_cars_update_takes, "change a car, with or without expectedVersion" },
	{ DELETE, "/compat/cars/api/cars/:id",                         LOCKED(MEMBER),   RAW(BODY_MAX), LIGHT,
	  compat_cars_delete, nothing, "remove a car" },
	{ GET,    "/compat/cars/api/sync/changes",                     READ(VIEWER),     NONE, LIGHT,
	  compat_cars_changes, compat_cars_changes_takes, "cars changed from the instant ?since= on" },
	{ GET,    "/compat/cars/api/audit",                            READ(VIEWER),     NONE, HEAVY,
	  compat_cars_audit, compat_cars_audit_takes, "who changed what in the fleet, newest first" },
	{ POST,   "/compat/cars/api/notifications/subscribe",          WRITE(VIEWER),    JSON, LIGHT,
	  compat_notices_subscribe, compat_notices_subscribe_takes, "accepted and ignored: all get notifications" },
	{ POST,   "/compat/cars/api/notifications/unsubscribe",        WRITE(VIEWER),    JSON, LIGHT,
	  compat_notices_unsubscribe, compat_notices_unsubscribe_takes, "accepted and ignored, like subscribe" },
	{ POST,   "/compat/cars/api/notifications/send",               WRITE(MEMBER),    JSON, LIGHT,
	  compat_notices_send, compat_notices_send_takes, "a notification for everybody in the space" },
	{ GET,    "/compat/cars/api/shifts",                           READ(VIEWER),     NONE, HEAVY,
	  compat_shifts_list, compat_shifts_list_takes, "shifts, newest first" },
	{ POST,   "/compat/cars/api/shifts",                           WRITE(MEMBER),    JSON, LIGHT,
	  compat_shifts_act, compat_shifts_act_takes, "begin a shift, end the one under way" },
	{ POST,   "/compat/cars/api/sessions/start",                   WRITE(VIEWER),    JSON, LIGHT,
	  compat_sessions_start, compat_sessions_start_takes, "begin a session: somebody is present" },
	{ GET,    "/compat/cars/api/sessions/active",                  READ(VIEWER),     NONE, LIGHT,
	  compat_sessions_active, nothing, "how many people are present" },
	{ PUT,    "/compat/cars/api/sessions/:id/heartbeat",           WRITE(VIEWER),    RAW(BODY_MAX), LIGHT,
	  compat_sessions_beat, nothing, "continue a session: they are still present" },
	{ POST,   "/compat/cars/api/sessions/:id/end",                 WRITE(VIEWER),    RAW(BODY_MAX), LIGHT,
	  compat_sessions_end, nothing, "end a session: they have left" },
	{ POST,   "/compat/cars/api/usage",                            WRITE(VIEWER),    JSON, LIGHT,
	  compat_usage_add, compat_usage_add_takes, "what people did in the app, counted" },
	{ GET,    "/compat/cars/api/usage/stats",                      READ(VIEWER),     NONE, HEAVY,
	  compat_usage_stats, compat_usage_stats_takes, "counts of what was done, in all or by day or hour" },

	{ GET,    "/compat/expenses/api",                          PUBLIC,           NONE, NOBODYS,
	  compat_expenses_about, nothing, "what this API serves" },
	{ GET,    "/compat/expenses/api/health",                   PUBLIC,           NONE, NOBODYS,
	  compat_expenses_health, nothing, "that this server answers" },
	{ POST,   "/compat/expenses/api/auth/login",               PUBLIC,           JSON, NOBODYS,
	  compat_expenses_login, compat_expenses_login_takes, "sign in by password" },
	{ POST,   "/compat/expenses/api/employee-login",           PUBLIC,           JSON, NOBODYS,
	  compat_expenses_employee_login, compat_expenses_login_takes, "sign in by password, on a phone" },
	{ GET,    "/compat/expenses/api/auth/verify",              READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_verify, nothing, "whose token this is" },
	{ POST,   "/compat/expenses/api/auth/logout",              PUBLIC,           OPTIONAL, NOBODYS,
	  compat_expenses_logout, nothing, "sign out: the token is revoked" },
	{ GET,    "/compat/expenses/api/employees",                READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_employees, compat_expenses_employees_takes, "everybody, as far as one may see them" },
	{ GET,    "/compat/expenses/api/employees/:id",            READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_employee, nothing, "oneself; anybody for who administers the space" },
	{ PUT,    "/compat/expenses/api/employees/:id",            WRITE(MEMBER),    JSON, BULK,
	  compat_expenses_employ, compat_expenses_employ_takes, "change an employee, as far as one may" },
	{ GET,    "/compat/expenses/api/cost-centers",             READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "cost centers" },
	{ POST,   "/compat/expenses/api/mileage-entries/reorder",  WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_reorder, compat_expenses_reorder_takes, "trips in their order" },
	{ GET,    "/compat/expenses/api/mileage-entries/suggested-starting-odometer", READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_suggest, compat_expenses_suggest_takes, "the odometer before the next trip" },
	{ GET,    "/compat/expenses/api/mileage-entries",          READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "trips, newest day first" },
	{ POST,   "/compat/expenses/api/mileage-entries",          WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_create, compat_expenses_create_takes, "a trip: created, or changed by its id" },
	{ GET,    "/compat/expenses/api/mileage-entries/:id",      READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_read, nothing, "a trip" },
	{ PUT,    "/compat/expenses/api/mileage-entries/:id",      WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_update, compat_expenses_update_takes, "change a trip" },
	{ DELETE, "/compat/expenses/api/mileage-entries/:id",      WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_delete, compat_expenses_delete_takes, "delete a trip" },
	{ GET,    "/compat/expenses/api/saved-addresses",          READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "places" },
	{ POST,   "/compat/expenses/api/saved-addresses",          WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_create, compat_expenses_create_takes, "a place: created, or changed by its id" },
	{ GET,    "/compat/expenses/api/saved-addresses/:id",      READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_read, nothing, "a place" },
	{ PUT,    "/compat/expenses/api/saved-addresses/:id",      WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_update, compat_expenses_update_takes, "change a place" },
	{ DELETE, "/compat/expenses/api/saved-addresses/:id",      WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_delete, compat_expenses_delete_takes, "delete a place" },
	{ GET,    "/compat/expenses/api/vehicles",                 READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "vehicles" },
	{ POST,   "/compat/expenses/api/vehicles",                 WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_create, compat_expenses_create_takes, "a vehicle: created, or changed by its id" },
	{ GET,    "/compat/expenses/api/vehicles/:id",             READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_read, nothing, "a vehicle" },
	{ PUT,    "/compat/expenses/api/vehicles/:id",             WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_update, compat_expenses_update_takes, "change a vehicle" },
	{ DELETE, "/compat/expenses/api/vehicles/:id",             WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_delete, compat_expenses_delete_takes, "delete a vehicle" },
	{ GET,    "/compat/expenses/api/receipts/categories",      READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_categories, nothing, "categories of receipts" },
	{ POST,   "/compat/expenses/api/receipts/upload-image",    WRITE(MEMBER),    RAW(IMAGE_MAX), LIGHT,
	  compat_expenses_upload, nothing, "an image or PDF, as a form or base64" },
	{ GET,    "/compat/expenses/api/receipts",                 READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "receipts, newest day first" },
	{ POST,   "/compat/expenses/api/receipts",                 WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_create, compat_expenses_create_takes, "a receipt: created, or changed by its id" },
	{ GET,    "/compat/expenses/api/receipts/:id",             READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_read, nothing, "a receipt" },
	{ PUT,    "/compat/expenses/api/receipts/:id",             WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_update, compat_expenses_update_takes, "change a receipt" },
	{ DELETE, "/compat/expenses/api/receipts/:id",             WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_delete, compat_expenses_delete_takes, "delete a receipt" },
	{ GET,    "/compat/expenses/api/receipts/:id/file",        READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_receipt_file, nothing, "the image of a receipt" },
	{ GET,    "/compat/expenses/api/time-tracking",            READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "hours by day and category, newest day first" },
	{ POST,   "/compat/expenses/api/time-tracking",            WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_create, compat_expenses_create_takes,
	  "hours of a day and category: created, or changed by its id" },
	{ GET,    "/compat/expenses/api/time-tracking/:id",        READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_read, nothing, "hours of a day and category" },
	{ PUT,    "/compat/expenses/api/time-tracking/:id",        WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_update, compat_expenses_update_takes, "change hours of a day and category" },
	{ DELETE, "/compat/expenses/api/time-tracking/:id",        WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_delete, compat_expenses_delete_takes, "delete hours of a day and category" },
	{ DELETE, "/compat/expenses/api/time-tracking",            WRITE(MEMBER),    RAW(BODY_MAX), BULK,
	  compat_expenses_hours_delete, compat_expenses_hours_delete_takes, "delete the hours of a month" },
	{ GET,    "/compat/expenses/api/daily-descriptions",       READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "what days were, newest first" },
	{ POST,   "/compat/expenses/api/daily-descriptions",       WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_create, compat_expenses_create_takes, "what a day was: created, or changed by its id" },
	{ GET,    "/compat/expenses/api/daily-descriptions/:id",   READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_read, nothing, "what a day was" },
	{ PUT,    "/compat/expenses/api/daily-descriptions/:id",   WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_update, compat_expenses_update_takes, "change what a day was" },
	{ DELETE, "/compat/expenses/api/daily-descriptions/:id",   WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_delete, compat_expenses_delete_takes, "delete what a day was" },
	{ GET,    "/compat/expenses/api/daily-odometer-readings",  READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_list, compat_expenses_list_takes, "odometer readings, newest day first" },
	{ POST,   "/compat/expenses/api/daily-odometer-readings",  WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_create, compat_expenses_create_takes,
	  "the odometer of a day and vehicle: created, or changed by its id" },
	{ GET,    "/compat/expenses/api/daily-odometer-readings/:id", READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_read, nothing, "the odometer of a day and vehicle" },
	{ PUT,    "/compat/expenses/api/daily-odometer-readings/:id", WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_update, compat_expenses_update_takes, "change the odometer of a day and vehicle" },
	{ DELETE, "/compat/expenses/api/daily-odometer-readings/:id", WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_delete, compat_expenses_delete_takes, "delete the odometer of a day and vehicle" },
	{ GET,    "/compat/expenses/api/dashboard-statistics",     READ(VIEWER),     NONE, HEAVY,
	  compat_expenses_statistics, compat_expenses_statistics_takes, "what a month comes to" },
	{ GET,    "/compat/expenses/api/expense-reports",          READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_reports, compat_expenses_reports_takes, "reports of months, newest first" },
	{ POST,   "/compat/expenses/api/expense-reports",          WRITE(MEMBER),    JSON, BULK,
	  compat_expenses_report_create, compat_expenses_report_create_takes, "begin a report, or hand it in" },
	{ POST,   "/compat/expenses/api/expense-reports/sync-to-source", WRITE(MEMBER),    JSON, BULK,
	  compat_expenses_save, compat_expenses_save_takes, "save rows of a month" },
	{ DELETE, "/compat/expenses/api/expense-reports/:id",      WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_report_delete, nothing, "delete a draft that was never handed in" },
	{ PUT,    "/compat/expenses/api/expense-reports/:id/status", WRITE(MEMBER),    JSON, BULK,
	  compat_expenses_status, compat_expenses_status_takes, "hand a report in, take it back, decide" },
	{ PUT,    "/compat/expenses/api/expense-reports/:id/approval", WRITE(MEMBER),    JSON, BULK,
	  compat_expenses_approval, compat_expenses_approval_takes, "decide about a report" },
	{ GET,    "/compat/expenses/api/expense-reports/:employee/:month/:year", READ(VIEWER),     NONE, HEAVY,
	  compat_expenses_report, nothing, "the report of a month, with its rows" },
	{ PUT,    "/compat/expenses/api/expense-reports/:employee/:month/:year/summary", WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_summary, compat_expenses_summary_takes, "sign a report; totals are counted here" },
	{ GET,    "/compat/expenses/api/monthly-reports",          READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_reports, compat_expenses_reports_takes, "reports of months, newest first" },
	{ GET,    "/compat/expenses/api/expense-reports/:id/history", READ(VIEWER),     NONE, HEAVY,
	  compat_expenses_report_history, nothing, "the steps of a report, newest first" },
	{ GET,    "/compat/expenses/api/per-diem-rules",           READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_rules, nothing, "the per diem rules that hold today" },
	{ GET,    "/compat/expenses/api/per-diem-monthly-rules",   READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_monthly_rules, nothing, "what a month of per diem comes to at most" },
	{ GET,    "/compat/expenses/api/travel-reasons",           READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_reasons, nothing, "purposes of one's own trips" },
	{ GET,    "/compat/expenses/api/daily-description-options", READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_descriptions, nothing, "one's own descriptions of days" },
	{ GET,    "/compat/expenses/api/dashboard-preferences/:userId", READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_preferences, nothing, "what a client remembers of its dashboard" },
	{ PUT,    "/compat/expenses/api/dashboard-preferences/:userId", WRITE(MEMBER),    JSON, LIGHT,
	  compat_expenses_prefer, compat_expenses_prefer_takes, "remember it" },
	{ GET,    "/compat/expenses/api/notifications/:employeeId", READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_notices, nothing, "one's own notifications, newest first" },
	{ GET,    "/compat/expenses/api/notifications/:employeeId/count", READ(VIEWER),     NONE, LIGHT,
	  compat_expenses_notices_count, compat_expenses_notices_count_takes, "how many were not read" },
	{ PUT,    "/compat/expenses/api/notifications/:id/read",   WRITE(MEMBER),    RAW(BODY_MAX), LIGHT,
	  compat_expenses_notice_read, nothing, "to have read one" },
	{ POST,   "/compat/routines/api/login",                    PUBLIC,           JSON, NOBODYS,
	  compat_routines_login, compat_routines_login_takes, "sign in by password: a token, also as a cookie" },
	{ POST,   "/compat/routines/api/logout",                   PUBLIC,           OPTIONAL, NOBODYS,
	  compat_routines_logout, nothing, "sign out: the token is revoked" },
	{ GET,    "/compat/routines/api/home",                     READ(VIEWER),     NONE, HEAVY,
	  compat_routines_home, nothing, "a person's tasks of today, streak, points and weight" },
	{ GET,    "/compat/routines/api/sync/check-update",        READ(VIEWER),     NONE, LIGHT,
	  compat_routines_check, compat_routines_check_takes, "whether a device has to read anew" },
	{ POST,   "/compat/routines/api/sync/mark-update",         READ(VIEWER),     JSON, LIGHT,
	  compat_routines_mark, compat_routines_device_takes, "let a device read anew" },
	{ POST,   "/compat/routines/api/sync/mark-synced",         READ(VIEWER),     JSON, LIGHT,
	  compat_routines_synced, compat_routines_device_takes, "a device has read what check-update offered" },
	{ POST,   "/compat/routines/api/sync/notify-change",       READ(VIEWER),     JSON, LIGHT,
	  compat_routines_notify, compat_routines_notify_takes, "let one's other devices read anew" },
	{ GET,    "/compat/routines/api/rxdb/pull",                READ(VIEWER),     NONE, LIGHT,
	  compat_routines_pull, compat_routines_pull_takes, "documents written after a checkpoint" },
	{ POST,   "/compat/routines/api/rxdb/push",                WRITE(VIEWER),    JSON, PUSH,
	  compat_routines_push, compat_routines_push_takes, "documents as a device has them" },

	{ POST,   "/api/undo",                                         WRITE(MEMBER),    JSON, IMPORT,
	  undo_make, undo_takes, "undo what somebody or something did, sparing what was changed since" },
	{ POST,   "/api/imports/:id/take-back",                        WRITE(MEMBER),    RAW(1), IMPORT,
	  imports_take_back, imports_take_back_takes, "take an import back, sparing what was changed since" },
	{ POST,   "/api/:collection/import",                           WRITE(MEMBER),    RAW(IMPORT_MAX), IMPORT,
	  records_import, records_import_takes, "records from a CSV or JSON file" },
	{ GET,    "/api/:collection/export",                           READ(VIEWER),     NONE, HEAVY,
	  records_export, records_export_takes, "all records, or those that filters leave, as CSV or JSON" },
	{ GET,    "/api/:collection",                                  READ(VIEWER),     NONE, LIST,
	  records_list, records_list_takes, "records, filtered and in order" },
	{ POST,   "/api/:collection",                                  LOCKED(MEMBER),   JSON, LIGHT,
	  records_create, records_create_takes, "a new record" },
	{ GET,    "/api/:collection/:id",                              READ(VIEWER),     NONE, LIST,
	  records_read, records_read_takes, "one record, or an older ?version= of it" },
	{ PUT,    "/api/:collection/:id",                              LOCKED(MEMBER),   JSON, LIGHT,
	  records_update, records_update_takes, "change the named members" },
	{ PATCH,  "/api/:collection/:id",                              LOCKED(MEMBER),   JSON, LIGHT,
	  records_update, records_update_takes, "change the named members" },
	{ DELETE, "/api/:collection/:id",                              LOCKED(MEMBER),   OPTIONAL, LIGHT,
	  records_delete, records_delete_takes, "delete a record; its history stays" },
	{ GET,    "/api/:collection/:id/history",                      READ(VIEWER),     NONE, HEAVY,
	  records_history, records_history_takes, "its versions, newest first" },
	{ POST,   "/api/:collection/:id/restore",                      LOCKED(MEMBER),   JSON, BULK,
	  records_restore, records_restore_takes, "bring back an older version" },
};
/* clang-format on */

const size_t route_count = sizeof(routes) / sizeof(routes[0]);

/* The values of a pattern's parameters in a path. */
struct match {
	const char *params[sizeof(((struct request *)0)->params) / sizeof(char *)];
	size_t count;
	const struct collection *collection;
	const char *record_id;
	const char *space;
};

/* Note the value of a parameter.  False when the value is impossible for it. */
static bool
take_param(struct request *r, struct match *m, const char *name, size_t length, const char *value)
{
	static const char collection[] = ":collection", space[] = ":space";

	if (!id_valid(value) || m->count == sizeof(m->params) / sizeof(m->params[0]))
		return false;
	m->params[m->count++] = value;
	if (length == sizeof(collection) - 1 && strncmp(name, collection, length) == 0) {
		m->collection = collection_find(r->worker->collections, value);
		return m->collection != NULL;
	}
	if (length == sizeof(space) - 1 && strncmp(name, space, length) == 0)
		m->space = value;
	if (m->collection != NULL && m->record_id == NULL) {
		if (id_reserved(value))
			return false;
		m->record_id = value;
	}
	return true;
}

/* A word after "/api/" that is the name of a collection, as in "/api/members/:id", means it like ":collection". */
static bool
fits(struct request *r, const char *pattern, const char *path, struct match *m)
{
	const char *first = pattern + sizeof("/api/") - 1;

	*m = (struct match){ 0 };
	while (*pattern == '/' && *path == '/') {
		size_t want = strcspn(++pattern, "/"), have = strcspn(++path, "/");

		if (*pattern == ':') {
			if (!take_param(r, m, pattern, want, arena_strndup(r->a, path, have)))
				return false;
		} else if (want != have || strncmp(pattern, path, have) != 0) {
			return false;
		} else if (pattern == first) {
			m->collection = collection_find(r->worker->collections, arena_strndup(r->a, path, have));
		}
		pattern += want;
		path += have;
	}
	return *pattern == '\0' && *path == '\0';
}

/* The first row whose pattern matches r->path, or NULL. */
static const struct route *
first_fit(struct request *r, struct match *m)
{
	size_t i;

	for (i = 0; i < route_count; i++)
		if (fits(r, routes[i].pattern, r->path, m))
			return &routes[i];
	return NULL;
}

/* Remove "/api/spaces/:space" from the front of the path.  False when it is not there. */
static bool
take_space(struct request *r)
{
	static const char prefix[] = "/api/spaces/";
	const char *space = r->path + sizeof(prefix) - 1;
	const char *rest;

	if (strncmp(r->path, prefix, sizeof(prefix) - 1) != 0 || (rest = strchr(space, '/')) == NULL)
		return false;
	r->space = arena_strndup(r->a, space, (size_t)(rest - space));
	r->path = arena_printf(r->a, "/api%s", rest);
	return id_valid(r->space);
}

static bool
is_outside_spaces(const struct route *route)
{
	return route->access <= ACCESS_USER;
}

/* The methods of all rows with this pattern, as the value of Allow. */
static const char *
methods_of(struct request *r, const char *pattern)
{
	struct buf list;
	size_t i;

	buf_init(&list, r->a);
	for (i = 0; i < route_count; i++)
		if (strcmp(routes[i].pattern, pattern) == 0)
			buf_printf(&list, "%s%s, ", routes[i].method,
			    strcmp(routes[i].method, GET) == 0 ? ", HEAD" : "");
	buf_text(&list, "OPTIONS");
	return list.text;
}

struct problem *
route_find(struct request *r)
{
	struct match match;
	const struct route *first = first_fit(r, &match), *route;
	struct problem *p;

	if (first == NULL && take_space(r))
		first = first_fit(r, &match);
	if (first == NULL || (r->space != NULL && (is_outside_spaces(first) || match.space != NULL)))
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is nothing here.");
	if (match.space != NULL)
		r->space = match.space;
	memcpy(r->params, match.params, sizeof(r->params));
	r->collection = match.collection;
	r->record_id = match.record_id;
	for (route = first; route < routes + route_count; route++)
		if (strcmp(route->pattern, first->pattern) == 0 && strcmp(route->method, r->method) == 0) {
			r->route = route;
			return NULL;
		}
	p = problem_new(r->a, PROBLEM_METHOD_NOT_ALLOWED, "This address does not take %s.", r->method);
	p->allow = methods_of(r, first->pattern);
	return p;
}
