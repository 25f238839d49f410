/* api.h -- the endpoints of Daybook's own API, by file, and what each takes.  Rows of routes.c name them; nobody else
 * calls them. */
#ifndef API_H
#define API_H

#include "http/member.h"

/* accounts.c */
struct problem *auth_register(struct request *r);
extern const struct member auth_register_takes[];
struct problem *auth_login(struct request *r);
extern const struct member auth_login_takes[];
struct problem *auth_refresh(struct request *r);
struct problem *auth_logout(struct request *r);
extern const struct member auth_refresh_takes[];
extern const struct member auth_logout_takes[];
struct problem *auth_me(struct request *r);
struct problem *auth_rename(struct request *r);
extern const struct member auth_rename_takes[];
struct problem *auth_password(struct request *r);
extern const struct member auth_password_takes[];
struct problem *auth_reset(struct request *r);
extern const struct member auth_reset_takes[];
struct problem *auth_reset_confirm(struct request *r);
extern const struct member auth_reset_confirm_takes[];
struct problem *auth_delete(struct request *r);
extern const struct member auth_delete_takes[];
struct problem *sessions_list(struct request *r);
struct problem *sessions_revoke(struct request *r);
struct problem *sign_ins_list(struct request *r);
struct problem *tokens_create(struct request *r);
extern const struct member sign_ins_takes[];
extern const struct member tokens_create_takes[];
struct problem *tokens_list(struct request *r);
struct problem *tokens_revoke(struct request *r);

/* tickets.c */
struct problem *auth_ticket(struct request *r);
extern const struct member auth_ticket_takes[];

/* handhelds.c */
struct problem *handhelds_create(struct request *r);
extern const struct member handhelds_create_takes[];
struct problem *handhelds_show(struct request *r);
struct problem *handhelds_delete(struct request *r);
struct problem *pin_show(struct request *r);
struct problem *pin_change(struct request *r);
extern const struct member pin_change_takes[];
struct problem *pin_delete(struct request *r);
struct problem *pins_show(struct request *r);
struct problem *pins_delete(struct request *r);
struct problem *auth_pin_people(struct request *r);
struct problem *auth_pin(struct request *r);
extern const struct member auth_pin_takes[];
struct problem *auth_pin_refresh(struct request *r);
extern const struct member auth_pin_refresh_takes[];

/* spaces.c */
struct problem *spaces_list(struct request *r);

/* teams.c */
struct problem *teams_create(struct request *r);
extern const struct member teams_create_takes[];
struct problem *spaces_read(struct request *r);
struct problem *spaces_update(struct request *r);
extern const struct member spaces_update_takes[];
struct problem *teams_delete(struct request *r);
struct problem *teams_restore(struct request *r);
extern const struct member teams_restore_takes[];
struct problem *members_read(struct request *r);
struct problem *members_update(struct request *r);
extern const struct member members_update_takes[];
struct problem *members_delete(struct request *r);
struct problem *teams_transfer(struct request *r);
extern const struct member teams_transfer_takes[];
struct problem *invitations_create(struct request *r);
extern const struct member invitations_create_takes[];
struct problem *invitations_show(struct request *r);
struct problem *invitations_revoke(struct request *r);
struct problem *invitations_look(struct request *r);
struct problem *invitations_accept(struct request *r);
extern const struct member invitation_takes[];

/* collections.c */
struct problem *collections_show(struct request *r);

/* records.c */
struct list;
/* The search and the filters of a query: q, and every parameter that the route's table does not name.  A field may be
 * filtered more than once. */
struct problem *records_read_filters(struct request *r, struct list *list) MUST_CHECK;
struct problem *records_list(struct request *r);
extern const struct member records_list_takes[];
struct problem *records_create(struct request *r);
extern const struct member records_create_takes[];
struct problem *records_read(struct request *r);
extern const struct member records_read_takes[];
struct problem *records_update(struct request *r);
extern const struct member records_update_takes[];
struct problem *records_delete(struct request *r);
extern const struct member records_delete_takes[];
struct problem *records_history(struct request *r);
extern const struct member records_history_takes[];
struct problem *records_restore(struct request *r);
extern const struct member records_restore_takes[];

/* fleet.c */
struct problem *shifts_start(struct request *r);
struct problem *shifts_end(struct request *r);
extern const struct member shift_takes[];
struct problem *cars_reset(struct request *r);
extern const struct member cars_reset_takes[];
struct problem *roster_apply(struct request *r);
extern const struct member roster_apply_takes[];

/* presence.c */
struct problem *presence_report(struct request *r);
extern const struct member presence_report_takes[];
struct problem *presence_show(struct request *r);
struct problem *usage_report(struct request *r);
extern const struct member usage_report_takes[];
struct problem *usage_stats(struct request *r);
extern const struct member usage_stats_takes[];

/* report_fleet.c */
struct problem *reports_shift(struct request *r);
extern const struct member reports_shift_takes[];
struct problem *reports_fleet(struct request *r);
extern const struct member reports_fleet_takes[];

/* routine.c */
struct problem *routine_today_show(struct request *r);
extern const struct member routine_today_takes[];
struct problem *reports_routine(struct request *r);
extern const struct member reports_routine_takes[];

/* undo.c */
struct problem *undo_make(struct request *r);
extern const struct member undo_takes[];

/* transfer.c */
struct problem *imports_take_back(struct request *r);
extern const struct member imports_take_back_takes[];
struct problem *records_import(struct request *r);
extern const struct member records_import_takes[];
struct problem *records_export(struct request *r);
extern const struct member records_export_takes[];

/* restores.c */
struct problem *space_export_show(struct request *r);
extern const struct member space_export_takes[];
struct problem *auth_export(struct request *r);
struct problem *backups_put(struct request *r);
extern const struct member backups_put_takes[];
struct problem *backups_restore(struct request *r);
extern const struct member backups_restore_takes[];
struct problem *space_import(struct request *r);
extern const struct member space_import_takes[];

/* files.c */
struct upload_piece;
/* "Content-Range: bytes 0-1048575/3000000" says which piece the body is; without it the body is the whole. */
struct problem *files_read_piece(struct request *r, struct upload_piece *piece) MUST_CHECK;
struct problem *files_put(struct request *r);
extern const struct member files_put_takes[];
struct problem *files_read(struct request *r);
extern const struct member files_read_takes[];

/* heads.c */
struct problem *sync_stamps(struct request *r);
extern const struct member sync_stamps_takes[];
struct problem *sync_stamp(struct request *r);
struct problem *sync_head(struct request *r);
extern const struct member sync_head_takes[];
struct problem *sync_alarm(struct request *r);
extern const struct member sync_alarm_takes[];

/* sync.c */
struct problem *sync_changes(struct request *r);
enum {
	PUSH_OPS_MAX = 200 /* ops in one push */
};
extern const struct member sync_changes_takes[];
struct problem *sync_heads(struct request *r);
struct problem *sync_push(struct request *r);
extern const struct member sync_push_takes[];

/* devices.c */
struct problem *devices_list(struct request *r);
struct problem *devices_update(struct request *r);
extern const struct member devices_update_takes[];
struct problem *devices_delete(struct request *r);
struct problem *device_check_update(struct request *r);
extern const struct member device_check_update_takes[];
struct problem *device_mark_update(struct request *r);
struct problem *device_mark_synced(struct request *r);
extern const struct member device_takes[];
struct problem *device_notify_change(struct request *r);
extern const struct member device_notify_change_takes[];

/* audits.c */
struct problem *audits_list(struct request *r);
extern const struct member audits_list_takes[];

/* backups.c */
struct problem *backup_ask_for(struct request *r);
extern const struct member backup_make_takes[];
struct problem *backups_list(struct request *r);
extern const struct member backups_list_takes[];
struct problem *backups_read(struct request *r);
struct problem *backups_verify(struct request *r);
struct problem *backups_delete(struct request *r);

/* jobs.c */
struct problem *jobs_read(struct request *r);

/* report_expenses.c */
struct problem *reports_mileage(struct request *r);
extern const struct member reports_mileage_takes[];
struct problem *reports_logbook(struct request *r);
extern const struct member reports_logbook_takes[];
struct problem *mileage_suggested_start(struct request *r);
extern const struct member mileage_suggested_start_takes[];

/* reports.c */
struct problem *reports_work(struct request *r);
struct problem *reports_payroll(struct request *r);
extern const struct member report_takes[];
struct problem *reports_time(struct request *r);
extern const struct member reports_time_takes[];
struct problem *reports_month(struct request *r);
struct problem *reports_perdiem(struct request *r);
extern const struct member reports_month_takes[];

/* operations.c */
struct problem *health(struct request *r);
struct problem *metrics(struct request *r);
struct problem *client_errors(struct request *r);

#endif
