/* doctor_rights.c -- checks what the database's users may do: that of requests no more than they need, that of the
 * housekeeper and daybookctl enough. */
#include <stdio.h>

#include "ctl/ctl.h"
#include "ctl/doctor.h"
#include "store/grants.h"

/* With one user a request could do whatever a migration can. */
static void
say_one_user(struct doctor *d, bool cgi)
{
	if (cgi)
		doctor_good(d, "database users", "%s does all", d->worker->config.db_user);
	else
		doctor_warn(d, "database users",
		    "Set db_admin_user, and give db_user what daybookctl grants prints: deploy/README.md, step 2.",
		    "requests use %s, who may change the schema and the audit", d->worker->config.db_user);
}

static void
check_rights(struct doctor *d)
{
	struct worker *w = d->worker;
	const char *user = w->config.db_user;
	struct grants_seen seen;
	struct problem *p = grants_look(w->db, w->arena, w->config.db_name, &seen);

	if (p != NULL) {
		doctor_bad(d, "rights", "Ask again when the database answers.", "%s",
		    p->cause != NULL ? p->cause : p->detail);
		return;
	}
	if (seen.lacks != NULL)
		doctor_bad(d, "rights", "As the database's administrator: daybookctl grants | mariadb",
		    "%s lacks %s", user, seen.lacks);
	if (seen.beyond != NULL)
		doctor_bad(d, "rights", arena_printf(w->arena,
		    "As the database's administrator, between two times daybookctl grants | mariadb: %s",
		    seen.revoke),
		    "%s may do more than requests need: %s", user, seen.beyond);
	if (seen.lacks == NULL && seen.beyond == NULL)
		doctor_good(d, "rights", "%s can neither change the schema nor what the audit says", user);
}

static void
check_admin_rights(struct doctor *d)
{
	struct worker *w = d->worker;
	const char *lacks, *user = w->config.db_admin_user;
	struct problem *p = grants_look_admin(d->admin, w->arena, w->config.db_name, &lacks);

	if (p != NULL)
		doctor_bad(d, "admin's rights", "Ask again when the database answers.", "%s",
		    p->cause != NULL ? p->cause : p->detail);
	else if (lacks != NULL)
		doctor_bad(d, "admin's rights", "As the database's administrator: daybookctl grants --admin | mariadb",
		    "%s lacks %s", user, lacks);
	else
		doctor_good(d, "admin's rights", "%s can migrate, erase and tidy", user);
}

void
doctor_rights(struct doctor *d, bool cgi)
{
	if (ctl_two_users(&d->worker->config))
		check_rights(d);
	else
		say_one_user(d, cgi);
	check_admin_rights(d);
}
