/* compat.h -- the endpoints in the wire formats of other systems, by file, and how a path finds its dialect.  Rows of
 * routes.c name them. */
#ifndef COMPAT_H
#define COMPAT_H

#include "http/dialect.h"
#include "http/member.h"

/* The dialect of a path, or NULL for Daybook's own API.  path may be NULL. */
const struct dialect *dialect_of(const char *path);

/* cars.c */
struct problem *compat_cars_health(struct request *r);
struct problem *compat_cars_list(struct request *r);
struct problem *compat_cars_create(struct request *r);
extern const struct member compat_cars_create_takes[];
struct problem *compat_cars_read(struct request *r);
struct problem *compat_cars_update(struct request *r);
extern const struct member compat_cars_update_takes[];
struct problem *compat_cars_delete(struct request *r);
struct problem *compat_cars_changes(struct request *r);
extern const struct member compat_cars_changes_takes[];
/* cars_audit.c, cars_notices.c */
struct problem *compat_cars_audit(struct request *r);
extern const struct member compat_cars_audit_takes[];
struct problem *compat_notices_subscribe(struct request *r);
extern const struct member compat_notices_subscribe_takes[];
struct problem *compat_notices_unsubscribe(struct request *r);
extern const struct member compat_notices_unsubscribe_takes[];
struct problem *compat_notices_send(struct request *r);
extern const struct member compat_notices_send_takes[];
/* cars_shifts.c */
struct problem *compat_cars_reset(struct request *r);
extern const struct member compat_cars_reset_takes[];
struct problem *compat_shifts_list(struct request *r);
extern const struct member compat_shifts_list_takes[];
struct problem *compat_shifts_act(struct request *r);
extern const struct member compat_shifts_act_takes[];
/* cars_people.c */
struct problem *compat_sessions_start(struct request *r);
extern const struct member compat_sessions_start_takes[];
struct problem *compat_sessions_active(struct request *r);
struct problem *compat_sessions_beat(struct request *r);
struct problem *compat_sessions_end(struct request *r);
struct problem *compat_usage_add(struct request *r);
extern const struct member compat_usage_add_takes[];
struct problem *compat_usage_stats(struct request *r);
extern const struct member compat_usage_stats_takes[];

/* expenses.c, expenses_access.c, expenses_people.c */
struct problem *compat_expenses_about(struct request *r);
struct problem *compat_expenses_health(struct request *r);
struct problem *compat_expenses_login(struct request *r);
struct problem *compat_expenses_employee_login(struct request *r);
extern const struct member compat_expenses_login_takes[];
struct problem *compat_expenses_verify(struct request *r);
struct problem *compat_expenses_logout(struct request *r);
struct problem *compat_expenses_employees(struct request *r);
extern const struct member compat_expenses_employees_takes[];
struct problem *compat_expenses_employee(struct request *r);
/* expenses_days.c, expenses_image.c, expenses_receipts.c, expenses_trips.c */
struct problem *compat_expenses_hours_delete(struct request *r);
extern const struct member compat_expenses_hours_delete_takes[];
struct problem *compat_expenses_receipt_file(struct request *r);
struct problem *compat_expenses_reorder(struct request *r);
extern const struct member compat_expenses_reorder_takes[];
struct problem *compat_expenses_upload(struct request *r);
/* expenses_deciding.c, expenses_figures.c, expenses_reports.c, expenses_save.c */
struct problem *compat_expenses_report_create(struct request *r);
extern const struct member compat_expenses_report_create_takes[];
struct problem *compat_expenses_report_delete(struct request *r);
struct problem *compat_expenses_summary(struct request *r);
extern const struct member compat_expenses_summary_takes[];
struct problem *compat_expenses_status(struct request *r);
extern const struct member compat_expenses_status_takes[];
struct problem *compat_expenses_approval(struct request *r);
extern const struct member compat_expenses_approval_takes[];
struct problem *compat_expenses_statistics(struct request *r);
extern const struct member compat_expenses_statistics_takes[];
struct problem *compat_expenses_report(struct request *r);
struct problem *compat_expenses_reports(struct request *r);
extern const struct member compat_expenses_reports_takes[];
struct problem *compat_expenses_save(struct request *r);
extern const struct member compat_expenses_save_takes[];
/* expenses_employ.c, expenses_history.c, expenses_notices.c, expenses_options.c */
struct problem *compat_expenses_employ(struct request *r);
extern const struct member compat_expenses_employ_takes[];
struct problem *compat_expenses_report_history(struct request *r);
struct problem *compat_expenses_notices(struct request *r);
struct problem *compat_expenses_notices_count(struct request *r);
extern const struct member compat_expenses_notices_count_takes[];
struct problem *compat_expenses_notice_read(struct request *r);
struct problem *compat_expenses_categories(struct request *r);
struct problem *compat_expenses_descriptions(struct request *r);
struct problem *compat_expenses_reasons(struct request *r);
struct problem *compat_expenses_rules(struct request *r);
struct problem *compat_expenses_monthly_rules(struct request *r);
struct problem *compat_expenses_preferences(struct request *r);
struct problem *compat_expenses_prefer(struct request *r);
extern const struct member compat_expenses_prefer_takes[];
struct problem *compat_expenses_suggest(struct request *r);
extern const struct member compat_expenses_suggest_takes[];
/* expenses_rows.c, expenses_write.c: of whatever resource the path names */
struct problem *compat_expenses_list(struct request *r);
extern const struct member compat_expenses_list_takes[];
struct problem *compat_expenses_read(struct request *r);
struct problem *compat_expenses_create(struct request *r);
extern const struct member compat_expenses_create_takes[];
struct problem *compat_expenses_update(struct request *r);
extern const struct member compat_expenses_update_takes[];
struct problem *compat_expenses_delete(struct request *r);
extern const struct member compat_expenses_delete_takes[];

/* routines.c, routines_home.c, routines_rxdb.c */
struct problem *compat_routines_login(struct request *r);
extern const struct member compat_routines_login_takes[];
struct problem *compat_routines_logout(struct request *r);
struct problem *compat_routines_home(struct request *r);
struct problem *compat_routines_check(struct request *r);
extern const struct member compat_routines_check_takes[];
struct problem *compat_routines_mark(struct request *r);
struct problem *compat_routines_synced(struct request *r);
extern const struct member compat_routines_device_takes[];
struct problem *compat_routines_notify(struct request *r);
extern const struct member compat_routines_notify_takes[];
struct problem *compat_routines_pull(struct request *r);
extern const struct member compat_routines_pull_takes[];
struct problem *compat_routines_push(struct request *r);
extern const struct member compat_routines_push_takes[];

#endif
