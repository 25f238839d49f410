/* witness.c -- the mark of the database that a file beside it remembers. */
#include "upkeep/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/statement.h"
#include "upkeep/alarm.h"

static const char set_back[] = "set-back";

enum {
	HEX_DIGITS = 32,
	FILE_MOST = 512
};

static const char accepted[] = "restored ";

/* What the file says.  mark is what the database had, next what it was about to get: between the two writes either may
 * be there.  restored is the last `restored …` that was taken, so that a dump with it is not taken again. */
struct noted {
	char id[HEX_DIGITS + 1], mark[HEX_DIGITS + 1], next[HEX_DIGITS + 1], restored[HEX_DIGITS + 1];
	char at[32];
};

/* ---- the file ---- */

/* The path, with the name of the database: two of them on one machine have a file each. */
static const char *
path_of(struct arena *a, const struct config *config)
{
	char *name = arena_printf(a, "%s", config->db_name);

	for (char *c = name; *c != '\0'; c++)
		if (*c == '/' || *c == '.')
			*c = '_';
	return arena_printf(a, "%s/witness-%s", config->state_dir, name);
}

/* Whoever owns the folder owns the file, also when root was first: the housekeeper writes it from then on. */
static void
give_to_owner(const struct config *config, int file)
{
	struct stat st;

	if (file >= 0 && geteuid() == 0 && stat(config->state_dir, &st) == 0 && fchown(file, st.st_uid, st.st_gid) != 0)
		log_line(LOG_LEVEL_WARN, "witness", "cause=\"its file cannot be given to the owner of state_dir\"");
}

/* Open and lock it; -1 when that cannot be done.  With make, it is made if it is absent. */
static int
open_file(struct arena *a, const struct config *config, bool make)
{
	const char *path = path_of(a, config);
	int file;

	if (make)
		(void)mkdir(config->state_dir, 0755);
	file = open(path, (make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (make)
		give_to_owner(config, file);
	if (file >= 0 && flock(file, make ? LOCK_EX : LOCK_SH) != 0) {
		close(file);
		file = -1;
	}
	return file;
}

/* False when nothing useful is in it. */
static bool
read_noted(int file, struct noted *noted)
{
	char text[FILE_MOST];
	ssize_t length = pread(file, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return false;
	text[length] = '\0';
	return sscanf(text, "id %32[0-9a-f]\nmark %32[0-9a-f]\nnext %32[0-9a-f]\nrestored %32[0-9a-f-]\nat %31s",
	    noted->id, noted->mark, noted->next, noted->restored, noted->at) == 5 &&
	    strlen(noted->id) == HEX_DIGITS && strlen(noted->next) == HEX_DIGITS;
}

static struct problem *
write_noted(struct arena *a, int file, const struct noted *noted)
{
	const char *text = arena_printf(a, "id %s\nmark %s\nnext %s\nrestored %s\nat %s\n",
	    noted->id, noted->mark, noted->next, noted->restored, noted->at);
	size_t length = strlen(text);

	if (pwrite(file, text, length, 0) == (ssize_t)length && ftruncate(file, (off_t)length) == 0 && fsync(file) == 0)
		return NULL;
	return problem_internal(a, "the file of the witness in state_dir cannot be written: %s", strerror(errno));
}

/* ---- the database ---- */

static const char *
row_name(struct arena *a, const struct noted *noted)
{
	return arena_printf(a, "witness:%s", noted->id);
}

/* The mark that the database has for this machine, or NULL. */
static struct problem *
read_mark(struct db *db, struct arena *a, const struct noted *noted, const char **mark)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(WITNESS_READ), VALUES(value_text(row_name(a, noted))), &rows)) != NULL)
		return p;
	*mark = rows->count == 0 ? NULL : row_text(rows, 0, WITNESS_MARK);
	return NULL;
}

/* The random part of "restored …", or NULL for a mark. */
static const char *
restored_part(const char *mark)
{
	return strncmp(mark, accepted, strlen(accepted)) == 0 ? mark + strlen(accepted) : NULL;
}

static bool
is_known(const struct noted *noted, const char *mark)
{
	const char *restored = mark == NULL ? NULL : restored_part(mark);

	if (mark == NULL)
		return false;
	if (restored != NULL)
		return strcmp(restored, noted->restored) != 0;
	return strcmp(mark, noted->mark) == 0 || strcmp(mark, noted->next) == 0;
}

/* ---- comparing ---- */

static void
copy_digits(char to[HEX_DIGITS + 1], const char *from)
{
	snprintf(to, HEX_DIGITS + 1, "%s", from);
}

/* Compare an open file, or none, with the database.  *mark is what the database has. */
static struct problem *
compare(struct db *db, struct arena *a, int file, struct noted *noted, const char **mark, enum witness *found)
{
	struct problem *p;

	*mark = NULL;
	if (file < 0 || !read_noted(file, noted)) {
		*found = file < 0 && errno != ENOENT ? WITNESS_NONE : WITNESS_NEW;
		return NULL;
	}
	if ((p = read_mark(db, a, noted, mark)) != NULL)
		return p;
	*found = is_known(noted, *mark) ? WITNESS_KNOWN : WITNESS_OTHER;
	return NULL;
}

static void
close_file(int file)
{
	if (file >= 0)
		close(file);
}

struct problem *
witness_look(struct db *db, struct arena *a, const struct config *config, enum witness *found, const char **when)
{
	int file = open_file(a, config, false);
	struct noted noted = { .at = "" };
	const char *mark;
	struct problem *p = compare(db, a, file, &noted, &mark, found);

	close_file(file);
	*when = arena_printf(a, "%s", noted.at);
	return p;
}

/* Give both a new mark: the file first, which then knows the one that the database has and the next one. */
static struct problem *
give_mark(struct db *db, struct arena *a, int file, struct noted *noted, const char *mark)
{
	const char *restored = mark == NULL ? NULL : restored_part(mark);
	struct problem *p;

	if (mark == NULL) {
		copy_digits(noted->id, random_hex(a));
		copy_digits(noted->restored, "-");
	}
	if (restored != NULL)
		copy_digits(noted->restored, restored);
	copy_digits(noted->next, random_hex(a));
	copy_digits(noted->mark, mark == NULL || restored != NULL ? noted->next : mark);
	snprintf(noted->at, sizeof(noted->at), "%s", instant_text(a, instant_now()));
	if ((p = write_noted(a, file, noted)) != NULL ||
	    (p = db_run(db, a, SQL(WITNESS_WRITE),
	    VALUES(value_text(row_name(a, noted)), value_text(noted->next)), NULL)) != NULL)
		return p;
	copy_digits(noted->mark, noted->next); /* the one before is an older state from now on */
	return write_noted(a, file, noted);
}

struct problem *
witness_renew(struct db *db, struct arena *a, const struct config *config, enum witness *found, const char **when)
{
	int file = open_file(a, config, true);
	struct noted noted = { .at = "" };
	const char *mark;
	struct problem *p;

	*when = "";
	if (file < 0) {
		*found = WITNESS_NONE;
		return NULL;
	}
	p = compare(db, a, file, &noted, &mark, found);
	*when = arena_printf(a, "%s", noted.at);
	if (p == NULL)
		p = *found == WITNESS_OTHER ? alarm_raise(db, a, set_back, "", witness_text(a, *when))
		    : give_mark(db, a, file, &noted, *found == WITNESS_NEW ? NULL : mark);
	close_file(file);
	return p;
}

struct problem *
witness_accept(struct db *db, struct arena *a, const struct config *config)
{
	int file = open_file(a, config, false);
	struct noted noted;
	bool known = file >= 0 && read_noted(file, &noted);
	struct problem *p;

	close_file(file);
	if (known && (p = db_run(db, a, SQL(WITNESS_WRITE),
	    VALUES(value_text(row_name(a, &noted)), value_text(noted.next)), NULL)) != NULL)
		return p;
	if ((p = db_run(db, a, SQL(WITNESS_ACCEPT), NULL, 0, NULL)) != NULL)
		return p;
	return alarm_clear(db, a, set_back, "");
}

const char *
witness_text(struct arena *a, const char *when)
{
	return arena_printf(a, "The database is not the one that this machine last wrote to, at %s: a dump was loaded "
	    "or a snapshot put back, or the settings name another one.", when);
}
