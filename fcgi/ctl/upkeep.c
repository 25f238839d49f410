/* upkeep.c -- daybookctl migrate, key and tidy: the schema, the signing keys, and deleting what has expired. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/mail.h"
#include "ctl/ctl.h"
#include "model/view.h"
#include "rules/rules.h"
#include "store/grants.h"
#include "store/migrate.h"
#include "upkeep/erase.h"
#include "upkeep/quotas.h"
#include "upkeep/tidy.h"
#include "upkeep/undated.h"

enum {
	MAILS_MOST = 1000 /* the rest is sent by the next call */
};

static void
say(const char *line)
{
	puts(line);
	fflush(stdout);
}

bool
ctl_two_users(const struct config *config)
{
	return strcmp(config->db_user, config->db_admin_user) != 0;
}

/* A new table is nobody's but the admin's.  Whether the server lets db_user in at all is for the doctor to say. */
static void
tell_of_grants(struct worker *w)
{
	struct db_settings settings = w->db_settings;
	struct grants_seen seen;
	struct problem *p;
	struct db *db;

	if (!ctl_two_users(&w->config))
		return;
	settings.user = w->config.db_user;
	settings.password_file = w->config.db_password_file;
	db = db_new(&settings);
	if ((p = grants_look(db, w->arena, w->config.db_name, &seen)) != NULL ? db_was_denied(db) : seen.lacks != NULL)
		printf("%s lacks %s.\nAs the database's administrator: daybookctl grants | mariadb\n",
		    settings.user, p != NULL ? "its rights" : seen.lacks);
	db_free(db);
}

int
ctl_migrate(struct worker *w, int argc, char **argv)
{
	struct call call = { .db = w->db, .a = w->arena };
	struct problem *p;
	int version;
	size_t views, converted;

	(void)argv;
	if (argc != 1)
		return ctl_usage("migrate");
	if ((p = collections_load(w->life, w->config.definitions, rules, &call.set)) != NULL ||
	    (p = migrate_run(w->db, w->arena, w->config.schema, say)) != NULL ||
	    (p = migrate_version(w->db, w->arena, &version)) != NULL ||
	    (p = undated_convert(&call, &converted)) != NULL ||
	    (p = views_create(&call, &views)) != NULL)
		return ctl_refuse(p);
	printf("The database has schema %d", version);
	if (views == call.set->count)
		printf(" and a view for each of %zu collections.\n", views);
	else
		printf("; its user may not create views, so there are none for reports in SQL.\n");
	if (converted > 0)
		printf("What people are paid by has days now: in %zu spaces it holds from 1970-01-01.\n", converted);
	tell_of_grants(w);
	return CTL_OK;
}

/* Read a number of days, which may be negative.  False when text is anything else. */
static bool
read_days(const char *text, int *days)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || n < -36500 || n > 36500)
		return false;
	*days = (int)n;
	return true;
}

int
ctl_tidy(struct worker *w, int argc, char **argv)
{
	const struct call call = worker_call(w);
	struct tidy_limits limits = { w->config.op_days, w->config.tombstone_days };
	struct tidy_counts counts = { 0 };
	struct erased erased;
	struct problem *p;
	int days = 0, sent, full = 0;

	if (argc != 1 && (argc != 3 || strcmp(argv[1], "--shift-days") != 0 || !read_days(argv[2], &days)))
		return ctl_usage("tidy [--shift-days N]\n\n"
		    "With --shift-days the round looks at everything as if it were N days later: for tests.");
	if ((p = tidy_run(w->db, w->arena, &limits, days, &counts)) != NULL)
		return ctl_refuse(p);
	printf("Deleted: %" PRId64 " tombstones, %" PRId64 " outcomes of ops, %" PRId64 " sessions, %" PRId64
	    " counts of failed attempts, %" PRId64 " uploads, %" PRId64 " files.\n",
	    counts.tombstones, counts.ops, counts.sessions, counts.throttles, counts.uploads, counts.files);
	if ((p = erase_due(&call, days, &erased)) != NULL)
		return ctl_refuse(p);
	printf("Erased: %" PRId64 " deleted teams, %" PRId64 " deleted accounts.\n", erased.spaces, erased.users);
	if ((p = quotas_near(&call, &full)) != NULL)
		return ctl_refuse(p);
	if (full > 0)
		printf("Nearly full: %d spaces; daybookctl space list --above %d names them.\n",
		    full, QUOTA_NEAR_PERCENT);
	if ((p = mail_send(w->db, w->arena, &w->config, MAILS_MOST, &sent)) != NULL)
		return ctl_refuse(p);
	if (mail_is_set_up(&w->config))
		printf("Sent: %d messages.\n", sent);
	return CTL_OK;
}

static int
is_key(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && strcmp(entry->d_name + length - 4, ".key") == 0;
}

int
ctl_key_files(const char *folder, struct dirent ***entries)
{
	return scandir(folder, entries, is_key, alphasort);
}

static int
list_keys(const char *folder)
{
	struct dirent **entries;
	int count = ctl_key_files(folder, &entries), i;

	if (count < 0) {
		fprintf(stderr, "daybookctl: %s: %s\n", folder, strerror(errno));
		return CTL_FAILED;
	}
	for (i = 0; i < count; i++) {
		printf("%.*s%s\n",
		    (int)strlen(entries[i]->d_name) - 4, entries[i]->d_name, i == count - 1 ? "\tsigns" : "");
		free(entries[i]);
	}
	free(entries);
	return CTL_OK;
}

static int
create_key(struct worker *w)
{
	struct problem *p;

	if ((p = token_key_create(w->arena, w->config.keys)) != NULL)
		return ctl_refuse(p);
	printf("A new key is in %s.  Send the parent SIGHUP (systemctl reload daybook) so that it signs; "
	    "the older ones may go %d minutes later.\n", w->config.keys, w->config.access_minutes);
	return CTL_OK;
}

int
ctl_key(struct worker *w, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "create") == 0)
		return create_key(w);
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list_keys(w->config.keys);
	return ctl_usage("key create | list\n\nThe newest key by name signs, all of them are good.");
}
