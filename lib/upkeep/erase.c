/* erase.c -- erases spaces and people, a few rows at a time and without long transactions.  A space is closed first, so
 * that nobody writes into it any more, and marked as erased last, so that the next run finishes one that was cut
 * short. */
#include "upkeep/erase.h"

#include <string.h>

#include "account/account.h"
#include "account/email.h"
#include "base/log.h"
#include "store/statement.h"
#include "team/team.h"

enum {
	ROWS_AT_ONCE = 1000 /* of the audit */
};

/* ---- a space ---- */

static struct problem *
close_space(struct db *db, struct arena *a, void *arg)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(SPACE_LOCK), VALUES(value_id(arg)), &rows)) != NULL)
		return p;
	return db_run(db, a, SQL(ERASE_SPACE_CLOSE), VALUES(value_id(arg)), NULL);
}

/* Blank the content of the rows.  Their digests and hashes stay. */
static struct problem *
blank_audit(struct db *db, struct arena *a, const char *space)
{
	struct problem *p;
	struct rows *rows;
	int64_t head;

	if ((p = db_run(db, a, SQL(SPACE_MIN_SEQ), VALUES(value_id(space)), &rows)) != NULL)
		return p;
	head = rows->count == 0 ? 0 : row_integer(rows, 0, MIN_SEQ); /* the space is closed, so min_seq is its head */
	for (int64_t seq = 0; seq < head; seq += ROWS_AT_ONCE)
		if ((p = db_run(db, a, SQL(ERASE_AUDIT),
		    VALUES(value_id(space), value_integer(seq), value_integer(seq + ROWS_AT_ONCE)), NULL)) != NULL)
			return p;
	return NULL;
}

/* Run a DELETE with a LIMIT until it finds nothing. */
static struct problem *
delete_all(struct db *db, struct arena *a, const char *sql, const char *space)
{
	struct problem *p;
	struct rows *rows;

	do {
		if ((p = db_run(db, a, sql, VALUES(value_id(space)), &rows)) != NULL)
			return p;
	} while (rows->affected > 0);
	return NULL;
}

/* Uploads are deleted before their chunks: a request that is storing a chunk has locked its upload, and without an
 * upload none is added. */
static struct problem *
erase_space(struct db *db, struct arena *a, const char *space)
{
	const char *const parts[] = {
		SQL(ERASE_RECORDS), SQL(ERASE_OPS), SQL(ERASE_UPLOADS), SQL(ERASE_CHUNKS), SQL(ERASE_FILES),
		SQL(ERASE_FILE_REFS), SQL(ERASE_BACKUPS), SQL(ERASE_BACKUP_PARTS), SQL(ERASE_BACKUP_CHUNKS),
		SQL(ERASE_JOBS), SQL(ERASE_PRESENCE), SQL(ERASE_USAGE), SQL(ERASE_PINS), SQL(ERASE_HANDHELDS),
		SQL(ERASE_INVITATIONS), SQL(ERASE_OVERSIGHT), SQL(ERASE_DEVICE_SPACES), SQL(ERASE_TOKENS),
		SQL(ERASE_ALARMS),
	};
	struct problem *p;

	if ((p = db_transaction(db, a, close_space, arena_strdup(a, space))) != NULL ||
	    (p = blank_audit(db, a, space)) != NULL)
		return p;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if ((p = delete_all(db, a, parts[i], space)) != NULL)
			return p;
	if ((p = db_run(db, a, SQL(ERASE_MEMBERS), VALUES(value_id(space)), NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(ERASE_SPACE_DONE), VALUES(value_id(space)), NULL);
}

/* ---- a person ---- */

static struct problem *
leave_team(struct writer *w, void *arg)
{
	return member_drop(w, arg);
}

/* Remove the person from every team, deleted ones too. */
static struct problem *
leave_teams(const struct call *call, const char *user_id)
{
	struct arena *a = call->a;
	char *leaver = arena_strdup(a, user_id);
	struct written written;
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, a, SQL(TEAMS_OF_USER), VALUES(value_id(user_id)), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		struct person itself = person_itself(row_text(rows, i, ID_FOUND));
		const struct call in_team = call_as(call, &itself);

		if ((p = write_action(&in_team, ROLE_NONE, leave_team, leaver, &written)) != NULL)
			return p;
	}
	return NULL;
}

/* Blank the rows about the person in the `members` of teams. */
static struct problem *
blank_member(struct db *db, struct arena *a, void *arg)
{
	const struct value member = value_key(arg);
	struct problem *p;

	if ((p = db_run(db, a, SQL(ERASE_USER_MEMBER_BYTES), &member, 1, NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(ERASE_USER_MEMBER_AUDIT), &member, 1, NULL);
}

static struct problem *
forget_user(struct db *db, struct arena *a, const char *user_id, const char *email)
{
	const char *const parts[] = {
		SQL(ERASE_USER_IDENTITIES), SQL(ERASE_USER_SESSIONS), SQL(ERASE_USER_DEVICES),
		SQL(ERASE_USER_DEVICE_SPACES), SQL(ERASE_USER_RESETS), SQL(ERASE_USER_PINS), SQL(ERASE_USER_PRESENCE),
		SQL(ERASE_USER_USAGE), SQL(ERASE_USER_SIGN_INS),
	};
	struct problem *p;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if ((p = db_run(db, a, parts[i], VALUES(value_id(user_id)), NULL)) != NULL)
			return p;
	if ((p = db_transaction(db, a, blank_member, arena_strdup(a, user_id))) != NULL ||
	    (p = db_run(db, a, SQL(ERASE_USER_MAIL), VALUES(value_text(email)), NULL)) != NULL ||
	    (p = db_run(db, a, SQL(ERASE_USER_INVITATIONS),
	        VALUES(value_text(email), value_text(email_key(a, email))), NULL)) != NULL)
		return p;
	return db_run(db, a, SQL(ERASE_USER), VALUES(value_id(user_id)), NULL);
}

/* A user to erase, because the 30 days are over or because the operator erases them. */
struct erasing {
	const char *user_id, *email, *home;
	const int64_t *days; /* from now to the limit; NULL: by the operator */
	bool gone;           /* the account is not due any more */
};

static struct problem *
close_account(struct db *db, struct arena *a, void *arg)
{
	struct erasing *e = arg;
	struct problem *p;
	struct rows *due;

	e->gone = false;
	if (e->days != NULL) {
		if ((p = db_run(db, a, SQL(ERASE_USER_DUE),
		    VALUES(value_id(e->user_id), value_integer(*e->days)), &due)) != NULL)
			return p;
		if ((e->gone = due->count == 0))
			return NULL;
	}
	return account_close(db, a, arena_strdup(a, e->user_id));
}

/* The first step ends all sign-ins of the person; the row of the user changes last. */
static struct problem *
erase_person(const struct call *call, struct erasing *e)
{
	struct db *db = call->db;
	struct arena *a = call->a;
	struct problem *p;

	if ((p = db_transaction(db, a, close_account, e)) != NULL || e->gone ||
	    (p = leave_teams(call, e->user_id)) != NULL ||
	    (p = erase_space(db, a, e->home)) != NULL)
		return p;
	return forget_user(db, a, e->user_id, e->email);
}

struct problem *
erase_user(const struct call *call, const char *email)
{
	struct problem *p;
	struct rows *rows;
	struct erasing e;

	if ((p = email_find_user(call->db, call->a, email, &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_at(call->a, PROBLEM_NOT_FOUND, "email", "There is no account with this e-mail address.");
	e = (struct erasing){
		.user_id = row_text(rows, 0, USER_ID),
		.email = row_text(rows, 0, USER_EMAIL),
		.home = row_text(rows, 0, USER_HOME),
	};
	return erase_person(call, &e);
}

/* ---- what is due ---- */

/* Log a failure and go on: it must not stop the others, and the next round tries again. */
static struct problem *
pass_over(struct arena *a, const char *what, const char *id, struct problem *p)
{
	if (p->kind == PROBLEM_UNAVAILABLE)
		return p;
	log_line(LOG_LEVEL_WARN, "erase",
	    "%s=%s cause=%s", what, id, log_quote(a, p->cause != NULL ? p->cause : p->detail));
	return NULL;
}

static struct problem *
erase_spaces_due(struct db *db, struct arena *a, int64_t days, int64_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(ERASE_SPACES_DUE), VALUES(value_integer(days)), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		if ((p = erase_space(db, a, row_text(rows, i, ID_FOUND))) == NULL)
			(*count)++;
		else if ((p = pass_over(a, "space", row_text(rows, i, ID_FOUND), p)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
erase_users_due(const struct call *call, int64_t days, int64_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(ERASE_USERS_DUE), VALUES(value_integer(days)), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++) {
		struct erasing e = {
			.user_id = row_text(rows, i, ERASED_USER_ID),
			.email = row_text(rows, i, ERASED_USER_EMAIL),
			.home = row_text(rows, i, ERASED_USER_HOME),
			.days = &days,
		};

		if ((p = erase_person(call, &e)) == NULL)
			*count += !e.gone;
		else if ((p = pass_over(call->a, "user", row_text(rows, i, ERASED_USER_ID), p)) != NULL)
			return p;
	}
	return NULL;
}

struct problem *
erase_due(const struct call *call, int shift_days, struct erased *erased)
{
	struct problem *p;

	*erased = (struct erased){ 0 };
	if ((p = erase_spaces_due(call->db, call->a, shift_days - TEAM_UNDO_DAYS, &erased->spaces)) != NULL)
		return p;
	return erase_users_due(call, shift_days - ACCOUNT_UNDO_DAYS, &erased->users);
}
