/* migrate.c -- runs schema/NNNN_name.sql, statement by statement, and remembers each in the table `migration`.  A
 * statement is noted before it runs and marked as done after it ran.  So after a crash, one statement is noted but not
 * marked.  A statement that changes rows is in one transaction with its mark, so it is never in doubt. */
#include "store/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/file.h"
#include "store/statement.h"

enum {
	PATIENCE = 24 * 60 * 60,  /* seconds that a statement may take */
	FILE_MAX = 1024 * 1024,
	FILES_MAX = 9999,
	STATEMENTS_MAX = 1000     /* in one file */
};

struct schema_step {
	const char *text;
	unsigned char hash[SHA256_SIZE]; /* of text */
};

struct schema_file {
	int number;
	const char *name;                /* "0001_core.sql" */
	struct schema_step *steps;
	size_t count;
	unsigned char hash[SHA256_SIZE]; /* of the hashes of all steps: comments may change */
};

/* The state of a statement, as the database remembers it. */
enum step_state {
	STATE_NEW,
	STATE_BEGUN, /* an earlier run ended while it ran */
	STATE_DONE
};

struct run {
	struct db *db;
	struct arena *a;
	void (*say)(const char *line);
	struct rows *memory; /* file, statement, hash, done */
};

/* --- files --- */

static struct problem *
read_text(struct arena *a, const char *path, char **text)
{
	size_t length;
	int wrong;

	*text = arena_alloc(a, FILE_MAX + 1);
	wrong = file_read(path, *text, FILE_MAX, &length);
	if (wrong == EFBIG || (wrong == 0 && memchr(*text, '\0', length) != NULL))
		return problem_internal(a, "%s is no text of at most %d bytes", path, FILE_MAX);
	return wrong == 0 ? NULL : problem_internal(a, "%s cannot be read: %s", path, strerror(wrong));
}

/* The length of the line without blanks at its end, and where the next line starts. */
static size_t
line_length(const char *line, const char **next)
{
	size_t length = strcspn(line, "\n");

	*next = line + length + (line[length] == '\n');
	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	return length;
}

static bool
is_comment(const char *line, size_t length)
{
	size_t blanks = strspn(line, " \t");

	return blanks >= length || strncmp(line + blanks, "--", 2) == 0;
}

static void
end_step(struct arena *a, struct schema_file *file, const struct buf *b)
{
	struct schema_step *step = &file->steps[file->count++];

	step->text = arena_strndup(a, b->text, b->length);
	sha256(step->text, b->length, step->hash);
}

/* Split a file into statements.  One ends with a semicolon at the end of a line; lines that start with -- and empty
 * lines are ignored. */
static struct problem *
split(struct arena *a, struct schema_file *file, const char *text)
{
	const char *next;
	struct buf b;

	buf_init(&b, a);
	file->steps = arena_alloc(a, STATEMENTS_MAX * sizeof(*file->steps));
	for (const char *line = text; *line != '\0'; line = next) {
		size_t length = line_length(line, &next);

		if (is_comment(line, length))
			continue;
		if (b.length > 0)
			buf_char(&b, '\n');
		buf_add(&b, line, length);
		if (line[length - 1] != ';')
			continue;
		if (file->count == STATEMENTS_MAX)
			return problem_internal(a, "%s holds more than %d statements", file->name, STATEMENTS_MAX);
		b.length--;
		end_step(a, file, &b);
		buf_clear(&b);
	}
	if (b.length > 0)
		return problem_internal(a,
		    "%s: the last statement does not end with a semicolon at the end of a line", file->name);
	return NULL;
}

static void
hash_file(struct schema_file *file)
{
	struct sha256 h;

	sha256_start(&h);
	for (size_t i = 0; i < file->count; i++)
		sha256_add(&h, file->steps[i].hash, SHA256_SIZE);
	sha256_end(&h, file->hash);
}

/* 1 to 9999 for "NNNN_name.sql", 0 for a file that is no migration, -1 for a bad name. */
static int
file_number(const char *name)
{
	size_t length = strlen(name);

	if (name[0] == '.' || length < 4 || strcmp(name + length - 4, ".sql") != 0)
		return 0;
	if (strspn(name, "0123456789") != 4 || name[4] != '_' || atoi(name) == 0)
		return -1;
	return atoi(name);
}

/* names[number] for each file of folder. */
static struct problem *
find_files(struct arena *a, const char *folder, const char **names)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct problem *p = NULL;

	if (dir == NULL)
		return problem_internal(a, "the folder of the schema, %s, cannot be read: %s", folder, strerror(errno));
	while (p == NULL && (entry = readdir(dir)) != NULL) {
		int number = file_number(entry->d_name);

		if (number < 0)
			p = problem_internal(a,
			    "%s/%s: a file of the schema is named NNNN_name.sql", folder, entry->d_name);
		else if (number > 0 && names[number] != NULL)
			p = problem_internal(a, "%s holds two files with the number %04d", folder, number);
		else if (number > 0)
			names[number] = arena_strdup(a, entry->d_name);
	}
	closedir(dir);
	return p;
}

static struct problem *
read_schema_file(struct arena *a, const char *folder, struct schema_file *file)
{
	char *text = NULL;
	struct problem *p;

	if ((p = read_text(a, arena_printf(a, "%s/%s", folder, file->name), &text)) != NULL ||
	    (p = split(a, file, text)) != NULL)
		return p;
	hash_file(file);
	return NULL;
}

/* Read the files 1 to newest; none may be missing, and none may be newer. */
static struct problem *
read_files(struct arena *a, const char *folder, int newest, struct schema_file **files)
{
	const char **names = arena_alloc(a, (FILES_MAX + 1) * sizeof(*names));
	struct problem *p = find_files(a, folder, names);

	*files = arena_alloc(a, (size_t)newest * sizeof(**files));
	for (int i = newest + 1; p == NULL && i <= FILES_MAX; i++)
		if (names[i] != NULL)
			p = problem_internal(a,
			    "%s/%s is newer than this program, which knows up to %04d: install both from one release",
			    folder, names[i], newest);
	for (int i = 1; p == NULL && i <= newest; i++) {
		if (names[i] == NULL)
			return problem_internal(a,
			    "%s holds no file %04d_….sql: install program and schema from one release", folder, i);
		(*files)[i - 1] = (struct schema_file){ .number = i, .name = names[i] };
		p = read_schema_file(a, folder, &(*files)[i - 1]);
	}
	return p;
}

/* --- what the database remembers --- */

/* The row of memory for a statement of the file (0: the whole file), or -1. */
static long
recall(const struct run *run, const struct schema_file *file, size_t number)
{
	for (size_t i = 0; i < run->memory->count; i++)
		if (row_integer(run->memory, i, MIGRATION_FILE) == file->number &&
		    row_integer(run->memory, i, MIGRATION_STATEMENT) == (int64_t)number)
			return (long)i;
	return -1;
}

static enum step_state
state_of(const struct run *run, const struct schema_file *file, size_t number,
    const unsigned char hash[SHA256_SIZE], bool *same)
{
	long row = recall(run, file, number);
	const struct value *remembered;

	*same = true;
	if (row < 0)
		return STATE_NEW;
	remembered = row_cell(run->memory, (size_t)row, MIGRATION_HASH);
	*same = remembered->length == SHA256_SIZE && memcmp(remembered->bytes, hash, SHA256_SIZE) == 0;
	return row_integer(run->memory, (size_t)row, MIGRATION_IS_DONE) != 0 ? STATE_DONE : STATE_BEGUN;
}

static struct problem *
changed(struct arena *a, const struct schema_file *file)
{
	return problem_internal(a,
	    "%s was changed after it was applied: put the released file back; changes go into a new file", file->name);
}

/* If the database knows a file that this program does not, a newer program migrated it. */
static struct problem *
check_newest(const struct run *run, int newest)
{
	for (size_t i = 0; i < run->memory->count; i++)
		if (row_integer(run->memory, i, MIGRATION_FILE) > newest)
			return problem_internal(run->a,
			    "the database has schema %" PRId64
			    ", this program knows up to %d: run the newer program, or restore a backup made before it",
			    row_integer(run->memory, i, MIGRATION_FILE), newest);
	return NULL;
}

/* --- one statement --- */

/* True for a statement that changes rows, which can run in a transaction.  All others commit by themselves. */
static bool
changes_rows(const char *text)
{
	static const char *const words[] = { "INSERT", "UPDATE", "DELETE", "REPLACE" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncasecmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static struct problem *
note(const struct run *run, const struct schema_file *file, size_t number, const unsigned char hash[SHA256_SIZE])
{
	struct rows *rows;
	struct problem *p = db_run(run->db, run->a, SQL(MIGRATION_START),
	    VALUES(value_integer(file->number), value_integer((int64_t)number), value_bytes(hash, SHA256_SIZE)), &rows);

	if (p == NULL && rows->affected == 0)
		return problem_internal(run->a,
		    "the connection that held the lock of migrations was lost: run daybookctl migrate again");
	return p;
}

static struct problem *
mark(const struct run *run, const struct schema_file *file, size_t number)
{
	return db_run(run->db, run->a, SQL(MIGRATION_DONE),
	    VALUES(value_integer(file->number), value_integer((int64_t)number)), NULL);
}

struct row_change {
	const struct run *run;
	const struct schema_file *file;
	size_t number;
};

static struct problem *
change_rows(struct db *db, struct arena *a, void *arg)
{
	const struct row_change *change = arg;
	const struct schema_step *step = &change->file->steps[change->number - 1];
	struct problem *p;

	if ((p = note(change->run, change->file, change->number, step->hash)) != NULL ||
	    (p = db_execute(db, a, step->text)) != NULL)
		return p;
	return mark(change->run, change->file, change->number);
}

/* If the server refuses the statement, its row is removed, and the next run tries it again.  If the answer is lost, it
 * stays `begun`. */
static struct problem *
change_schema(const struct run *run, const struct schema_file *file, size_t number, enum step_state state)
{
	const struct schema_step *step = &file->steps[number - 1];
	struct problem *p = note(run, file, number, step->hash), *forgotten;

	if (p != NULL)
		return p;
	p = db_execute(run->db, run->a, step->text);
	if (p != NULL && p->kind != PROBLEM_INTERNAL)
		return p;
	if (p == NULL || (state == STATE_BEGUN && db_was_done_before(run->db)))
		return mark(run, file, number);
	forgotten = db_run(run->db, run->a, SQL(MIGRATION_FAILED),
	    VALUES(value_integer(file->number), value_integer((int64_t)number)), NULL);
	return forgotten != NULL ? forgotten : p;
}

static struct problem *
explain(struct arena *a, const struct schema_file *file, size_t number, struct problem *p)
{
	if (p != NULL)
		p->cause = arena_printf(a,
		    "%s, statement %zu of %zu: %s; what came before stays done, daybookctl migrate goes on here",
		    file->name, number, file->count, p->cause != NULL ? p->cause : p->detail);
	return p;
}

static struct problem *
run_step(const struct run *run, const struct schema_file *file, size_t number)
{
	const struct schema_step *step = &file->steps[number - 1];
	struct row_change change = { run, file, number };
	enum step_state state;
	bool same;

	state = state_of(run, file, number, step->hash, &same);
	if (state == STATE_DONE)
		return same ? NULL : changed(run->a, file);
	if (run->say != NULL)
		run->say(arena_printf(run->a, "%s: %zu of %zu: %.*s",
		    file->name, number, file->count, (int)strcspn(step->text, "\n("), step->text));
	if (changes_rows(step->text))
		return explain(run->a, file, number, db_transaction(run->db, run->a, change_rows, &change));
	return explain(run->a, file, number, change_schema(run, file, number, same ? state : STATE_NEW));
}

static struct problem *
run_file(const struct run *run, const struct schema_file *file)
{
	struct problem *p;
	bool same;

	if (state_of(run, file, 0, file->hash, &same) == STATE_DONE)
		return same ? NULL : changed(run->a, file);
	for (size_t i = 1; i <= file->count; i++)
		if ((p = run_step(run, file, i)) != NULL)
			return p;
	if ((p = note(run, file, 0, file->hash)) != NULL)
		return p;
	return mark(run, file, 0);
}

/* --- the whole --- */

static struct problem *
lock(const struct run *run)
{
	struct rows *rows;
	struct problem *p = db_run(run->db, run->a, SQL(MIGRATION_LOCK), NULL, 0, &rows);

	if (p == NULL && row_integer(rows, 0, MIGRATION_LOCKED) != 1)
		return problem_internal(run->a, "another daybookctl migrate is at work on this database: wait for it");
	return p;
}

static struct problem *
begin_run(struct run *run)
{
	struct problem *p;

	if ((p = db_execute(run->db, run->a, SQL(MIGRATION_PATIENCE))) != NULL ||
	    (p = lock(run)) != NULL ||
	    (p = db_execute(run->db, run->a, SQL(MIGRATION_TABLE))) != NULL)
		return p;
	return db_run(run->db, run->a, SQL(MIGRATION_LIST), NULL, 0, &run->memory);
}

static struct problem *
migrate(struct run *run, const char *folder, int newest)
{
	struct schema_file *files;
	struct problem *p;

	if ((p = read_files(run->a, folder, newest, &files)) != NULL ||
	    (p = begin_run(run)) != NULL ||
	    (p = check_newest(run, newest)) != NULL)
		return p;
	for (int i = 0; i < newest; i++)
		if ((p = run_file(run, &files[i])) != NULL)
			return p;
	return db_run(run->db, run->a, SQL(META_INSTANCE), VALUES(value_text(random_hex(run->a))), NULL);
}

/* Closing the connection releases the lock, also after a failure. */
static struct problem *
migrate_to(struct db *db, struct arena *a, const char *folder, int newest, void (*say)(const char *line))
{
	struct run run = { .db = db, .a = a, .say = say };
	struct problem *p;

	db_patient(db, PATIENCE);
	p = migrate(&run, folder, newest);
	db_patient(db, 0);
	return p;
}

struct problem *
migrate_run(struct db *db, struct arena *a, const char *folder, void (*say)(const char *line))
{
	return migrate_to(db, a, folder, SCHEMA_NEWEST, say);
}

struct problem *
migrate_version(struct db *db, struct arena *a, int *version)
{
	struct rows *rows;
	struct problem *p = db_run(db, a, SQL(MIGRATION_VERSION), NULL, 0, &rows);

	*version = 0;
	if (p != NULL && db_was_without_table(db)) /* an empty database */
		return NULL;
	if (p == NULL)
		*version = (int)row_integer(rows, 0, MIGRATION_NEWEST);
	return p;
}
