/* mariadb.c -- starts and ends the private MariaDB of a test.  Small settings: many may run on a small machine. */
#include "mariadb.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "place.h"

enum {
	START_TRIES = 1200, /* of 50 ms: a busy machine may need long */
	END_TRIES = 600,    /* the same, before a server that does not end is killed */
	PATH_SIZE = 160
};

static const char options[] =
    "[server]\n"
    "skip-networking\n"
    "skip-log-bin\n"
    "debug-no-sync\n" /* a killed process loses nothing it has written; no test cuts the power */
    "innodb-flush-method=fsync\n"
    "loose-innodb-log-file-buffering=ON\n"
    "innodb-buffer-pool-size=32M\n"
    "innodb-log-file-size=8M\n"
    "innodb-flush-log-at-trx-commit=2\n"
    "performance-schema=OFF\n"
    "character-set-server=latin1\n" /* unlike ours, so that what we forget to say shows */
    "sql-mode=\n"
    "transaction-isolation=SERIALIZABLE\n"
    "default-time-zone=+05:00\n";

/* A temporary folder of its own: a server that starts throws away what it finds of another's in a shared one. */
static int
write_options(const struct mariadb *m)
{
	char path[PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/my.cnf", m->folder);
	file = fopen(path, "we");
	if (file == NULL)
		return -1;
	fprintf(file, "%stmpdir=%s\n", options, m->folder);
	return fclose(file);
}

/* Runs in the child: never returns.  What the program says goes to the folder's log. */
static void
become(const struct mariadb *m, char *const words[])
{
	char log[PATH_SIZE];
	int out;

	snprintf(log, sizeof(log), "%s/log", m->folder);
	out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execvp(words[0], words);
	_exit(127);
}

static pid_t
start_program(const struct mariadb *m, char *const words[])
{
	pid_t pid = fork();

	if (pid == 0)
		become(m, words);
	return pid;
}

static int
run_program(const struct mariadb *m, char *const words[])
{
	pid_t pid = start_program(m, words);
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, "%s: %s %d\n", words[0], WIFSIGNALED(status) ? "signal" : "status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return -1;
}

static int
install_into(const struct mariadb *m, const char *folder)
{
	char defaults[PATH_SIZE], datadir[PATH_SIZE], user[PATH_SIZE];
	char program[] = "mariadb-install-db";
	char method[] = "--auth-root-authentication-method=normal";
	char bare[] = "--skip-test-db";
	char force[] = "--force"; /* a machine may not even know its own name */
	struct passwd *me = getpwuid(geteuid());

	snprintf(defaults, sizeof(defaults), "--defaults-file=%s/my.cnf", m->folder);
	snprintf(datadir, sizeof(datadir), "--datadir=%s", folder);
	snprintf(user, sizeof(user), "--user=%s", me != NULL ? me->pw_name : "");
	return run_program(m, (char *[]){ program, defaults, datadir, user, method, bare, force, NULL });
}

/* Several programs of one run share what the first of them installs: each begins with a copy.
 * The others wait for it meanwhile. */
static int
install_shared(const struct mariadb *m, const char *shared, char *data)
{
	char program[] = "cp", archive[] = "-a", reflink[] = "--reflink=auto", sparse[] = "--sparse=always";
	char source[PATH_SIZE], fresh[PATH_SIZE], lock[PATH_SIZE];
	int file, failed = 0;

	snprintf(source, sizeof(source), "%s", shared);
	snprintf(fresh, sizeof(fresh), "%s.new", shared);
	snprintf(lock, sizeof(lock), "%s.lock", shared);
	file = open(lock, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || flock(file, LOCK_EX) != 0)
		return -1;
	if (access(source, F_OK) != 0)
		failed = install_into(m, fresh) != 0 || rename(fresh, source) != 0;
	close(file);
	return failed ? -1 : run_program(m, (char *[]){ program, archive, reflink, sparse, source, data, NULL });
}

static int
install(const struct mariadb *m)
{
	const char *shared = getenv("DAYBOOK_TEST_UNIT_DATABASE");
	char data[PATH_SIZE];

	if (write_options(m) != 0)
		return -1;
	snprintf(data, sizeof(data), "%s/data", m->folder);
	return shared != NULL && strlen(shared) < PATH_SIZE - 8
	    ? install_shared(m, shared, data) : install_into(m, data);
}

/* How likely it is that a line of a log says the reason: the higher, the likelier. */
static int
weight(const char *line)
{
	if (strstr(line, "[ERROR]") != NULL)
		return 3;
	if (strcasestr(line, "error") != NULL || strcasestr(line, "fatal") != NULL ||
	    strcasestr(line, "cannot") != NULL)
		return 2;
	return line[0] != '\n';
}

/* What the programs said, before the folder goes, and last which line of it is most likely the reason. */
static void
complain(const struct mariadb *m, const char *what)
{
	char path[PATH_SIZE], line[1024], reason[1024] = "it said nothing\n";
	FILE *file;
	int most = 0;

	snprintf(path, sizeof(path), "%s/log", m->folder);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		fputs(line, stderr);
		if (weight(line) < most)
			continue;
		most = weight(line);
		memcpy(reason, line, sizeof(reason));
	}
	if (file != NULL)
		fclose(file);
	fprintf(stderr, "ERROR: %s: %s", what, reason);
}

static void
wait_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
}

static int
has_ended(pid_t pid)
{
	return waitpid(pid, NULL, WNOHANG) == pid;
}

/* The settings without the name of a database, which may not exist yet. */
static int
answers(const struct mariadb *m, const char *sql)
{
	struct db_settings settings = m->settings;
	struct arena *a = arena_new();
	struct db *db;
	int good;

	settings.name = NULL;
	db = db_new(&settings);
	good = db_execute(db, a, sql) == NULL;
	db_free(db);
	arena_free(a);
	return good;
}

static int
wait_for_server(struct mariadb *m)
{
	for (int i = 0; i < START_TRIES; i++) {
		if (answers(m, "SELECT 1"))
			return 0;
		if (has_ended(m->pid)) {
			m->pid = 0;
			break;
		}
		wait_a_little();
	}
	mariadb_end(m, SIGKILL);
	complain(m, "mariadbd did not start");
	return -1;
}

int
mariadb_launch(struct mariadb *m)
{
	char defaults[PATH_SIZE], datadir[PATH_SIZE], socket[PATH_SIZE], user[PATH_SIZE], program[] = "mariadbd";
	struct passwd *me = getpwuid(geteuid());

	snprintf(defaults, sizeof(defaults), "--defaults-file=%s/my.cnf", m->folder);
	snprintf(datadir, sizeof(datadir), "--datadir=%s/data", m->folder);
	snprintf(socket, sizeof(socket), "--socket=%s", m->socket);
	snprintf(user, sizeof(user), "--user=%s", me != NULL ? me->pw_name : "");
	m->pid = start_program(m, (char *[]){ program, defaults, datadir, socket, user, NULL });
	return m->pid > 0 ? wait_for_server(m) : -1;
}

/* The signal stops one thread after the other: only the parent is told when the last of them has stopped. */
int
mariadb_pause(const struct mariadb *m)
{
	int status;

	kill(m->pid, SIGSTOP);
	return waitpid(m->pid, &status, WUNTRACED) == m->pid && WIFSTOPPED(status) ? 0 : -1;
}

void
mariadb_resume(const struct mariadb *m)
{
	kill(m->pid, SIGCONT);
}

void
mariadb_end(struct mariadb *m, int signal)
{
	pid_t pid = m->pid;

	m->pid = 0;
	if (pid <= 0)
		return;
	kill(pid, signal);
	kill(pid, SIGCONT); /* one that was stopped hears nothing else */
	for (int i = 0; signal != SIGKILL && i < END_TRIES; i++) {
		if (has_ended(pid))
			return;
		wait_a_little();
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int
mariadb_start(struct mariadb *m)
{
	*m = (struct mariadb){ 0 };
	if (mkdtemp(place_of("db", m->folder, sizeof(m->folder))) == NULL)
		return -1;
	snprintf(m->socket, sizeof(m->socket), "%s/s", m->folder);
	m->settings = (struct db_settings){ .socket = m->socket, .user = "root", .name = "daybook" };
	if (install(m) != 0) {
		complain(m, "mariadb-install-db failed");
		return -1;
	}
	if (mariadb_launch(m) != 0)
		return -1;
	return answers(m, "CREATE DATABASE daybook CHARACTER SET utf8mb4 COLLATE utf8mb4_bin") ? 0 : -1;
}

void
mariadb_stop(struct mariadb *m)
{
	char program[] = "rm", recursive[] = "-rf";

	mariadb_end(m, SIGTERM);
	if (m->folder[0] != '\0')
		run_program(m, (char *[]){ program, recursive, m->folder, NULL });
}
