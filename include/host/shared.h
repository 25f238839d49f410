/* shared.h -- a table in memory that the processes of one host share, so that a request need not ask the database what
 * is known already.  The parent makes it and its children inherit it.  A process without it (a CGI program,
 * daybookctl, a test) finds nothing in it and keeps nothing: it always asks the database.
 *
 * An entry is a copy of what the database said, and is used only while nobody can know better:
 *  - the database has said so within the last SHARED_FRESH_MS.  That bounds how late a change is seen that another host
 *    or an operator made.  The watcher asks again for the entries in use, so that they stay fresh;
 *  - no process of this host has changed it since.  db.h tells of every CHANGE; lib/host/README.md says why that is
 *    exact.
 * If in doubt, there is no entry.
 *
 * The table has a fixed size.  In each bucket the entry that was used least recently makes room.  It holds no pointers.
 * Each bucket has a lock that passes on when its holder dies; the bucket is then emptied.  Nobody waits for a lock
 * longer than a few milliseconds: who does not get it finds nothing. */
#ifndef SHARED_H
#define SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

enum {
	SHARED_FRESH_MS = 1000,  /* the age at which an entry is no longer used */
	SHARED_DUE_MS = 300,     /* the age at which the watcher asks again */
	SHARED_IN_USE_MS = 15000, /* an entry that nobody has used for so long is left to age */
	SHARED_LATE_MS = 5000,    /* a watcher that has not ended a round for so long is late */
	SHARED_PLACES = 4096,     /* for entries of each kind */
	SHARED_KEY_SIZE = 32,
	SHARED_VALUE_MAX = 1024,
	SHARED_SUBJECTS_MAX = 36 /* of one entry */
};

enum shared_kind {
	SHARED_CALLER,  /* a token, in a space: who it is */
	SHARED_HEAD,    /* a space: its epoch, its past and where it begins (host/head.h) */
	SHARED_SPACES,  /* a user: the spaces they are in */
	SHARED_KIND_COUNT
};

/* The moment before a question to the database.  What it answers is known as of then. */
struct shared_moment {
	uint64_t clock; /* counts changes */
	int64_t at;     /* milliseconds since the host was started, suspension included */
};

struct shared_key {
	unsigned char bytes[SHARED_KEY_SIZE];
};

/* What an entry is, as the caller keeps it or gets it. */
struct shared_value {
	size_t size;
	unsigned char bytes[SHARED_VALUE_MAX];
};

/* Make the table.  Returns its descriptor, which is closed on exec, or -1 (errno says why). */
int shared_make(void);

/* Use the table behind a descriptor from now on, and hear what this process changes (db_listen).  False when it is no
 * table, or one of another build of this program; the process then goes on without one. */
bool shared_open(int fd);

/* Stop using it. */
void shared_close(void);

/* Whether this process has a table. */
bool shared_is_open(void);

/* Put entries in doubt by what changes, as db_listen tells it.  shared_open has it told of what this process does. */
void shared_changed(const struct db_change *changes, size_t count, bool done);

/* The present moment: take it before the question. */
struct shared_moment shared_moment(void);

/* The moment at which the last COMMIT of this process began.  What it wrote under a lock is known as of then. */
struct shared_moment shared_commit_moment(void);

/* Copy an entry.  False when there is none, or it is in doubt. */
bool shared_find(enum shared_kind kind, const struct shared_key *key, struct shared_value *value);

/* Keep an entry, unless a better one is there.  subjects are those whose change puts it in doubt.  written: this
 * process has itself written it, under a lock that makes writers wait for each other, and moment is
 * shared_commit_moment. */
void shared_keep(enum shared_kind kind, const struct shared_key *key, const struct shared_value *value,
    struct shared_moment moment, const struct db_change *subjects, size_t count, bool written);

/* Forget an entry. */
void shared_drop(enum shared_kind kind, const struct shared_key *key);

/* For the watcher: copy up to max entries that are in use and due to be asked about, from *position on, which begins as
 * 0 and moves on.  Returns how many; 0 at the end. */
struct shared_entry {
	struct shared_key key;
	struct shared_value value;
};
size_t shared_due(enum shared_kind kind, size_t *position, struct shared_entry *entries, size_t max);

/* The database has said at moment that an entry still holds.  Nothing happens if the entry has been replaced by another
 * value meanwhile. */
void shared_confirm(enum shared_kind kind, const struct shared_entry *entry, struct shared_moment moment);

/* The watcher has ended a round: all entries in use that still hold are fresh. */
void shared_watched(void);

/* How the table is, in a word for operators: "usable"; "late" when the watcher is; "none" when this process has none.
 * *watched_ms is the time since the watcher ended a round, or since the table was made. */
const char *shared_word(int64_t *watched_ms);

/* How many entries of a kind there are; there can be SHARED_PLACES. */
size_t shared_taken(enum shared_kind kind);

/* What the processes of this host count together, from the start of the parent on. */
enum shared_count {
	SHARED_ANSWERS_1XX, /* by the class of their status */
	SHARED_ANSWERS_2XX,
	SHARED_ANSWERS_3XX,
	SHARED_ANSWERS_4XX,
	SHARED_ANSWERS_5XX,
	SHARED_ANSWERS_MS,  /* the milliseconds that they took, in all */
	SHARED_COUNT_COUNT
};

/* Add to a count, and read it.  A process without the table counts nothing, and reads 0. */
void shared_count(enum shared_count count, uint64_t more);
uint64_t shared_counted(enum shared_count count);

/* Whether something named by tag (a hash) was noted within the last so many seconds; and note it now, or forget it.
 * Rarely a note is lost because another takes its place, which costs a write more.  A process without the table has
 * notes of its own. */
bool shared_noted(uint64_t tag, int seconds);
void shared_note(uint64_t tag);
void shared_forget(uint64_t tag);

#endif
