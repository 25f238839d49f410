/* metrics.c -- GET /metrics, in the text format of Prometheus (0.0.4): figures without anything about a person.  It
 * reads what the housekeeper measured within the last minutes, the alarms, and counts in shared memory, so a scrape
 * costs three short statements whatever the database holds. */
#include <string.h>

#include "api/api.h"
#include "host/shared.h"
#include "http/local.h"
#include "http/reply.h"
#include "store/migrate.h"
#include "upkeep/alarm.h"
#include "upkeep/measure.h"

/* One family: the measures of a name, each with its label. */
struct family {
	const char *measure; /* the name in the table measure */
	const char *name, *label, *help;
};

/* clang-format off */
static const struct family families[] = {
	{ "spaces", "daybook_spaces", "kind", "Spaces, by kind; deleted: teams, until and after they are erased." },
	{ "users", "daybook_users", NULL, "Accounts that are not deleted." },
	{ "records", "daybook_records", NULL, "Records that are not deleted." },
	{ "record_bytes", "daybook_record_bytes", NULL, "What records and their history count." },
	{ "backups", "daybook_backups", "state", "Backups of spaces, by state." },
	{ "backup_bytes", "daybook_backup_bytes", NULL, "What the backups of spaces take." },
	{ "backup_newest", "daybook_backup_newest_timestamp_seconds", NULL, "When a space was last backed up." },
	{ "late_backups", "daybook_late_backups", NULL, "Spaces whose changes wait for a backup for more than a day." },
	{ "operator_backup", "daybook_operator_backup_timestamp_seconds", NULL,
	    "When deploy/backup last made a whole one." },
	{ "jobs", "daybook_jobs", "state", "Jobs but mail, by state; failed: within a day." },
	{ "mail", "daybook_mail", "state", "Messages, by state; failed: given up within a day." },
	{ "mail_oldest_seconds", "daybook_mail_oldest_seconds", NULL, "How long the oldest message has waited." },
	{ "unstamped_spaces", "daybook_unstamped_spaces", NULL, "Spaces with writes that no authority has stamped." },
	{ "unstamped_seconds", "daybook_unstamped_oldest_seconds", NULL, "How long the oldest of these waits." },
	{ "database_bytes", "daybook_database_bytes", NULL, "What tables and their indexes take." },
	{ "disk_bytes", "daybook_disk_bytes", "disk", "The size of a disk." },
	{ "disk_free_bytes", "daybook_disk_free_bytes", "disk", "What is free on it." },
};
/* clang-format on */

/* ---- the format ---- */

static void
add_family(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* The value of a label: backslashes, quotes and ends of lines are escaped. */
static void
add_label(struct buf *out, const char *label, const char *value)
{
	buf_printf(out, "{%s=\"", label);
	for (; *value != '\0'; value++) {
		if (*value == '\n') {
			buf_text(out, "\\n");
			continue;
		}
		if (*value == '\\' || *value == '"')
			buf_char(out, '\\');
		buf_char(out, *value);
	}
	buf_text(out, "\"}");
}

static void
add_sample(struct buf *out, const char *name, const char *label, const char *value, int64_t number)
{
	buf_text(out, name);
	if (label != NULL)
		add_label(out, label, value);
	buf_printf(out, " %lld\n", (long long)number);
}

/* ---- what is told ---- */

static void
add_measures(struct buf *out, const struct measures *measures)
{
	int64_t oldest = 0;

	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		const struct family *family = &families[f];
		bool begun = false;

		for (size_t i = 0; i < measures->count; i++) {
			const struct measure *m = &measures->all[i];

			if (strcmp(m->name, family->measure) != 0)
				continue;
			if (!begun)
				add_family(out, family->name, "gauge", family->help);
			begun = true;
			add_sample(out, family->name, family->label, m->label, m->value);
			if (strcmp(m->name, "operator_backup") != 0 && (oldest == 0 || m->at < oldest))
				oldest = m->at;
		}
	}
	add_family(out, "daybook_measured_timestamp_seconds", "gauge",
	    "When the oldest of the figures above was taken: the housekeeper does it every few minutes; 0: never.");
	add_sample(out, "daybook_measured_timestamp_seconds", NULL, NULL, oldest / 1000);
}

static int64_t
alarms_of(const struct alarm_count *counts, size_t count, const char *kind)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(counts[i].kind, kind) == 0)
			return counts[i].count;
	return 0;
}

static struct problem *
add_alarms(struct request *r, struct buf *out)
{
	struct alarm_count *counts;
	struct problem *p;
	size_t count;

	if ((p = alarms_count(r->db, r->a, &counts, &count)) != NULL)
		return p;
	add_family(out, "daybook_alarms", "gauge", "What somebody has to look at, by kind.");
	for (size_t i = 0; alarm_kind(i) != NULL; i++)
		add_sample(out, "daybook_alarms", "kind", alarm_kind(i), alarms_of(counts, count, alarm_kind(i)));
	for (size_t i = 0; i < count; i++)
		if (!alarm_known(counts[i].kind))
			add_sample(out, "daybook_alarms", "kind", counts[i].kind, counts[i].count);
	return NULL;
}

static void
add_counts(struct buf *out)
{
	static const char *const classes[] = { "1xx", "2xx", "3xx", "4xx", "5xx" };
	uint64_t ms = shared_counted(SHARED_ANSWERS_MS);

	add_family(out, "daybook_answers_total", "counter", "Answers since the start, by the class of their status.");
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		add_sample(out, "daybook_answers_total", "class", classes[i],
		    (int64_t)shared_counted((enum shared_count)(SHARED_ANSWERS_1XX + i)));
	add_family(out, "daybook_answer_seconds_total", "counter", "How long those took, in all.");
	buf_printf(out, "daybook_answer_seconds_total %llu.%03u\n", (unsigned long long)(ms / 1000),
	    (unsigned)(ms % 1000));
}

static struct problem *
add_program(struct request *r, struct buf *out)
{
	struct problem *p;
	int schema;

	if ((p = migrate_version(r->db, r->a, &schema)) != NULL)
		return p;
	add_family(out, "daybook_build_info", "gauge", "The version of this program.");
	add_sample(out, "daybook_build_info", "version", DAYBOOK_VERSION, 1);
	add_family(out, "daybook_schema", "gauge", "The schema of the database.");
	add_sample(out, "daybook_schema", NULL, NULL, schema);
	add_family(out, "daybook_workers", "gauge", "Requests that are answered at the same time, at most.");
	add_sample(out, "daybook_workers", NULL, NULL, r->worker->config.workers);
	return NULL;
}

/* GET /metrics -- to this machine or with the token, if the setting metrics says so. */
struct problem *
metrics(struct request *r)
{
	struct measures measures;
	struct problem *p;
	struct buf out;

	if (!operator_asks(r))
		return problem_new(r->a, PROBLEM_FORBIDDEN,
		    "Figures are for the operator: see the settings metrics and metrics_token_file.");
	buf_init(&out, r->a);
	if ((p = add_program(r, &out)) != NULL || (p = measures_read(r->db, r->a, &measures)) != NULL)
		return p;
	add_measures(&out, &measures);
	if ((p = add_alarms(r, &out)) != NULL)
		return p;
	if (r->worker->of_parent)
		add_counts(&out);
	reply_header(r, "Cache-Control", "no-store");
	reply_stream_start(r, 200, "text/plain; version=0.0.4; charset=utf-8");
	reply_stream(r, out.text, out.length);
	return NULL;
}
