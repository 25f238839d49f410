/* doctor_host.c -- checks the table that the processes of this machine share (host/shared.h), by the parent's
 * descriptor of it. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/doctor.h"
#include "host/shared.h"

/* Open the descriptor of the folder /proc/N/fd that is the table; -1 when none is, or nobody may look there. */
static int
find_table(const char *folder, bool *readable)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int found = -1;

	*readable = dir != NULL;
	while (dir != NULL && found < 0 && (entry = readdir(dir)) != NULL) {
		char target[PATH_MAX] = "";

		if (readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1) > 0 &&
		    strncmp(target, "/memfd:daybook", strlen("/memfd:daybook")) == 0)
			found = openat(dirfd(dir), entry->d_name, O_RDWR | O_CLOEXEC);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static void
say_open_table(struct doctor *d, long long kib)
{
	int64_t watched_ms;
	const char *word = shared_word(&watched_ms);

	if (watched_ms >= SHARED_LATE_MS)
		doctor_warn(d, "shared table", "Until the watcher is back, every request asks the database: the log "
		    "says what keeps it (event=watch); systemctl reload daybook starts another.",
		    "%s; the watcher last ended a round %lld s ago", word, (long long)watched_ms / 1000);
	else
		doctor_good(d, "shared table", "%s; of %d places each, callers take %zu, heads %zu, "
		    "lists of spaces %zu; %lld KiB are in use", word, SHARED_PLACES, shared_taken(SHARED_CALLER),
		    shared_taken(SHARED_HEAD), shared_taken(SHARED_SPACES), kib);
}

static void
say_table(struct doctor *d, int fd)
{
	struct stat about;

	if (fstat(fd, &about) != 0 || !shared_open(fd)) {
		doctor_warn(d, "shared table", "systemctl restart daybook: until then every request asks the database.",
		    "none; that of the parent is of another build than this program");
		return;
	}
	say_open_table(d, (long long)about.st_blocks / 2);
	shared_close();
}

void
doctor_table(struct doctor *d)
{
	bool readable;
	int fd;

	if (d->parent <= 0)
		return;
	fd = find_table(arena_printf(d->worker->arena, "/proc/%ld/fd", d->parent), &readable);
	if (!readable)
		doctor_warn(d, "shared table", "Run the doctor as the user that Daybook runs as.",
		    "nobody else may look at it");
	else if (fd < 0)
		doctor_warn(d, "shared table", "The log of the start says why (event=table); without it every request "
		    "asks the database.", "none; the parent could not make it");
	else
		say_table(d, fd);
	if (fd >= 0)
		close(fd);
}
