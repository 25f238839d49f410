/* measure.c -- takes the figures that monitoring reads, and keeps them in the table measure. */
#include "upkeep/measure.h"

#include <string.h>
#include <sys/statvfs.h>

#include "store/statement.h"

/* A figure that a query reads, by the place of its column. */
struct taken {
	const char *name, *label;
	size_t column;
};

/* A query of one row, and its figures. */
struct taking {
	enum statement_id query;
	struct taken taken[8];
};

/* clang-format off */
static const struct taking of_stamps = { STATEMENT_MEASURE_STAMPS, {
	{ "unstamped_spaces", "", TAKEN_STAMPS_WAITING },
	{ "unstamped_seconds", "", TAKEN_STAMPS_OLDEST } } };

static const struct taking takings[] = {
	{ STATEMENT_MEASURE_SPACES, {
		{ "spaces", "personal", TAKEN_PERSONAL },
		{ "spaces", "team", TAKEN_TEAMS },
		{ "spaces", "deleted", TAKEN_DELETED },
		{ "records", "", TAKEN_RECORDS },
		{ "record_bytes", "", TAKEN_BYTES },
		{ "backup_bytes", "", TAKEN_BACKUP_BYTES } } },
	{ STATEMENT_MEASURE_USERS, {
		{ "users", "", COUNTED } } },
	{ STATEMENT_MEASURE_MAIL, {
		{ "mail", "waiting", TAKEN_MAIL_WAITING },
		{ "mail", "failed", TAKEN_MAIL_FAILED },
		{ "mail_oldest_seconds", "", TAKEN_MAIL_OLDEST } } },
	{ STATEMENT_MEASURE_JOBS, {
		{ "jobs", "waiting", TAKEN_JOBS_WAITING },
		{ "jobs", "running", TAKEN_JOBS_RUNNING },
		{ "jobs", "failed", TAKEN_JOBS_FAILED } } },
	{ STATEMENT_MEASURE_BACKUPS, {
		{ "backups", "whole", TAKEN_BACKUPS_WHOLE },
		{ "backups", "damaged", TAKEN_BACKUPS_DAMAGED },
		{ "backup_newest", "", TAKEN_BACKUPS_NEWEST } } },
	{ STATEMENT_MEASURE_LATE_BACKUPS, {
		{ "late_backups", "", COUNTED } } },
	{ STATEMENT_MEASURE_DATABASE, {
		{ "database_bytes", "", COUNTED } } },
};
/* clang-format on */

struct problem *
measure_put(struct db *db, struct arena *a, const char *name, const char *label, int64_t value)
{
	return db_run(db, a, SQL(MEASURE_PUT), VALUES(value_text(name), value_text(label), value_integer(value)),
	    NULL);
}

static struct problem *
take(struct db *db, struct arena *a, const struct taking *taking)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, statements[taking->query].text, NULL, 0, &rows)) != NULL || rows->count == 0)
		return p;
	for (const struct taken *t = taking->taken; t->name != NULL; t++)
		if ((p = measure_put(db, a, t->name, t->label, row_integer(rows, 0, t->column))) != NULL)
			return p;
	return NULL;
}

static struct problem *
forget(struct db *db, struct arena *a, const char *name, const char *label)
{
	return db_run(db, a, SQL(MEASURE_FORGET), VALUES(value_text(name), value_text(label)), NULL);
}

/* A folder that cannot be looked at has no figures, and those of before say nothing any more. */
static struct problem *
take_disk(struct db *db, struct arena *a, const char *label, const char *folder)
{
	struct problem *p;
	struct statvfs st;

	if (folder == NULL || statvfs(folder, &st) != 0 || st.f_blocks == 0) {
		p = forget(db, a, "disk_bytes", label);
		return p != NULL ? p : forget(db, a, "disk_free_bytes", label);
	}
	if ((p = measure_put(db, a, "disk_bytes", label, (int64_t)(st.f_blocks * st.f_frsize))) != NULL)
		return p;
	return measure_put(db, a, "disk_free_bytes", label, (int64_t)(st.f_bavail * st.f_frsize));
}

/* Where a database on this machine keeps its tables; NULL when it is elsewhere. */
static struct problem *
find_data(struct db *db, struct arena *a, const struct config *config, const char **folder)
{
	struct problem *p;
	struct rows *rows;

	*folder = NULL;
	if (config->db_socket == NULL)
		return NULL;
	if ((p = db_run(db, a, SQL(DOCTOR_VARIABLES), NULL, 0, &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(row_text(rows, i, VARIABLE_NAME), "datadir") == 0)
			*folder = row_text(rows, i, VARIABLE_VALUE);
	return NULL;
}

struct problem *
measures_take(struct db *db, struct arena *a, const struct config *config)
{
	struct problem *p;
	const char *data;

	for (size_t i = 0; i < sizeof(takings) / sizeof(takings[0]); i++)
		if ((p = take(db, a, &takings[i])) != NULL)
			return p;
	if (config->stamp_url != NULL && (p = take(db, a, &of_stamps)) != NULL)
		return p;
	if ((p = find_data(db, a, config, &data)) != NULL || (p = take_disk(db, a, "database", data)) != NULL)
		return p;
	return take_disk(db, a, "run", config->run_dir);
}

struct problem *
measures_read(struct db *db, struct arena *a, struct measures *measures)
{
	struct problem *p;
	struct rows *rows;
	struct measure *all;

	if ((p = db_run(db, a, SQL(MEASURES), NULL, 0, &rows)) != NULL)
		return p;
	all = arena_alloc(a, rows->count * sizeof(*all));
	for (size_t i = 0; i < rows->count; i++)
		all[i] = (struct measure){
			.name = row_text(rows, i, MEASURE_NAME),
			.label = row_text(rows, i, MEASURE_LABEL),
			.value = row_integer(rows, i, MEASURE_VALUE),
			.at = row_instant(rows, i, MEASURE_AT),
		};
	*measures = (struct measures){ all, rows->count };
	return NULL;
}

const struct measure *
measure_find(const struct measures *measures, const char *name, const char *label)
{
	for (size_t i = 0; i < measures->count; i++)
		if (strcmp(measures->all[i].name, name) == 0 && strcmp(measures->all[i].label, label) == 0)
			return &measures->all[i];
	return NULL;
}

int64_t
measure_of(const struct measures *measures, const char *name, const char *label)
{
	const struct measure *found = measure_find(measures, name, label);

	return found == NULL ? 0 : found->value;
}
