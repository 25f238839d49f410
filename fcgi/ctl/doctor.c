/* doctor.c -- daybookctl doctor: checks this installation.  Each check prints one line, and a second one that says how
 * to mend what is bad.  Files, limits and processes are checked here; the database and the web server in files of their
 * own. */
#include "ctl/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/instant.h"
#include "ctl/ctl.h"
#include "model/collection.h"
#include "rules/rules.h"

enum {
	BACKLOG_WANTED = 1024,
	FILES_WANTED = 1024,
	MEGABYTES_NEEDED = 64,
	MEGABYTES_WANTED = 1024,
	FOR_OTHERS = 0007,
	WRITABLE_BY_OTHERS = 0022
};

struct order {
	const char *url; /* or NULL */
	bool cgi;        /* a web server starts daybook for each request: there is no parent */
};

/* --- files --- */

static void
check_settings_file(struct doctor *d)
{
	const char *path = d->worker->config_path;
	struct stat st;

	if (stat(path, &st) != 0)
		doctor_bad(d, "settings", "Check the path.", "%s: %s", path, strerror(errno));
	else if ((st.st_mode & WRITABLE_BY_OTHERS) != 0)
		doctor_bad(d, "settings", arena_printf(d->worker->life, "chmod 640 %s", path),
		    "%s can be changed by others", path);
	else
		doctor_good(d, "settings", "%s", path);
}

/* Check a file that holds a secret: only this user may be able to read it. */
static void
check_secret(struct doctor *d, const char *what, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		doctor_bad(d, what, "Make the file, or correct its path in the settings.",
		    "%s: %s", path, strerror(errno));
	else if (access(path, R_OK) != 0)
		doctor_bad(d, what, "Let the user that Daybook runs as read it.", "%s: %s", path, strerror(errno));
	else if ((st.st_mode & (FOR_OTHERS | WRITABLE_BY_OTHERS)) != 0)
		doctor_bad(d, what, arena_printf(d->worker->life, "chmod 600 %s", path),
		    "%s is open to others (mode %04o)", path, (unsigned)st.st_mode & 07777u);
	else
		doctor_good(d, what, "%s is private", path);
}

static void
check_keys(struct doctor *d)
{
	struct worker *w = d->worker;
	struct dirent **entries;
	int count = ctl_key_files(w->config.keys, &entries), i;
	struct problem *p;

	if (count <= 0) {
		if (count == 0)
			free(entries);
		doctor_bad(d, "keys", "Run daybookctl key create as the user that Daybook runs as.",
		    "there is no key in %s", w->config.keys);
		return;
	}
	for (i = 0; i < count; i++) {
		check_secret(d, "key", arena_printf(w->life, "%s/%s", w->config.keys, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	p = token_ring_load(w->life, w->config.keys, w->config.issuers, w->config.issuer, &w->ring);
	if (p != NULL)
		doctor_bad(d, "keys", "Correct or remove the file that is named.",
		    "%s", p->cause != NULL ? p->cause : p->detail);
	else
		doctor_good(d, "keys", "%d, all good%s", count, w->config.issuers != NULL ? ", other issuers too" : "");
}

static void
check_definitions(struct doctor *d)
{
	struct worker *w = d->worker;
	struct problem *p = collections_load(w->life, w->config.definitions, rules, &w->collections);

	if (p == NULL)
		p = formats_load(w->life, formats_folder(w->life, w->config.schema), w->collections, &w->formats);
	if (p != NULL)
		doctor_bad(d, "definitions", "Correct the file that is named; no worker starts before.",
		    "%s", p->cause != NULL ? p->cause : p->detail);
	else
		doctor_good(d, "definitions", "%zu collections in %s", w->collections->count, w->config.definitions);
}

/* Check the free space for pid and lock files, and for files that a web server buffers there. */
static void
check_space(struct doctor *d, const char *what, const char *path)
{
	struct statvfs st;
	unsigned long long megabytes;

	if (statvfs(path, &st) != 0)
		return;
	megabytes = (unsigned long long)st.f_bavail * st.f_frsize >> 20;
	if (megabytes < MEGABYTES_NEEDED)
		doctor_bad(d, what, "Make room: a full disk stops every write.",
		    "%llu MiB are free at %s", megabytes, path);
	else if (megabytes < MEGABYTES_WANTED)
		doctor_warn(d, what, "Make room before it is full.", "%llu MiB are free at %s", megabytes, path);
	else
		doctor_good(d, what, "%llu GiB are free at %s", megabytes >> 10, path);
}

static void
check_run_dir(struct doctor *d)
{
	const char *path = d->worker->config.run_dir;

	if (access(path, W_OK | X_OK) != 0)
		doctor_bad(d, "run_dir", "Make the folder and give it to the user that Daybook runs as.",
		    "%s: %s", path, strerror(errno));
	else
		doctor_good(d, "run_dir", "%s can be written to", path);
	check_space(d, "disk", path);
}

/* --- the machine --- */

static void
check_zones(struct doctor *d)
{
	if (zone_known("Europe/Berlin") && zone_known("America/New_York"))
		doctor_good(d, "time zones", "are known");
	else
		doctor_bad(d, "time zones", "Install tzdata: days and shifts are counted in people's own zones.",
		    "are not known");
}

static void
check_file_limit(struct doctor *d)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < FILES_WANTED)
		doctor_warn(d, "open files", "Raise the limit (LimitNOFILE= or ulimit -n).",
		    "at most %llu", (unsigned long long)limit.rlim_cur);
	else
		doctor_good(d, "open files", "at least %d", FILES_WANTED);
}

static void
check_backlog(struct doctor *d)
{
	FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");
	long limit = 0;

	if (file == NULL)
		return;
	if (fscanf(file, "%ld", &limit) == 1 && limit < BACKLOG_WANTED)
		doctor_warn(d, "backlog",
		    "sysctl -w net.core.somaxconn=1024: when the queue is full, nginx answers 502.",
		    "net.core.somaxconn is %ld", limit);
	else
		doctor_good(d, "backlog", "net.core.somaxconn is %ld", limit);
	fclose(file);
}

/* --- processes --- */

/* Check whether the parent runs: it holds a lock on its pid file. */
static void
check_parent(struct doctor *d)
{
	const char *path = arena_printf(d->worker->life, "%s/daybook.pid", d->worker->config.run_dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = "";

	if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0) {
		doctor_bad(d, "parent", "Start it (systemctl start daybook); under plain CGI use doctor --cgi.",
		    "does not run with %s", d->worker->config.run_dir);
	} else {
		if (read(fd, text, sizeof(text) - 1) > 0)
			d->parent = atol(text);
		doctor_good(d, "parent", "runs as process %ld", d->parent);
	}
	if (fd >= 0)
		close(fd);
}

static bool
read_words(int argc, char **argv, struct order *order)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--cgi") == 0)
			order->cgi = true;
		else if (strcmp(argv[i], "--url") == 0 && i + 1 < argc)
			order->url = argv[++i];
		else
			return false;
	}
	return order->url == NULL || strncmp(order->url, "http://", 7) == 0;
}

/* Run the checks in the order of dependence: files first, the web server last. */
static void
examine(struct doctor *d, const struct order *order)
{
	const struct config *config = &d->worker->config;

	check_settings_file(d);
	if (config->db_password_file != NULL)
		check_secret(d, "database password", config->db_password_file);
	if (ctl_two_users(config) && config->db_admin_password_file != NULL)
		check_secret(d, "admin's password", config->db_admin_password_file);
	check_keys(d);
	check_definitions(d);
	check_run_dir(d);
	check_zones(d);
	check_file_limit(d);
	if (!order->cgi)
		check_backlog(d);
	doctor_database(d, order->cgi);
	if (!order->cgi) {
		check_parent(d);
		doctor_table(d);
		doctor_socket(d);
	}
	if (order->url != NULL)
		doctor_web(d, order->url);
}

int
ctl_doctor(struct worker *w, int argc, char **argv)
{
	struct order order = { 0 };
	struct doctor d = { .worker = w };
	struct db_settings admin;
	const char *config_path = w->config_path;

	if (!read_words(argc, argv, &order))
		return ctl_usage("doctor [--cgi] [--url http://HOST:PORT]\n\n"
		    "Looks at settings, keys, definitions, database and processes; with --url at the web server too.\n"
		    "--cgi: a web server starts Daybook for each request, so no parent is expected.\n"
		    "Run it as the user that Daybook runs as.");
	arena_free(w->arena);
	arena_free(w->life);
	if (worker_open_settings(w, config_path) != 0) {
		doctor_bad(&d, "settings", "Correct the line that is named above.", "cannot be read");
		return CTL_FAILED;
	}
	admin = w->db_settings;
	admin.user = w->config.db_admin_user;
	admin.password_file = w->config.db_admin_password_file;
	d.admin = db_new(&admin);
	examine(&d, &order);
	db_free(d.admin);
	printf("\n%d bad, %d to be looked at.\n", d.bad, d.warnings);
	return d.bad == 0 ? CTL_OK : CTL_FAILED;
}
