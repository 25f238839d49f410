/* grants.c -- the table of what a worker's user of the database may do, the GRANTs made from it, and how the rights
 * that a user really has compare with it. */
#include "store/grants.h"

#include <string.h>

enum {
	READ = RIGHT_BIT(RIGHT_SELECT),
	ADD = RIGHT_BIT(RIGHT_INSERT),
	CHANGE_ROWS = RIGHT_BIT(RIGHT_UPDATE),
	DROP_ROWS = RIGHT_BIT(RIGHT_DELETE)
};

/* clang-format off */
const struct table_rights worker_rights[] = {
	{ "meta",              READ },
	{ "user",              READ | ADD | CHANGE_ROWS },
	{ "identity",          READ | ADD | DROP_ROWS },
	{ "session",           READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "sign_in",           READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "throttle",          READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "password_reset",    READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "job",               READ | ADD | CHANGE_ROWS },
	{ "space",             READ | ADD | CHANGE_ROWS },
	{ "space_epoch",       READ | ADD },
	{ "member",            READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "oversight",         READ | ADD | DROP_ROWS },
	{ "invitation",        READ | ADD | CHANGE_ROWS },
	{ "handheld",          READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "pin",               READ | ADD | DROP_ROWS },
	{ "device",            READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "device_space",      READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "record",            READ | ADD | CHANGE_ROWS },
	{ "audit",             READ | ADD }, /* what was written stays written */
	{ "op",                READ | ADD },
	{ "attachment",        READ | ADD | CHANGE_ROWS },
	{ "attachment_upload", READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "attachment_chunk",  READ | ADD | DROP_ROWS },
	{ "attachment_ref",    READ | ADD },
	{ "backup",            READ | ADD | CHANGE_ROWS }, /* a request marks one as gone, and deletes none */
	{ "backup_part",       READ | ADD },
	{ "backup_chunk",      READ | ADD | CHANGE_ROWS }, /* a damaged one is stored again */
	{ "presence",          READ | ADD | CHANGE_ROWS | DROP_ROWS },
	{ "usage_event",       READ | ADD },
	{ "alarm",             READ | ADD | CHANGE_ROWS },
	{ "measure",           READ },
	{ "stamp",             READ }, /* deploy/stamp adds to it, as the admin */
	{ "migration",         READ }, /* whether the schema fits, for GET /api/health */
};
/* clang-format on */

const size_t worker_rights_count = sizeof(worker_rights) / sizeof(worker_rights[0]);

/* For who looks back (then_table.h).  It cannot be given for a table, and whoever has it may do everything with the
 * temporary tables of their own connection, and with nothing else. */
static const char temporary[] = "CREATE TEMPORARY TABLES";

const char admin_rights[] = "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, CREATE VIEW";

static const char *const right_names[RIGHT_COUNT] = { "SELECT", "INSERT", "UPDATE", "DELETE" };

/* ---- the statements ---- */

const char *
rights_text(struct arena *a, unsigned rights)
{
	struct buf b;

	buf_init(&b, a);
	for (int right = 0; right < RIGHT_COUNT; right++)
		if ((rights & RIGHT_BIT(right)) != 0)
			buf_printf(&b, "%s%s", b.length == 0 ? "" : ", ", right_names[right]);
	return b.text;
}

/* Add text between quotes; those in it are doubled.  Characters of escaped get a backslash. */
static void
add_quoted(struct buf *sql, const char *text, char quote, const char *escaped)
{
	buf_char(sql, quote);
	for (; *text != '\0'; text++) {
		if (*text == quote)
			buf_char(sql, quote);
		else if (strchr(escaped, *text) != NULL)
			buf_char(sql, '\\');
		buf_char(sql, *text);
	}
	buf_char(sql, quote);
}

static void
add_user(struct buf *sql, const struct grantee *user)
{
	add_quoted(sql, user->name, '\'', "\\");
	buf_char(sql, '@');
	add_quoted(sql, user->host, '\'', "\\");
}

/* In the name of a whole database, _ and % stand for other characters. */
static void
grant_wide(struct buf *sql, const char *rights, const char *database, const struct grantee *user)
{
	buf_printf(sql, "GRANT %s ON ", rights);
	add_quoted(sql, database, '`', "_%\\");
	buf_text(sql, ".* TO ");
	add_user(sql, user);
	buf_text(sql, ";\n");
}

void
grants_worker(struct buf *sql, const char *database, const struct grantee *user)
{
	for (size_t i = 0; i < worker_rights_count; i++) {
		if (worker_rights[i].rights == 0)
			continue;
		buf_printf(sql, "GRANT %s ON ", rights_text(sql->arena, worker_rights[i].rights));
		add_quoted(sql, database, '`', "");
		buf_printf(sql, ".`%s` TO ", worker_rights[i].table);
		add_user(sql, user);
		buf_text(sql, ";\n");
	}
	grant_wide(sql, temporary, database, user);
}

void
grants_admin(struct buf *sql, const char *database, const struct grantee *user)
{
	/* where the admin is the only user, requests look back as the admin */
	grant_wide(sql, arena_printf(sql->arena, "%s, %s", admin_rights, temporary), database, user);
}

/* ---- what SHOW GRANTS says ---- */

/* A line of it: GRANT words ON object TO user.  The parts are copies. */
struct grant_line {
	const char *words, *database, *object, *user;
	bool for_table; /* not for a whole database, or all of them */
};

/* Take the name at *at, in backticks or a *, without them. */
static const char *
take_name(struct arena *a, const char **at)
{
	struct buf name;

	buf_init(&name, a);
	if (**at == '*') {
		++*at;
		return "*";
	}
	if (**at != '`')
		return NULL;
	while (*++*at != '\0') {
		if (**at == '`' && *++*at != '`')
			return name.text == NULL ? "" : name.text;
		buf_char(&name, **at);
	}
	return NULL;
}

/* False for a line about something else: a role, a routine. */
static bool
read_line(struct arena *a, const char *text, struct grant_line *line)
{
	const char *on = strstr(text, " ON "), *at, *table;

	if (strncmp(text, "GRANT ", 6) != 0 || on == NULL)
		return false;
	line->words = arena_strndup(a, text + 6, (size_t)(on - text) - 6);
	at = on += strlen(" ON ");
	if ((line->database = take_name(a, &at)) == NULL || *at++ != '.' || (table = take_name(a, &at)) == NULL ||
	    strncmp(at, " TO ", 4) != 0)
		return false;
	line->object = arena_strndup(a, on, (size_t)(at - on));
	line->user = arena_strndup(a, at + 4, strcspn(at + 4, " "));
	line->for_table = strcmp(table, "*") != 0;
	return true;
}

/* Whether a name of SHOW GRANTS stands for the database.  For whole databases it is a pattern. */
static bool
stands_for(const char *pattern, const char *name)
{
	if (*pattern == '\0' || *name == '\0')
		return *pattern == *name || strcmp(pattern, "%") == 0;
	if (*pattern == '%')
		return stands_for(pattern + 1, name) || stands_for(pattern, name + 1);
	if (*pattern == '\\' && pattern[1] != '\0')
		return pattern[1] == *name && stands_for(pattern + 2, name + 1);
	return (*pattern == '_' || *pattern == *name) && stands_for(pattern + 1, name + 1);
}

static bool
is_about(const struct grant_line *line, const char *database)
{
	if (line->for_table)
		return strcmp(line->database, database) == 0;
	return strcmp(line->database, "*") == 0 || stands_for(line->database, database);
}

/* Whether words, separated by commas, has the word. */
static bool
has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; at != NULL; at = strchr(at, ',')) {
		at += strspn(at, ", ");
		if (strncmp(at, word, length) == 0 && (at[length] == '\0' || at[length] == ','))
			return true;
	}
	return false;
}

/* ---- the user of a worker ---- */

/* Words of a grant for a table that change more than its rows. */
static bool
changes_schema(const char *words)
{
	static const char *const more[] = {
		"ALL PRIVILEGES", "CREATE", "DROP", "ALTER", "INDEX", "CREATE VIEW", "TRIGGER", "REFERENCES",
		"DELETE HISTORY"
	};

	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (has_word(words, more[i]))
			return true;
	return false;
}

/* What is found out about a user, table by table. */
struct look {
	struct db *db;
	struct arena *a;
	const char *database, *user; /* user: as the server writes it */
	struct buf lacks, beyond;
	bool temporary; /* temporary tables are allowed */
	struct grants_seen *seen;
};

/* The words of a grant for a whole database, without the one that a worker needs; "" for that one alone. */
static const char *
words_beyond(struct arena *a, const char *words)
{
	struct buf b;

	buf_init(&b, a);
	buf_text(&b, "");
	for (const char *at = words; *at != '\0'; at += strspn(at, ", ")) {
		size_t length = strcspn(at, ",");

		if (length != sizeof(temporary) - 1 || strncmp(at, temporary, length) != 0)
			buf_printf(&b, "%s%.*s", b.length == 0 ? "" : ", ", (int)length, at);
		at += length;
	}
	return b.text;
}

static void
note_line(struct arena *a, const struct grant_line *line, struct grants_seen *seen)
{
	const char *words = line->for_table ? line->words : words_beyond(a, line->words);

	seen->beyond = arena_printf(a, "%s on %s", words, line->object);
	seen->revoke = arena_printf(a, "REVOKE %s ON %s FROM %s", words, line->object, line->user);
}

/* Whatever else is granted for more than one table is too much, whatever its words are. */
static struct problem *
look_for_wide(struct look *look)
{
	struct arena *a = look->a;
	struct rows *rows;
	struct problem *p = db_run(look->db, a, SQL(GRANTS), NULL, 0, &rows);
	struct grant_line line;

	for (size_t i = 0; p == NULL && i < rows->count; i++) {
		if (!read_line(a, row_text(rows, i, GRANT_TEXT), &line) || !is_about(&line, look->database))
			continue;
		look->user = line.user;
		look->temporary |= !line.for_table && (has_word(line.words, temporary) ||
		    has_word(line.words, "ALL PRIVILEGES"));
		if (look->seen->beyond == NULL && strcmp(line.words, "USAGE") != 0 &&
		    (line.for_table ? changes_schema(line.words) : strcmp(line.words, temporary) != 0))
			note_line(a, &line, look->seen);
	}
	return p;
}

/* Whether db's user has the right.  A table that is missing is one that nothing may be done to. */
static struct problem *
try_right(struct db *db, struct arena *a, const char *table, enum right right, bool *has)
{
	struct problem *p;
	struct buf sql;

	buf_init(&sql, a);
	statement_of_right(&sql, table, right);
	p = db_check(db, a, sql.text, NULL);
	*has = p == NULL || (p->kind == PROBLEM_INTERNAL && !db_was_denied(db) && !db_was_without_table(db));
	return p != NULL && p->kind != PROBLEM_INTERNAL ? p : NULL;
}

static void
add_rights(struct buf *b, const char *table, unsigned rights)
{
	if (rights != 0)
		buf_printf(b, "%s%s on %s", b->length == 0 ? "" : "; ", rights_text(b->arena, rights), table);
}

static void
note_beyond(struct look *look, const char *table, unsigned rights)
{
	add_rights(&look->beyond, table, rights);
	if (rights != 0 && look->seen->beyond == NULL && look->seen->revoke == NULL)
		look->seen->revoke = arena_printf(look->a, "REVOKE %s ON `%s`.`%s` FROM %s",
		    rights_text(look->a, rights), look->database, table, look->user);
}

static struct problem *
look_at_table(struct look *look, const struct table_rights *wanted)
{
	unsigned found = 0;

	for (int right = 0; right < RIGHT_COUNT; right++) {
		struct problem *p;
		bool has;

		if ((p = try_right(look->db, look->a, wanted->table, right, &has)) != NULL)
			return p;
		found |= has ? RIGHT_BIT(right) : 0;
	}
	add_rights(&look->lacks, wanted->table, wanted->rights & ~found);
	note_beyond(look, wanted->table, found & ~wanted->rights);
	return NULL;
}

struct problem *
grants_look(struct db *db, struct arena *a, const char *database, struct grants_seen *seen)
{
	struct look look = { .db = db, .a = a, .database = database, .seen = seen };
	struct problem *p;

	*seen = (struct grants_seen){ 0 };
	buf_init(&look.lacks, a);
	buf_init(&look.beyond, a);
	if ((p = look_for_wide(&look)) != NULL)
		return p;
	for (size_t i = 0; i < worker_rights_count; i++)
		if ((p = look_at_table(&look, &worker_rights[i])) != NULL)
			return p;
	if (!look.temporary)
		buf_printf(&look.lacks, "%s%s", look.lacks.length == 0 ? "" : "; ", temporary);
	if (look.lacks.length > 0)
		seen->lacks = look.lacks.text;
	if (seen->beyond == NULL && look.beyond.length > 0)
		seen->beyond = look.beyond.text;
	return NULL;
}

/* ---- the admin ---- */

/* Whether the lines of SHOW GRANTS give the right for the whole database. */
static bool
is_granted(struct arena *a, const struct rows *rows, const char *database, const char *word)
{
	struct grant_line line;

	for (size_t i = 0; i < rows->count; i++)
		if (read_line(a, row_text(rows, i, GRANT_TEXT), &line) && !line.for_table &&
		    is_about(&line, database) &&
		    (has_word(line.words, word) || strcmp(line.words, "ALL PRIVILEGES") == 0))
			return true;
	return false;
}

struct problem *
grants_look_admin(struct db *db, struct arena *a, const char *database, const char **lacks)
{
	struct rows *rows;
	struct problem *p = db_run(db, a, SQL(GRANTS), NULL, 0, &rows);

	*lacks = NULL;
	for (const char *at = admin_rights; p == NULL && *lacks == NULL && *at != '\0';) {
		const char *word = arena_strndup(a, at, strcspn(at, ","));

		if (!is_granted(a, rows, database, word))
			*lacks = word;
		at += strlen(word);
		at += strspn(at, ", ");
	}
	return p;
}
