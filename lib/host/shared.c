/* shared.c -- the table that the processes of a host share: buckets of entries, and for every subject the moments of
 * its last change.
 *
 * Changes are counted by one clock.  A subject has two stamps of it: when its last change began (before the COMMIT) and
 * when it was done (after).  An entry that was read is known as of the clock before its SELECT: if a change is done
 * later, the SELECT may have missed it, and the entry is in doubt.  An entry that a process wrote itself, under the
 * lock of a row, is known as of the clock at which its own COMMIT began: another writer gets the lock after that
 * COMMIT, so a later change begins later, and the entry is in doubt from then on. */
#include "host/shared.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LAYOUT = 4,           /* another number for every change of the structures below */
	SUBJECTS = 8192,      /* two that share a place only doubt each other's entries */
	NOTES = 8192,
	BUCKET_ENTRIES = 4,
	BUCKETS = SHARED_PLACES / BUCKET_ENTRIES, /* of each kind */
	LOCK_WAIT_MS = 5,
	EVERYBODY = 0         /* the place of DB_EVERYBODY */
};

/* Of one entry. */
struct entry {
	unsigned char key[SHARED_KEY_SIZE];
	uint64_t clock;      /* 0: no entry */
	int64_t read_at, used_at;
	bool written;
	uint16_t subject_count, size;
	uint16_t subjects[SHARED_SUBJECTS_MAX];
	unsigned char value[SHARED_VALUE_MAX];
};

struct bucket {
	struct entry entries[BUCKET_ENTRIES];
};

struct table {
	uint64_t layout, size;
	_Atomic uint64_t clock;
	_Atomic int64_t watched_at; /* when the watcher last ended a round; at first, when the table was made */
	_Atomic uint64_t begun[SUBJECTS], done[SUBJECTS];
	_Atomic uint64_t notes[NOTES];
	_Atomic uint64_t counts[SHARED_COUNT_COUNT];
	_Atomic bool filled[SHARED_KIND_COUNT][BUCKETS]; /* whether an entry was ever kept there */
	pthread_mutex_t locks[SHARED_KIND_COUNT][BUCKETS];
	struct bucket buckets[SHARED_KIND_COUNT][BUCKETS];
};

static struct table *table; /* NULL: none */
static struct shared_moment commit_moment;
static _Atomic uint64_t own_notes[NOTES]; /* of a process without a table */

/* --- time --- */

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct shared_moment
shared_moment(void)
{
	if (table == NULL)
		return (struct shared_moment){ 0 };
	return (struct shared_moment){ .at = now_ms(), .clock = atomic_load(&table->clock) };
}

struct shared_moment
shared_commit_moment(void)
{
	return commit_moment;
}

/* --- subjects --- */

/* Ids are random in their last bytes, so these are the hash. */
static size_t
place_of(const struct db_change *subject)
{
	uint64_t n;

	if (subject->subject == DB_EVERYBODY)
		return EVERYBODY;
	memcpy(&n, subject->id + DB_ID_SIZE - sizeof n, sizeof n);
	return 1 + (n ^ n >> 29) * (2 * (uint64_t)subject->subject + 1) % (SUBJECTS - 1);
}

static void
raise(_Atomic uint64_t *stamp, uint64_t to)
{
	uint64_t was = atomic_load(stamp);

	while (was < to && !atomic_compare_exchange_weak(stamp, &was, to))
		continue;
}

/* The row of a space also says where it begins (min_seq), so its head is in doubt with it. */
void
shared_changed(const struct db_change *changes, size_t count, bool done)
{
	_Atomic uint64_t *stamps = done ? table->done : table->begun;
	uint64_t clock = atomic_fetch_add(&table->clock, 1) + 1;

	for (size_t i = 0; i < count; i++) {
		struct db_change head = changes[i];

		raise(&stamps[place_of(&changes[i])], clock);
		head.subject = DB_HEAD;
		if (changes[i].subject == DB_SPACE)
			raise(&stamps[place_of(&head)], clock);
	}
	if (!done)
		commit_moment = (struct shared_moment){ .clock = clock, .at = now_ms() };
}

static bool
unchanged(size_t place, uint64_t since, bool written)
{
	return atomic_load(&table->begun[place]) <= since && (written || atomic_load(&table->done[place]) <= since);
}

static bool
in_doubt(const struct entry *e)
{
	if (e->clock == 0 || !unchanged(EVERYBODY, e->clock, e->written))
		return true;
	for (size_t i = 0; i < e->subject_count; i++)
		if (!unchanged(e->subjects[i], e->clock, e->written))
			return true;
	return false;
}

/* --- buckets --- */

/* Lock a bucket, or NULL.  What a dead holder left may be half written. */
static struct bucket *
lock(enum shared_kind kind, size_t i)
{
	struct timespec end;
	int error = pthread_mutex_trylock(&table->locks[kind][i]);

	if (error == EBUSY) {
		clock_gettime(CLOCK_MONOTONIC, &end);
		end.tv_nsec += LOCK_WAIT_MS * 1000000;
		end.tv_sec += end.tv_nsec / 1000000000;
		end.tv_nsec %= 1000000000;
		error = pthread_mutex_clocklock(&table->locks[kind][i], CLOCK_MONOTONIC, &end);
	}
	if (error == EOWNERDEAD) {
		memset(&table->buckets[kind][i], 0, sizeof(struct bucket));
		error = pthread_mutex_consistent(&table->locks[kind][i]);
	}
	return error == 0 ? &table->buckets[kind][i] : NULL;
}

static void
unlock(enum shared_kind kind, size_t i)
{
	pthread_mutex_unlock(&table->locks[kind][i]);
}

/* Even to read a bucket takes its memory, so whoever looks through all of them passes over those that nobody used. */
static struct bucket *
lock_filled(enum shared_kind kind, size_t i)
{
	return atomic_load(&table->filled[kind][i]) ? lock(kind, i) : NULL;
}

/* Keys are hashes, or end in the random bytes of an id. */
static size_t
bucket_of(const struct shared_key *key)
{
	uint64_t n;

	memcpy(&n, key->bytes + DB_ID_SIZE - sizeof n, sizeof n);
	return (n ^ n >> 32) % BUCKETS;
}

static struct entry *
entry_of(struct bucket *bucket, const struct shared_key *key)
{
	for (size_t i = 0; i < BUCKET_ENTRIES; i++) {
		struct entry *e = &bucket->entries[i];

		if (e->clock != 0 && memcmp(e->key, key->bytes, SHARED_KEY_SIZE) == 0)
			return e;
	}
	return NULL;
}

/* Where a new entry goes: an empty place, else that of the one used least recently. */
static struct entry *
room_in(struct bucket *bucket)
{
	struct entry *found = &bucket->entries[0];

	for (size_t i = 0; i < BUCKET_ENTRIES; i++) {
		struct entry *e = &bucket->entries[i];

		if (e->clock == 0)
			return e;
		if (e->used_at < found->used_at)
			found = e;
	}
	return found;
}

bool
shared_find(enum shared_kind kind, const struct shared_key *key, struct shared_value *value)
{
	size_t i = bucket_of(key);
	struct bucket *bucket;
	struct entry *e;
	int64_t now;
	bool good;

	if (table == NULL || (bucket = lock_filled(kind, i)) == NULL)
		return false;
	now = now_ms();
	e = entry_of(bucket, key);
	good = e != NULL && now - e->read_at < SHARED_FRESH_MS && !in_doubt(e);
	if (e != NULL)
		e->used_at = now;
	if (good) {
		value->size = e->size;
		memcpy(value->bytes, e->value, e->size);
	}
	unlock(kind, i);
	return good;
}

void
shared_keep(enum shared_kind kind, const struct shared_key *key, const struct shared_value *value,
    struct shared_moment moment, const struct db_change *subjects, size_t count, bool written)
{
	size_t i = bucket_of(key);
	struct bucket *bucket;
	struct entry *e;

	if (table == NULL || moment.clock == 0 || count > SHARED_SUBJECTS_MAX || value->size > SHARED_VALUE_MAX ||
	    (bucket = lock(kind, i)) == NULL)
		return;
	e = entry_of(bucket, key);
	atomic_store(&table->filled[kind][i], true);
	if (e == NULL || e->clock <= moment.clock || in_doubt(e)) {
		int64_t used_at = e != NULL ? e->used_at : now_ms();

		e = e != NULL ? e : room_in(bucket);
		e->clock = 0;
		memcpy(e->key, key->bytes, SHARED_KEY_SIZE);
		memcpy(e->value, value->bytes, value->size);
		for (size_t s = 0; s < count; s++)
			e->subjects[s] = (uint16_t)place_of(&subjects[s]);
		e->subject_count = (uint16_t)count;
		e->size = (uint16_t)value->size;
		e->read_at = moment.at;
		e->used_at = used_at;
		e->written = written;
		e->clock = moment.clock;
	}
	unlock(kind, i);
}

void
shared_drop(enum shared_kind kind, const struct shared_key *key)
{
	size_t i = bucket_of(key);
	struct bucket *bucket;
	struct entry *e;

	if (table == NULL || (bucket = lock(kind, i)) == NULL)
		return;
	if ((e = entry_of(bucket, key)) != NULL)
		e->clock = 0;
	unlock(kind, i);
}

/* --- for the watcher --- */

static bool
is_due(const struct entry *e, int64_t now)
{
	return e->clock != 0 && now - e->used_at < SHARED_IN_USE_MS && now - e->read_at >= SHARED_DUE_MS;
}

static void
copy_entry(const struct entry *e, struct shared_entry *to)
{
	memcpy(to->key.bytes, e->key, SHARED_KEY_SIZE);
	to->value.size = e->size;
	memcpy(to->value.bytes, e->value, e->size);
}

size_t
shared_due(enum shared_kind kind, size_t *position, struct shared_entry *entries, size_t max)
{
	int64_t now = now_ms();
	size_t count = 0;

	while (table != NULL && *position < BUCKETS && count + BUCKET_ENTRIES <= max) {
		size_t i = (*position)++;
		struct bucket *bucket = lock_filled(kind, i);

		if (bucket == NULL)
			continue;
		for (size_t n = 0; n < BUCKET_ENTRIES; n++)
			if (is_due(&bucket->entries[n], now))
				copy_entry(&bucket->entries[n], &entries[count++]);
		unlock(kind, i);
	}
	return count;
}

/* The clock of an entry only moves on: another process may have asked later. */
void
shared_confirm(enum shared_kind kind, const struct shared_entry *entry, struct shared_moment moment)
{
	size_t i = bucket_of(&entry->key);
	struct bucket *bucket;
	struct entry *e;

	if (table == NULL || moment.clock == 0 || (bucket = lock(kind, i)) == NULL)
		return;
	e = entry_of(bucket, &entry->key);
	if (e != NULL && e->clock <= moment.clock && e->size == entry->value.size &&
	    memcmp(e->value, entry->value.bytes, e->size) == 0) {
		e->clock = moment.clock;
		e->read_at = moment.at;
		e->written = false;
	}
	unlock(kind, i);
}

void
shared_watched(void)
{
	if (table != NULL)
		atomic_store(&table->watched_at, now_ms());
}

/* --- for operators --- */

const char *
shared_word(int64_t *watched_ms)
{
	*watched_ms = table != NULL ? now_ms() - atomic_load(&table->watched_at) : 0;
	if (table == NULL)
		return "none";
	return *watched_ms < SHARED_LATE_MS ? "usable" : "late";
}

size_t
shared_taken(enum shared_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; table != NULL && i < BUCKETS; i++) {
		struct bucket *bucket = lock_filled(kind, i);

		if (bucket == NULL)
			continue;
		for (size_t n = 0; n < BUCKET_ENTRIES; n++)
			count += bucket->entries[n].clock != 0;
		unlock(kind, i);
	}
	return count;
}

/* --- notes: 32 bits of the tag and the second, in one word --- */

static uint64_t
second(void)
{
	return (uint64_t)now_ms() / 1000 & 0xffffffff;
}

static _Atomic uint64_t *
note_of(uint64_t tag)
{
	return table != NULL ? &table->notes[tag % NOTES] : &own_notes[tag % NOTES];
}

bool
shared_noted(uint64_t tag, int seconds)
{
	uint64_t note = atomic_load(note_of(tag));

	return note != 0 && note >> 32 == tag >> 32 && second() - (note & 0xffffffff) < (uint64_t)seconds;
}

void
shared_note(uint64_t tag)
{
	atomic_store(note_of(tag), (tag & 0xffffffff00000000) | second());
}

void
shared_forget(uint64_t tag)
{
	uint64_t note = atomic_load(note_of(tag));

	if (note >> 32 == tag >> 32)
		atomic_compare_exchange_strong(note_of(tag), &note, 0);
}

/* --- making and opening --- */

static void
make_locks(struct table *t)
{
	pthread_mutexattr_t how;

	pthread_mutexattr_init(&how);
	pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST);
	for (size_t kind = 0; kind < SHARED_KIND_COUNT; kind++)
		for (size_t i = 0; i < BUCKETS; i++)
			pthread_mutex_init(&t->locks[kind][i], &how);
	pthread_mutexattr_destroy(&how);
}

static struct table *
map(int fd)
{
	struct table *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return t == MAP_FAILED ? NULL : t;
}

int
shared_make(void)
{
	int fd = memfd_create("daybook", MFD_CLOEXEC);
	struct table *t;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, sizeof(*t)) != 0 || (t = map(fd)) == NULL) {
		close(fd);
		return -1;
	}
	make_locks(t);
	t->size = sizeof(*t);
	atomic_store(&t->clock, 1);
	atomic_store(&t->watched_at, now_ms());
	t->layout = LAYOUT;
	munmap(t, sizeof(*t));
	return fd;
}

bool
shared_open(int fd)
{
	struct stat about;
	struct table *t;

	if (table != NULL || fstat(fd, &about) != 0 || about.st_size != (off_t)sizeof(*t) || (t = map(fd)) == NULL)
		return false;
	if (t->layout != LAYOUT || t->size != sizeof(*t)) {
		munmap(t, sizeof(*t));
		return false;
	}
	table = t;
	db_listen(shared_changed);
	return true;
}

void
shared_close(void)
{
	if (table == NULL)
		return;
	db_listen(NULL);
	munmap(table, sizeof(*table));
	table = NULL;
}

bool
shared_is_open(void)
{
	return table != NULL;
}

/* --- counts --- */

void
shared_count(enum shared_count count, uint64_t more)
{
	if (table != NULL)
		atomic_fetch_add_explicit(&table->counts[count], more, memory_order_relaxed);
}

uint64_t
shared_counted(enum shared_count count)
{
	return table == NULL ? 0 : atomic_load_explicit(&table->counts[count], memory_order_relaxed);
}
