/* jobs.c -- jobs: rows of the table `job` that are not mail.  Who works at one holds a lock named after it on a
 * connection of its own, which also tells the progress: the work itself may be inside a long transaction. */
#include "backup/jobs.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "model/policy.h"
#include "store/statement.h"

enum {
	TELL_MS = 500,
	AGAIN_SECONDS = 5,          /* after the first failure of the server; then longer */
	BUSY_SECONDS = 10,
	TODAY_SECONDS = 3600,
	SERVED_MAX = 64,            /* people whose turn is remembered */
	ERROR_MOST = 255            /* characters, as the column has */
};

const struct job_kind job_kinds[] = {
	{ "backup", ROLE_MANAGER, job_backup },
	{ "check", ROLE_OWNER, job_check },
	{ "import", ROLE_OWNER, job_import },
	{ "restore", ROLE_OWNER, job_restore },
	{ NULL, ROLE_NONE, NULL },
};

static const struct job_kind *
kind_named(const char *name)
{
	const struct job_kind *kind = job_kinds;

	while (kind->name != NULL && strcmp(kind->name, name) != 0)
		kind++;
	return kind;
}

/* ---- making ---- */

/* Who asked, as far as a later look at their rights needs it: the ids of their sign-in, no secret. */
static void
put_person(struct json_out *out, const struct person *person)
{
	put_object(out, "as");
	put_text(out, "user", person->user_id);
	put_some(out, "session", person->session_id);
	put_some(out, "issuer", person->issuer);
	put_some(out, "subject", person->subject);
	put_some(out, "device", person->device_id);
	put_end(out);
}

/* One person's jobs are few, in however many spaces: all of them are worked at by one process. */
static struct problem *
check_room(const struct call *call)
{
	struct arena *a = call->a;
	struct rows *space, *person;
	struct problem *p;
	bool today;

	if ((p = db_run(call->db, a, SQL(JOBS_OF_SPACE), VALUES(value_id(call->person->space_id)), &space)) != NULL ||
	    (p = db_run(call->db, a, SQL(JOBS_OF_PERSON), VALUES(value_id(call->person->user_id)), &person)) != NULL)
		return p;
	today = row_integer(space, 0, JOBS_OF_DAY) >= JOBS_OF_DAY_MAX;
	if (today)
		p = problem_new(a, PROBLEM_TOO_MANY, "The space had %d jobs within a day.", JOBS_OF_DAY_MAX);
	else if (row_integer(space, 0, JOBS_UNDER_WAY) >= JOBS_OF_SPACE_MAX)
		p = problem_new(a, PROBLEM_BUSY, "The space has %d jobs under way; wait for one to end.",
		    JOBS_OF_SPACE_MAX);
	else if (row_integer(person, 0, COUNTED) >= JOBS_OF_PERSON_MAX)
		p = problem_new(a, PROBLEM_BUSY, "You have %d jobs under way in your spaces; wait for one to end.",
		    JOBS_OF_PERSON_MAX);
	if (p != NULL)
		p->retry_after = today ? TODAY_SECONDS : BUSY_SECONDS;
	return p;
}

static struct problem *
add_job(const struct call *call, const char *kind, const char *asked, const char *state, const char **id)
{
	struct problem *p;
	struct json_out out;
	struct buf payload;

	if ((p = check_room(call)) != NULL)
		return p;
	buf_init(&payload, call->a);
	json_out_start(&out, &payload);
	put_object(&out, NULL);
	put_person(&out, call->person);
	put_json(&out, "ask", asked);
	put_end(&out);
	if (*id == NULL)
		*id = uuid7_text(call->a);
	return db_run(call->db, call->a, SQL(JOB_ADD), VALUES(value_id(*id), value_text(kind), value_text(payload.text),
	    value_text(state), value_integer(strcmp(state, "running") == 0), value_id(call->person->space_id),
	    value_id(call->person->user_id)), NULL);
}

struct problem *
job_create(const struct call *call, const char *kind, const char *asked, const char **id)
{
	*id = NULL;
	return add_job(call, kind, asked, "waiting", id);
}

/* ---- looking ---- */

struct problem *
job_find(const struct call *call, const char *id, struct job *job, bool *found)
{
	const struct person *person = call->person;
	struct problem *p;
	struct rows *rows;

	*found = false;
	if ((p = db_run(call->db, call->a, SQL(JOB_VIEW), VALUES(value_id(person->space_id), value_id(id)),
	    &rows)) != NULL || rows->count == 0)
		return p;
	*job = (struct job){
		.id = row_text(rows, 0, JOB_VIEW_ID),
		.kind = row_text(rows, 0, JOB_VIEW_KIND),
		.state = row_text(rows, 0, JOB_VIEW_STATE),
		.user_id = row_text(rows, 0, JOB_VIEW_USER),
		.stage = row_text(rows, 0, JOB_VIEW_STAGE),
		.progress = row_integer(rows, 0, JOB_VIEW_PROGRESS),
		.total = row_integer(rows, 0, JOB_VIEW_TOTAL),
		.result = row_text(rows, 0, JOB_VIEW_RESULT),
		.error = row_text(rows, 0, JOB_VIEW_ERROR),
		.created_at = row_text(rows, 0, JOB_VIEW_CREATED_AT),
		.finished_at = row_text(rows, 0, JOB_VIEW_FINISHED_AT),
	};
	*found = person->role == ROLE_OWNER || (job->user_id != NULL && strcmp(job->user_id, person->user_id) == 0);
	return NULL;
}

void
job_put(struct json_out *out, const char *name, const struct job *job)
{
	put_object(out, name);
	put_text(out, "id", job->id);
	put_text(out, "kind", job->kind);
	put_text(out, "state", job->state);
	put_text(out, "stage", job->stage);
	put_integer(out, "progress", job->progress);
	put_integer(out, "total", job->total);
	put_sql_instant(out, "createdAt", job->created_at);
	if (job->finished_at != NULL)
		put_sql_instant(out, "finishedAt", job->finished_at);
	if (job->result != NULL)
		put_json(out, "result", job->result);
	if (job->error != NULL) {
		put_object(out, "error");
		put_text(out, "detail", job->error);
		put_end(out);
	}
	put_end(out);
}

/* ---- working ---- */

static struct problem *
lost(struct arena *a)
{
	return problem_new(a, PROBLEM_UNAVAILABLE, "The database was away, and the work is begun again.");
}

struct problem *
job_step(struct job_run *run, const char *stage, int64_t progress, int64_t total)
{
	struct problem *p;
	struct rows *rows;
	struct arena *a;
	bool mine;

	if (run == NULL || (run->told != NULL && strcmp(run->told, stage) == 0 &&
	    steady_now() < run->told_at + TELL_MS))
		return NULL;
	run->told = stage;
	run->told_at = steady_now();
	a = arena_new();
	p = db_run(run->aside, a, SQL(JOB_STEP),
	    VALUES(value_text(stage), value_integer(progress), value_integer(total), value_id(run->id)), &rows);
	mine = p == NULL && rows->affected == 1;
	if (p != NULL)
		p = problem_copy(run->call->a, p);
	arena_free(a);
	return p != NULL || mine ? p : lost(run->call->a);
}

static const char *
shortened(struct arena *a, const char *text)
{
	return arena_strndup(a, text, utf8_bytes(text, ERROR_MOST));
}

static struct problem *
end_job(struct job_run *run, const struct problem *failed)
{
	struct arena *a = run->call->a;
	struct value id = value_id(run->id);
	struct rows *rows;
	struct problem *p;

	if (failed != NULL)
		log_line(LOG_LEVEL_WARN, "job", "id=%s try=%d cause=%s", run->id, run->tries,
		    log_quote(a, failed->cause != NULL ? failed->cause : failed->detail));
	if (failed != NULL && problem_is_fatal(failed) && run->tries < JOB_TRIES_MAX)
		return db_run(run->aside, a, SQL(JOB_LATER), VALUES(value_text(shortened(a, failed->detail)),
		    value_integer(AGAIN_SECONDS * run->tries * run->tries), id), NULL);
	if ((p = db_run(run->aside, a, SQL(JOB_ENDED), VALUES(value_text(failed == NULL ? "done" : "failed"),
	    value_text(failed == NULL ? run->result : NULL),
	    value_text(failed == NULL ? NULL : shortened(a, failed->detail)), id), &rows)) != NULL)
		return p;
	return rows->affected == 1 ? NULL : lost(a);
}

/* Connect, and take the lock of the job; *locked is false when somebody else works at it. */
static struct problem *
take_lock(struct job_run *run, bool *locked)
{
	struct problem *p;
	struct rows *rows;

	*locked = false;
	run->aside = db_new(run->server->db);
	if ((p = db_run(run->aside, run->call->a, SQL(JOB_LOCK), VALUES(value_id(run->id)), &rows)) != NULL)
		return p;
	*locked = row_integer(rows, 0, LOCK_TAKEN) != 0;
	return NULL;
}

struct problem *
job_now(const struct call *call, const struct backup_server *server, const char *kind, const char *asked,
    struct job *job, struct problem **failed)
{
	struct job_run run = { .call = call, .server = server, .id = uuid7_text(call->a), .tries = JOB_TRIES_MAX };
	struct problem *p;
	bool locked, found;

	*failed = NULL;
	if ((p = take_lock(&run, &locked)) == NULL && (p = add_job(call, kind, asked, "running", &run.id)) == NULL &&
	    (p = json_parse_object(call->a, asked, strlen(asked), &run.asked)) == NULL) {
		*failed = kind_named(kind)->run(&run);
		p = end_job(&run, *failed);
	}
	db_free(run.aside);
	if (p != NULL || (p = job_find(call, run.id, job, &found)) != NULL)
		return p;
	return must_hold(call->a, found, "who asked for a job may look at it");
}

/* ---- taking the next one ---- */

/* The person who asked, with the rights that they have now. */
static struct problem *
read_person(const struct call *call, struct json_object *as, const char *space, struct person *person)
{
	struct arena *a = call->a;
	const char *user;
	struct problem *p;

	*person = person_itself(space);
	if ((p = json_get_text(a, as, "user", &user)) != NULL)
		return p;
	if (user == NULL || strcmp(user, NOBODY) == 0)
		return NULL;
	*person = (struct person){ .user_id = user, .space_id = space, .scope = SCOPE_ADMIN, .name = "", .email = "",
	    .home_space = "", .epoch = "", .token_until = INT64_MAX, .session_until = INT64_MAX, .use_due = INT64_MAX };
	if ((p = json_get_text(a, as, "session", &person->session_id)) != NULL ||
	    (p = json_get_text(a, as, "issuer", &person->issuer)) != NULL ||
	    (p = json_get_text(a, as, "subject", &person->subject)) != NULL ||
	    (p = json_get_text(a, as, "device", &person->device_id)) != NULL ||
	    (p = must_hold(a, person->session_id != NULL || person->issuer != NULL, "a job says who asked")) != NULL ||
	    (p = person_again(call->db, a, person)) != NULL)
		return p;
	return person->role > ROLE_NONE ? NULL
	    : problem_new(a, PROBLEM_FORBIDDEN, "You are not in this space any more.");
}

static struct problem *
work_at(struct job_run *run, const char *kind, const char *payload, const char *space)
{
	struct json_object *tree, *as, *asked;
	struct person person;
	const struct call *whose = run->call;
	struct call call = *whose;
	struct problem *p;

	if (run->tries > JOB_TRIES_MAX)
		return problem_new(call.a, PROBLEM_INTERNAL, "The work was cut short %d times.", JOB_TRIES_MAX);
	if ((p = json_parse_object(call.a, payload, strlen(payload), &tree)) != NULL ||
	    (p = must_hold(call.a, json_object_object_get_ex(tree, "as", &as) &&
	        json_object_object_get_ex(tree, "ask", &asked) && kind_named(kind)->name != NULL,
	        "a job says what is asked and by whom")) != NULL ||
	    (p = read_person(&call, as, space, &person)) != NULL ||
	    (p = policy_role(call.a, &person, kind_named(kind)->least)) != NULL)
		return p;
	run->asked = asked;
	call.person = &person;
	run->call = &call;
	p = kind_named(kind)->run(run);
	run->call = whose;
	return p;
}

static struct problem *
take_job(const struct call *call, const struct backup_server *server, const struct rows *job, bool *worked)
{
	struct job_run run = { .call = call, .server = server, .id = row_text(job, 0, JOB_READ_ID) };
	struct problem *p, *failed;
	struct rows *taken;
	bool locked;

	run.tries = (int)row_integer(job, 0, JOB_READ_TRIES) + 1;
	if ((p = take_lock(&run, &locked)) != NULL || !locked ||
	    (p = db_run(run.aside, call->a, SQL(JOB_TAKE), VALUES(value_id(run.id), value_integer(run.tries - 1)),
	        &taken)) != NULL || taken->affected == 0) {
		db_free(run.aside);
		return p;
	}
	*worked = true;
	failed = work_at(&run, row_text(job, 0, JOB_READ_KIND), row_text(job, 0, JOB_READ_PAYLOAD),
	    row_text(job, 0, JOB_READ_SPACE));
	p = end_job(&run, failed);
	db_free(run.aside);
	return p;
}

/* ---- whose turn it is ---- */

/* The people whose jobs were taken last, by this process: the turn of the last one is the highest. */
static struct {
	char user[UUID_TEXT_SIZE];
	int64_t turn;
} served[SERVED_MAX];

static int64_t
turn_of(const char *user)
{
	for (size_t i = 0; i < SERVED_MAX; i++)
		if (strcmp(served[i].user, user) == 0)
			return served[i].turn;
	return 0;
}

/* Remember it in the place of who was longest ago, or in their own. */
static void
note_turn(const char *user)
{
	size_t place = 0;
	int64_t last = 0;

	for (size_t i = 0; i < SERVED_MAX; i++) {
		last = served[i].turn > last ? served[i].turn : last;
		if (served[i].turn < served[place].turn)
			place = i;
	}
	for (size_t i = 0; i < SERVED_MAX; i++)
		if (strcmp(served[i].user, user) == 0)
			place = i;
	snprintf(served[place].user, sizeof served[place].user, "%s", user);
	served[place].turn = last + 1;
}

static const char *
user_of(const struct rows *due, size_t row)
{
	const char *user = row_text(due, row, JOBS_DUE_USER);

	return user == NULL ? "" : user;
}

/* Of those that are due the oldest one of whom it was longest ago for. */
static size_t
choose(const struct rows *due)
{
	size_t chosen = 0;

	for (size_t i = 1; i < due->count; i++)
		if (turn_of(user_of(due, i)) < turn_of(user_of(due, chosen)))
			chosen = i;
	return chosen;
}

struct problem *
jobs_run_next(const struct call *call, const struct backup_server *server, bool *worked)
{
	struct problem *p;
	struct rows *due, *job;
	size_t chosen;

	*worked = false;
	if ((p = db_run(call->db, call->a, SQL(JOBS_DUE), NULL, 0, &due)) != NULL || due->count == 0)
		return p;
	chosen = choose(due);
	note_turn(user_of(due, chosen));
	if ((p = db_run(call->db, call->a, SQL(JOB_READ), VALUES(value_id(row_text(due, chosen, JOBS_DUE_ID))),
	    &job)) != NULL || job->count == 0)
		return p;
	return take_job(call, server, job, worked);
}
