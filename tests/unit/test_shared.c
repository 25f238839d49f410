/* test_shared.c -- the table that the processes of a host share: while what an entry is believed, and that processes
 * which are killed at any moment leave nothing that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/crypto.h"
#include "host/head.h"
#include "host/shared.h"

#define ANNA "01a1fd70-0000-7000-8000-00000000000a"
#define BEN "01a1fd70-0000-7000-8000-00000000000b"
#define YARD "01a1fd70-0000-7000-8000-0000000000c1"
#define SHOP "01a1fd70-0000-7000-8000-0000000000c2"
#define EPOCH "0123456789abcdef0123456789abcdef"

static int
open_table(void **state)
{
	int fd = shared_make();
	bool opened;

	(void)state;
	if (fd < 0)
		return -1;
	opened = shared_open(fd);
	close(fd);
	return opened ? 0 : -1;
}

static int
close_table(void **state)
{
	(void)state;
	shared_close();
	return 0;
}

static struct db_change
subject(enum db_subject kind, const char *id)
{
	struct db_change change = { .subject = kind };

	if (id != NULL && !db_id(id, strlen(id), change.id))
		abort();
	return change;
}

static void
keep_head(const char *space, int64_t seq, int64_t min_seq, struct shared_moment moment)
{
	struct head head = head_of(EPOCH, seq, (const unsigned char *)"01234567", min_seq);

	head_keep(space, &head, moment);
}

static void
wrote_head(const char *space, int64_t seq, int64_t min_seq)
{
	struct head head = head_of(EPOCH, seq, (const unsigned char *)"01234567", min_seq);

	head_written(space, &head);
}

static struct shared_key
key_named(const char *name)
{
	struct shared_key key;

	sha256(name, strlen(name), key.bytes);
	return key;
}

/* Keep a caller whose value is its own name, as one of Anna in the yard. */
static void
keep(const char *name, struct shared_moment moment)
{
	struct shared_key key = key_named(name);
	struct shared_value value = { .size = strlen(name) };
	struct db_change subjects[] = { subject(DB_USER, ANNA), subject(DB_SPACE, YARD) };

	memcpy(value.bytes, name, value.size);
	shared_keep(SHARED_CALLER, &key, &value, moment, subjects, 2, false);
}

static bool
finds(const char *name)
{
	struct shared_key key = key_named(name);
	struct shared_value value;

	if (!shared_find(SHARED_CALLER, &key, &value))
		return false;
	assert_int_equal(value.size, strlen(name));
	assert_memory_equal(value.bytes, name, value.size);
	return true;
}

static void
change(enum db_subject kind, const char *id)
{
	struct db_change one = subject(kind, id);

	shared_changed(&one, 1, false);
	shared_changed(&one, 1, true);
}

static void
an_entry_is_found_under_its_key_and_no_other(void **state)
{
	(void)state;
	assert_false(finds("a"));
	keep("a", shared_moment());
	assert_true(finds("a"));
	assert_false(finds("b"));
}

static void
a_change_puts_its_subjects_in_doubt_and_nobody_else(void **state)
{
	(void)state;
	keep("a", shared_moment());
	change(DB_USER, BEN);
	change(DB_SPACE, SHOP);
	change(DB_SESSION, ANNA);
	assert_true(finds("a"));
	change(DB_USER, ANNA);
	assert_false(finds("a"));
	keep("a", shared_moment());
	change(DB_SPACE, YARD);
	assert_false(finds("a"));
	keep("a", shared_moment());
	change(DB_EVERYBODY, NULL);
	assert_false(finds("a"));
}

static void
what_was_asked_before_a_change_is_not_believed_after_it(void **state)
{
	struct db_change anna = subject(DB_USER, ANNA);
	struct shared_moment before = shared_moment(), between;

	(void)state;
	shared_changed(&anna, 1, false);
	between = shared_moment();
	keep("a", before);
	assert_false(finds("a"));
	keep("a", between);
	shared_changed(&anna, 1, true);
	assert_false(finds("a"));
	keep("a", shared_moment());
	assert_true(finds("a"));
}

static void
an_entry_grows_old(void **state)
{
	struct shared_moment moment = shared_moment();

	(void)state;
	moment.at -= SHARED_FRESH_MS;
	keep("a", moment);
	assert_false(finds("a"));
}

static void
a_better_entry_stays(void **state)
{
	struct shared_moment old = shared_moment();
	struct head head;

	(void)state;
	change(DB_USER, BEN);
	keep_head(YARD, 7, 1, shared_moment());
	keep_head(YARD, 6, 1, old);
	assert_true(head_find(YARD, &head));
	assert_int_equal(head.seq, 7);
	assert_int_equal(head.min_seq, 1);
	assert_string_equal(head.epoch, EPOCH);
	assert_false(head_find(SHOP, &head));
	assert_false(head_find("no id", &head));
}

static void
a_written_head_is_known_until_the_next_writer_begins(void **state)
{
	struct db_change yard = subject(DB_HEAD, YARD);
	struct shared_moment reader;
	struct head head;

	(void)state;
	shared_changed(&yard, 1, false);
	reader = shared_moment(); /* its SELECT came before the COMMIT */
	shared_changed(&yard, 1, true);
	wrote_head(YARD, 6, 0);
	assert_true(head_find(YARD, &head));
	keep_head(YARD, 5, 0, reader);
	assert_true(!head_find(YARD, &head) || head.seq == 6);

	wrote_head(YARD, 6, 0);
	shared_changed(&yard, 1, false);
	assert_false(head_find(YARD, &head));
}

static void
a_late_writer_does_not_bring_an_old_head_back(void **state)
{
	struct db_change yard = subject(DB_HEAD, YARD);
	struct shared_key key = { { 0 } };
	struct shared_value value = { .size = sizeof(struct head) };
	struct shared_moment first;
	struct head head;

	(void)state;
	shared_changed(&yard, 1, false);
	first = shared_commit_moment();
	shared_changed(&yard, 1, false); /* of another process, after the COMMIT of the first */
	shared_changed(&yard, 1, true);
	memcpy(key.bytes, yard.id, sizeof(yard.id));
	shared_keep(SHARED_HEAD, &key, &value, first, &yard, 1, true);
	assert_false(head_find(YARD, &head));
}

static void
the_watcher_confirms_what_still_holds(void **state)
{
	struct shared_moment moment = shared_moment();
	struct shared_entry entries[4];
	size_t position = 0;

	(void)state;
	moment.at -= SHARED_FRESH_MS + 1;
	keep("a", moment);
	assert_false(finds("a"));
	assert_int_equal(shared_due(SHARED_CALLER, &position, entries, 4), 1);
	shared_confirm(SHARED_CALLER, &entries[0], shared_moment());
	assert_true(finds("a"));
	assert_int_equal(shared_due(SHARED_CALLER, &position, entries, 4), 0);

	/* It was replaced meanwhile: what the watcher has read is about another value. */
	entries[0].value.bytes[0] = 'b';
	change(DB_USER, ANNA);
	shared_confirm(SHARED_CALLER, &entries[0], shared_moment());
	assert_false(finds("a"));
	entries[0].value.bytes[0] = 'a';
	shared_drop(SHARED_CALLER, &entries[0].key);
	shared_confirm(SHARED_CALLER, &entries[0], shared_moment());
	assert_false(finds("a"));
}

static void
the_table_is_bounded(void **state)
{
	char name[16];
	size_t there = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		keep(name, shared_moment());
		assert_true(finds(name));
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		there += finds(name);
	}
	assert_in_range(there, 1000, 4096);
}

static void
what_it_holds_is_counted(void **state)
{
	(void)state;
	assert_int_equal(shared_taken(SHARED_CALLER), 0);
	keep("a", shared_moment());
	keep("a", shared_moment());
	keep("b", shared_moment());
	keep_head(YARD, 1, 1, shared_moment());
	assert_int_equal(shared_taken(SHARED_CALLER), 2);
	assert_int_equal(shared_taken(SHARED_HEAD), 1);
	assert_int_equal(shared_taken(SHARED_SPACES), 0);
	for (int i = 0; i < 20000; i++) {
		struct shared_key key = { .bytes = { [DB_ID_SIZE - 8] = (unsigned char)i, (unsigned char)(i >> 8) } };

		shared_keep(SHARED_SPACES, &key, &(struct shared_value){ 0 }, shared_moment(), NULL, 0, false);
	}
	assert_int_equal(shared_taken(SHARED_SPACES), SHARED_PLACES);
}

/* Of a table that nobody has used yet, whatever looks through it. */
static void
only_what_is_used_takes_memory(void **state)
{
	struct shared_entry entries[64];
	struct stat before, after;
	size_t position;
	int fd;

	(void)state;
	shared_close();
	fd = shared_make();
	assert_true(shared_open(fd) && fstat(fd, &before) == 0);
	assert_false(finds("a"));
	for (enum shared_kind kind = 0; kind < SHARED_KIND_COUNT; kind++) {
		position = 0;
		assert_int_equal(shared_due(kind, &position, entries, 64), 0);
		assert_int_equal(shared_taken(kind), 0);
	}
	assert_int_equal(fstat(fd, &after), 0);
	assert_int_equal(after.st_blocks, before.st_blocks);
	close(fd);
}

static void
a_word_says_whether_it_is_of_use(void **state)
{
	int64_t watched_ms;

	(void)state;
	assert_string_equal(shared_word(&watched_ms), "usable");
	assert_in_range(watched_ms, 0, SHARED_LATE_MS - 1);
	shared_watched();
	assert_string_equal(shared_word(&watched_ms), "usable");
	shared_close();
	shared_watched();
	assert_string_equal(shared_word(&watched_ms), "none");
	assert_int_equal(shared_taken(SHARED_HEAD), 0);
	assert_int_equal(open_table(NULL), 0);
}

static void
a_foreign_table_is_not_opened(void **state)
{
	int fd = memfd_create("foreign", MFD_CLOEXEC);
	struct shared_key key = key_named("a");
	struct shared_value value;

	(void)state;
	shared_close();
	assert_false(shared_open(fd));
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	assert_false(shared_open(fd));
	assert_false(shared_is_open());
	keep("a", shared_moment());
	assert_false(shared_find(SHARED_CALLER, &key, &value));
	shared_note(1);
	assert_true(shared_noted(1, 10));
	shared_forget(1);
	assert_false(shared_noted(1, 10));
	close(fd);
	assert_int_equal(open_table(NULL), 0);
}

static void
notes_last_as_long_as_asked(void **state)
{
	uint64_t tag = 0x123456789abcdef0;

	(void)state;
	assert_false(shared_noted(tag, 10));
	shared_note(tag);
	assert_true(shared_noted(tag, 10));
	assert_false(shared_noted(tag, 0));
	assert_false(shared_noted(tag ^ (uint64_t)1 << 40, 10));
	shared_forget(tag);
	assert_false(shared_noted(tag, 10));
}

/* --- processes that write, read and die --- */

enum {
	SPACES = 24,
	CHILDREN = 4,
	DEATHS = 120
};

/* The database of the torture: what is committed, under a lock for each space, and what was acknowledged. */
struct model {
	pthread_mutex_t locks[SPACES];
	_Atomic int64_t committed[SPACES], acknowledged[SPACES];
	_Atomic int64_t writes, found, wrong;
};

static struct model *model;

static char *
space_named(size_t i, char text[UUID_TEXT_SIZE])
{
	snprintf(text, UUID_TEXT_SIZE, "01a1fd70-0000-7000-8000-%012zx", i * 7919);
	return text;
}

static void
pause_a_little(unsigned *chance)
{
	struct timespec pause = { .tv_nsec = rand_r(chance) % 20000 };

	if (rand_r(chance) % 8 == 0)
		nanosleep(&pause, NULL);
}

static void
write_once(size_t i, unsigned *chance)
{
	char id[UUID_TEXT_SIZE];
	struct db_change head = subject(DB_HEAD, space_named(i, id));
	int64_t seq, was;

	if (pthread_mutex_lock(&model->locks[i]) == EOWNERDEAD)
		pthread_mutex_consistent(&model->locks[i]);
	seq = atomic_load(&model->committed[i]) + 1;
	shared_changed(&head, 1, false);
	pause_a_little(chance);
	atomic_store(&model->committed[i], seq);
	pthread_mutex_unlock(&model->locks[i]);
	pause_a_little(chance);
	shared_changed(&head, 1, true);
	wrote_head(id, seq, seq * 3);
	was = atomic_load(&model->acknowledged[i]);
	while (was < seq && !atomic_compare_exchange_weak(&model->acknowledged[i], &was, seq))
		continue;
	atomic_fetch_add(&model->writes, 1);
}

static void
read_once(size_t i, unsigned *chance)
{
	char id[UUID_TEXT_SIZE];
	int64_t least = atomic_load(&model->acknowledged[i]), seq;
	struct shared_moment moment;
	struct head head;

	if (head_find(space_named(i, id), &head)) {
		atomic_fetch_add(&model->found, 1);
		if (head.seq < least || head.min_seq != head.seq * 3 || strcmp(head.epoch, EPOCH) != 0)
			atomic_fetch_add(&model->wrong, 1);
		return;
	}
	moment = shared_moment();
	pause_a_little(chance);
	seq = atomic_load(&model->committed[i]);
	pause_a_little(chance);
	keep_head(id, seq, seq * 3, moment);
}

static void
live(unsigned chance)
{
	for (;;) {
		size_t i = (size_t)rand_r(&chance) % SPACES;

		if (rand_r(&chance) % 4 == 0)
			write_once(i, &chance);
		else
			read_once(i, &chance);
	}
}

static pid_t
start_one(unsigned chance)
{
	pid_t pid = fork();

	if (pid == 0) {
		live(chance);
		_exit(0);
	}
	return pid;
}

static void
processes_that_are_killed_leave_nothing_wrong(void **state)
{
	pthread_mutexattr_t how;
	pid_t children[CHILDREN];

	(void)state;
	model = mmap(NULL, sizeof(*model), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(model, MAP_FAILED);
	pthread_mutexattr_init(&how);
	pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST);
	for (size_t i = 0; i < SPACES; i++)
		pthread_mutex_init(&model->locks[i], &how);
	for (unsigned i = 0; i < CHILDREN; i++)
		children[i] = start_one(i + 1);
	for (unsigned death = 0; death < DEATHS; death++) {
		struct timespec pause = { .tv_nsec = 4000000 };
		pid_t *child = &children[death % CHILDREN];

		nanosleep(&pause, NULL);
		kill(*child, SIGKILL);
		waitpid(*child, NULL, 0);
		*child = start_one(death + 100);
	}
	for (unsigned i = 0; i < CHILDREN; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	assert_int_equal(model->wrong, 0);
	assert_true(model->writes > 100 && model->found > 100);
	munmap(model, sizeof(*model));
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_table, close_table)
	const struct CMUnitTest tests[] = {
		CASE(an_entry_is_found_under_its_key_and_no_other),
		CASE(a_change_puts_its_subjects_in_doubt_and_nobody_else),
		CASE(what_was_asked_before_a_change_is_not_believed_after_it),
		CASE(an_entry_grows_old),
		CASE(a_better_entry_stays),
		CASE(a_written_head_is_known_until_the_next_writer_begins),
		CASE(a_late_writer_does_not_bring_an_old_head_back),
		CASE(the_watcher_confirms_what_still_holds),
		CASE(the_table_is_bounded),
		CASE(what_it_holds_is_counted),
		CASE(only_what_is_used_takes_memory),
		CASE(a_word_says_whether_it_is_of_use),
		CASE(a_foreign_table_is_not_opened),
		CASE(notes_last_as_long_as_asked),
		CASE(processes_that_are_killed_leave_nothing_wrong),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
