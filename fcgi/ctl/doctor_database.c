/* doctor_database.c -- checks the database: the server, its settings, the schema, every statement. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "account/person.h"
#include "base/instant.h"
#include "ctl/ctl.h"
#include "ctl/doctor.h"
#include "store/migrate.h"
#include "upkeep/quotas.h"
#include "upkeep/witness.h"

enum {
	MARIADB_LEAST = 1011, /* 10.11 */
	MYSQL_LEAST = 800,    /* 8.0 */
	PACKET_LEAST = 4 << 20,
	CLOCK_DIFFERENCE_MOST = 2000 /* milliseconds */
};

/* The value of a server variable, or "". */
static const char *
variable(const struct rows *rows, const char *name)
{
	size_t i;

	for (i = 0; i < rows->count; i++)
		if (strcmp(row_text(rows, i, VARIABLE_NAME), name) == 0 && row_text(rows, i, VARIABLE_VALUE) != NULL)
			return row_text(rows, i, VARIABLE_VALUE);
	return "";
}

static void
say_problem(struct doctor *d, const char *what, const char *mend, const struct problem *p)
{
	doctor_bad(d, what, mend, "%s", p->cause != NULL ? p->cause : p->detail);
}

static void
check_version(struct doctor *d, const struct rows *rows)
{
	const char *text = variable(rows, "version");
	bool maria = strstr(text, "MariaDB") != NULL;
	int major = 0, minor = 0;

	if (sscanf(text, "%d.%d", &major, &minor) != 2 || major * 100 + minor < (maria ? MARIADB_LEAST : MYSQL_LEAST))
		doctor_bad(d, "server", "Use MariaDB 10.11 or newer.", "%s is too old", text);
	else if (!maria)
		doctor_warn(d, "server", "Run the test suite against it before you rely on it.",
		    "MySQL %s: Daybook is tested with MariaDB", text);
	else
		doctor_good(d, "server", "%s", text);
}

static void
check_session(struct doctor *d, const struct rows *rows)
{
	static const char mend[] =
	    "Daybook sets this when it connects; something between takes it back (a proxy, init_connect).";
	const char *isolation = variable(rows, "tx_isolation");

	if (*isolation == '\0')
		isolation = variable(rows, "transaction_isolation");
	if (strcmp(variable(rows, "time_zone"), "+00:00") != 0)
		doctor_bad(d, "session", mend, "the time zone is %s", variable(rows, "time_zone"));
	else if (strstr(variable(rows, "sql_mode"), "STRICT_ALL_TABLES") == NULL)
		doctor_bad(d, "session", mend, "sql_mode is not strict: %s", variable(rows, "sql_mode"));
	else if (strcmp(isolation, "READ-COMMITTED") != 0)
		doctor_bad(d, "session", mend, "the isolation level is %s", isolation);
	else
		doctor_good(d, "session", "UTC, strict, READ COMMITTED");
}

static void
check_server_settings(struct doctor *d, const struct rows *rows)
{
	long long packet = atoll(variable(rows, "max_allowed_packet"));

	if (packet < PACKET_LEAST)
		doctor_bad(d, "max_allowed_packet", "Set max_allowed_packet = 16M in the server's configuration.",
		    "%lld bytes; large imports fail", packet);
	else
		doctor_good(d, "max_allowed_packet", "%lld MiB", packet >> 20);
	if (strcmp(variable(rows, "innodb_flush_log_at_trx_commit"), "1") != 0)
		doctor_warn(d, "durability", "Set innodb_flush_log_at_trx_commit = 1: "
		    "otherwise a power cut loses the last second of answered writes.",
		    "innodb_flush_log_at_trx_commit is %s", variable(rows, "innodb_flush_log_at_trx_commit"));
	else
		doctor_good(d, "durability", "every commit is on disk before it is answered");
	if (strcmp(variable(rows, "read_only"), "OFF") != 0)
		doctor_bad(d, "read_only", "Point the settings at the server that takes writes.",
		    "the server is read-only");
}

/* Check the disk of a server on this machine; that of a remote server cannot be checked. */
static void
check_data_disk(struct doctor *d, const struct rows *rows)
{
	const char *folder = variable(rows, "datadir");
	struct statvfs st;
	unsigned long long percent;

	if (d->worker->config.db_socket == NULL || statvfs(folder, &st) != 0 || st.f_blocks == 0)
		return;
	percent = (unsigned long long)st.f_bavail * 100 / st.f_blocks;
	if (percent < 5)
		doctor_bad(d, "data disk", "Make room: a full disk stops every write.",
		    "%llu %% are free at %s", percent, folder);
	else if (percent < 15)
		doctor_warn(d, "data disk", "Make room before it is full.", "%llu %% are free at %s", percent, folder);
	else
		doctor_good(d, "data disk", "%llu %% are free at %s", percent, folder);
}

static bool
check_server(struct doctor *d)
{
	struct worker *w = d->worker;
	struct rows *rows;
	struct problem *p = db_run(w->db, w->arena, SQL(DOCTOR_VARIABLES), NULL, 0, &rows);

	if (p != NULL) {
		say_problem(d, "database", db_was_denied(w->db)
		    ? "As the database's administrator: daybookctl grants | mariadb"
		    : "Start the server, or correct db_socket, db_host, db_user, db_password_file, db_name in the "
		      "settings.", p);
		return false;
	}
	check_version(d, rows);
	check_session(d, rows);
	check_server_settings(d, rows);
	check_data_disk(d, rows);
	return true;
}

static bool
check_schema(struct doctor *d)
{
	struct worker *w = d->worker;
	struct problem *p;
	int version;

	if ((p = migrate_version(d->admin, w->arena, &version)) != NULL) {
		say_problem(d, "schema", "Run daybookctl migrate.", p);
		return false;
	}
	if (version > SCHEMA_NEWEST)
		doctor_bad(d, "schema", "Install the newer program.",
		    "%d; this program knows up to %d", version, SCHEMA_NEWEST);
	else if (version < SCHEMA_NEWEST)
		doctor_bad(d, "schema", "Run daybookctl migrate.", "%d; this program wants %d", version, SCHEMA_NEWEST);
	else
		doctor_good(d, "schema", "%d", version);
	return version >= SCHEMA_OLDEST;
}

static void
check_live(struct doctor *d)
{
	struct worker *w = d->worker;
	struct problem *p = database_live(d->admin, w->arena);
	enum witness found;
	const char *when;

	if (p != NULL)
		say_problem(d, "live",
		    "When the dump is loaded whole, run daybookctl restore: it gives every space a new epoch.", p);
	else if ((p = witness_look(d->admin, w->arena, &w->config, &found, &when)) != NULL)
		say_problem(d, "live", "Run daybookctl migrate.", p);
	else if (found == WITNESS_OTHER)
		doctor_bad(d, "live", "Load the right one, or if this one is to stay, run daybookctl restore --again: "
		    "every device loads everything again and sends what is missing.",
		    "%s", witness_text(w->arena, when));
	else if (found == WITNESS_KNOWN)
		doctor_good(d, "live", "in use, and the one that this machine last wrote to, at %s", when);
	else
		doctor_good(d, "live", "in use; nothing in state_dir tells yet whether it was set back");
}

static void
check_tables(struct doctor *d)
{
	struct worker *w = d->worker;
	struct rows *rows;
	struct problem *p = db_run(d->admin, w->arena, SQL(DOCTOR_TABLES), NULL, 0, &rows);
	size_t i;

	if (p != NULL) {
		say_problem(d, "tables", "Let db_admin_user read its own tables' entries in information_schema.", p);
		return;
	}
	for (i = 0; i < rows->count; i++)
		doctor_bad(d, "tables",
		    arena_printf(w->arena, "ALTER TABLE %s ENGINE = InnoDB", row_text(rows, i, TABLE_NAME)),
		    "%s is kept in %s, which knows no transactions", row_text(rows, i, TABLE_NAME),
		    row_text(rows, i, TABLE_ENGINE));
	if (rows->count == 0)
		doctor_good(d, "tables", "all InnoDB");
}

static void
check_spaces(struct doctor *d)
{
	const struct call call = worker_call(d->worker);
	int count = 0;
	struct problem *p = quotas_near(&call, &count);

	if (p != NULL)
		say_problem(d, "spaces", "Run daybookctl migrate.", p);
	else if (count > 0)
		doctor_warn(d, "spaces",
		    "daybookctl space list --above 90 names them, and space limit gives one more room.",
		    "%d hold %d %% or more of what they may", count, QUOTA_NEAR_PERCENT);
	else
		doctor_good(d, "spaces", "all hold less than %d %% of what they may", QUOTA_NEAR_PERCENT);
}

static void
check_statements(struct doctor *d)
{
	struct worker *w = d->worker;
	struct statement statement;
	size_t i, bad = 0;

	for (i = 0; ctl_statement(w->arena, i, &statement); i++) {
		bool admins = i < STATEMENT_COUNT && statement_is_admins((enum statement_id)i);
		struct problem *p = db_check(admins ? d->admin : w->db, w->arena, statement.text, NULL);

		if (p == NULL)
			continue;
		say_problem(d, "statement", admins
		    ? "As the database's administrator: daybookctl grants --admin | mariadb; or run daybookctl migrate."
		    : "As the database's administrator: daybookctl grants | mariadb; or run daybookctl migrate.", p);
		bad++;
	}
	if (bad == 0)
		doctor_good(d, "statements", "all %zu can be prepared", i);
}

/* Compare the clocks.  Half of the round trip counts as the delay. */
static void
check_clock(struct doctor *d)
{
	struct worker *w = d->worker;
	int64_t before = instant_now(), after, theirs, difference;
	struct rows *rows;
	struct problem *p = db_run(w->db, w->arena, SQL(DOCTOR_CLOCK), NULL, 0, &rows);

	after = instant_now();
	if (p != NULL || rows->count != 1)
		return;
	theirs = row_instant(rows, 0, CLOCK_NOW);
	difference = theirs - (before + after) / 2;
	if (difference > CLOCK_DIFFERENCE_MOST || difference < -CLOCK_DIFFERENCE_MOST)
		doctor_bad(d, "clock", "Let both machines follow NTP.",
		    "the database is %" PRId64 " ms away from this machine", difference);
	else
		doctor_good(d, "clock", "the database is %" PRId64 " ms away from this machine", difference);
}

/* The database as the admin; the same as db_user when there is no other. */
static bool
check_admin(struct doctor *d)
{
	struct worker *w = d->worker;
	struct rows *rows;
	struct problem *p = db_run(d->admin, w->arena, SQL(DOCTOR_CLOCK), NULL, 0, &rows);

	if (p != NULL)
		say_problem(d, "admin", "Correct db_admin_user or db_admin_password_file in the settings: the "
		    "housekeeper and daybookctl need them.", p);
	return p == NULL;
}

void
doctor_database(struct doctor *d, bool cgi)
{
	if (!check_server(d) || !check_admin(d))
		return;
	check_clock(d);
	check_tables(d);
	if (!check_schema(d))
		return;
	check_live(d);
	check_spaces(d);
	doctor_alarms(d);
	check_statements(d);
	doctor_rights(d, cgi);
}
