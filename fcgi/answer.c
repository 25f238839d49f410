/* answer.c -- the path of a request.  Read this file first: everything happens in the order of answer(), at the bottom.
 * Here a request must pass its row of the route table: token, scope and role.  Who may do what with a record is decided
 * later, in policy.c. */
#include "answer.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "account/caller.h"
#include "account/ticket.h"
#include "base/instant.h"
#include "base/log.h"
#include "compat/compat.h"
#include "host/shared.h"
#include "http/io.h"
#include "http/member.h"
#include "http/origin.h"
#include "http/reply.h"
#include "http/ticket.h"
#include "model/policy.h"
#include "record/then.h"
#include "routes.h"
#include "team/handheld.h"

enum {
	HEAVY_SECONDS = 4, /* of a statement; half a dozen of them stay below what web servers wait */
	BULK_OPS_FROM = 16 * 1024, /* bytes of a push: some fifty ops and more */
	BULK_FROM = 1 << 20        /* of any other body: mostly of a file, which is only stored */
};

static const enum scope scope_needed[ACCESS_COUNT] = {
	[ACCESS_READ] = SCOPE_READ,
	[ACCESS_WRITE] = SCOPE_WRITE,
	[ACCESS_ADMIN] = SCOPE_ADMIN,
};

static struct request *
begin(struct worker *w, struct io *io)
{
	struct request *r = arena_alloc(w->arena, sizeof(*r));

	r->worker = w;
	r->a = w->arena;
	r->db = w->db;
	r->call = worker_call(w);
	r->call.person = &r->person;
	r->call.turns = &w->turns;
	r->io = io;
	r->id = "-";
	r->body = "";
	buf_init(&r->out, r->a);
	db_take_count(r->db);
	return r;
}

/* The token of the request: from "Authorization: Bearer …", else from "X-API-Key: …", else NULL.  After an internal
 * redirect, Apache prefixes the variable with REDIRECT_.  Daybook's own API reads no cookie here,
 * but that of a ticket. */
static const char *
shown_token(struct request *r)
{
	static const char bearer[] = "Bearer ";
	const char *authorization = request_header(r, "Authorization");

	if (authorization == NULL)
		authorization = io_param(r->io, "REDIRECT_HTTP_AUTHORIZATION");
	if (authorization == NULL || strncasecmp(authorization, bearer, sizeof(bearer) - 1) != 0)
		return request_header(r, "X-API-Key");
	authorization += sizeof(bearer) - 1;
	return authorization + strspn(authorization, " ");
}

/* Where a dialect has a cookie, it may hold the token.  Another site's page can make a browser send it along, so it
 * counts only for pages of this site; a browser names the page with everything but a plain GET. */
static struct problem *
find_token(struct request *r, const char **token)
{
	bool reads = strcmp(r->method, "GET") == 0;

	*token = shown_token(r);
	if (*token != NULL || r->dialect == NULL || r->dialect->cookie == NULL ||
	    (*token = cookie_value(r, r->dialect->cookie)) == NULL)
		return NULL;
	if (reads ? !origin_is_foreign(r) : origin_is_ours(r))
		return NULL;
	return problem_new(r->a, PROBLEM_FORBIDDEN,
	    "The cookie is for pages of this site; other programs send \"Authorization: Bearer …\".");
}

/* True when this host's memory may say who asks: nothing is written, or the write reads them again. */
static bool
may_remember(const struct request *r)
{
	return strcmp(r->method, "GET") == 0 || r->route->again;
}

static struct problem *
no_token(struct request *r)
{
	const char *ticket = ticket_shown(r);

	if (ticket == NULL)
		return problem_new(r->a, PROBLEM_UNAUTHORIZED,
		    "Sign in, or send a token as \"Authorization: Bearer …\".");
	r->by_ticket = true;
	return person_of_ticket(r->db, r->a, r->worker->ring, ticket, ticket_path(r), r->space, &r->person);
}

static struct problem *
authenticate(struct request *r)
{
	const char *token;
	struct problem *p;

	if (r->route->access == ACCESS_PUBLIC)
		return NULL;
	if ((p = find_token(r, &token)) != NULL)
		return p;
	if (token == NULL || *token == '\0')
		return no_token(r);
	if (r->route->access == ACCESS_HANDHELD) {
		r->handheld = arena_alloc(r->a, sizeof(*r->handheld));
		return handheld_of_token(r->db, r->a, token, r->handheld);
	}
	if (!may_remember(r) || !caller_find(r->db, r->a, r->worker->ring, token, r->space, &r->person))
		if ((p = person_of_token(r->db, r->a, r->worker->ring, token, r->space, &r->person)) != NULL)
			return p;
	if (r->device_id != NULL)
		person_at_device(&r->person, r->device_id);
	return NULL;
}

static struct problem *
too_low(struct request *r, const char *needed)
{
	struct problem *p = problem_new(r->a, PROBLEM_FORBIDDEN,
	    "This token may %s; this needs %s.", scope_names[r->person.scope], needed);

	p->scope = needed;
	return p;
}

/* A space that the person is not a member of gets the same 404 as a space that does not exist. */
static struct problem *
authorize(struct request *r)
{
	const struct route *route = r->route;
	const struct person *person = &r->person;
	bool in_space = scope_needed[route->access] != SCOPE_NONE;

	if (route->access == ACCESS_PUBLIC || route->access == ACCESS_HANDHELD)
		return NULL;
	if (route->access == ACCESS_USER || (route->access == ACCESS_SELF && !person->by_pin))
		return policy_account(r->a, person);
	if ((in_space || r->space != NULL) && person->space_id == NULL)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is nothing here.");
	if (person->scope < scope_needed[route->access])
		return too_low(r, scope_names[scope_needed[route->access]]);
	if (person->role < route->role)
		return problem_new(r->a, PROBLEM_FORBIDDEN, "This needs the role %s in the space, yours is %s.",
		    role_names[route->role], role_names[person->role]);
	return NULL;
}

/* A list is heavy as soon as something other than the pages of its own order is asked for: no index helps then. */
static bool
asks_for_pages_alone(const struct request *r)
{
	static const char *const of_pages[] = { "limit", "after", "fields" };

	for (size_t i = 0; i < r->query_count; i++) {
		bool known = false;

		for (size_t j = 0; j < sizeof of_pages / sizeof of_pages[0]; j++)
			known = known || strcmp(r->query[i].name, of_pages[j]) == 0;
		if (!known)
			return false;
	}
	return true;
}

/* Whether the request is about another moment than now. */
static bool
asks_for_then(const struct request *r)
{
	for (size_t i = 0; i < r->query_count; i++)
		if (strcmp(r->query[i].name, "at") == 0)
			return takes_parameter(r, "at") && !parameter_is_filter(r, i);
	return false;
}

/* Looking back may take as long as a report, whatever is looked at. */
static enum turn_class
turns_needed(struct request *r)
{
	enum turn_class class = r->route->turns;

	if (asks_for_then(r))
		return TURN_HEAVY;
	if (class == TURN_LIST)
		return asks_for_pages_alone(r) ? TURN_LIGHT : TURN_HEAVY;
	if ((class == TURN_PUSH && request_length(r) > BULK_OPS_FROM) ||
	    (class == TURN_LIGHT && request_length(r) > BULK_FROM))
		return TURN_BULK;
	return class;
}

/* Everything that a person asks takes one of their light turns, so that they never occupy all workers, and then what
 * the route's own class asks for.  A heavy read ends in the database after HEAVY_SECONDS. */
static struct problem *
take_turns(struct request *r)
{
	struct problem *p;
	enum turn_class class = turns_needed(r);
	const char *who = r->person.user_id;

	if (class == TURN_NONE)
		return NULL;
	if ((p = turn_take(&r->worker->turns, r->a, TURN_LIGHT, who, &r->light_turn)) != NULL)
		return p;
	if (class == TURN_HEAVY)
		db_hurry(r->db, HEAVY_SECONDS);
	if (class == TURN_LIGHT)
		return NULL;
	return turn_take(&r->worker->turns, r->a, class, who, &r->turn);
}

static void
end_turns(struct request *r)
{
	db_hurry(r->db, 0);
	turn_end(&r->worker->turns, &r->turn);
	turn_end(&r->worker->turns, &r->light_turn);
}

/* ?at=: from here on the handler reads the records as they were then: those of the collection for a list, for all else
 * all, because names and settings are records too.  A single record is found without that. */
static struct problem *
look_back(struct request *r)
{
	const struct collection *const needed[] = { r->collection };
	struct problem *p;

	if (!asks_for_then(r))
		return NULL;
	if ((p = then_read(&r->call, given_text(r, "at"))) != NULL)
		return p;
	r->person.seq = r->call.then_seq;
	reply_header(r, "X-Daybook-Seq", arena_printf(r->a, "%" PRId64, r->call.then_seq));
	if (r->record_id != NULL || (r->route->turns == TURN_LIST && r->collection == NULL)) /* the latter: a member */
		return NULL;
	r->looks_back = true;
	return then_open(&r->call, r->route->turns == TURN_LIST && r->collection != NULL ? needed : NULL, 1,
	    &r->call.then_missing);
}

/* For GET /metrics. */
static void
count_request(const struct request *r, int64_t ms)
{
	int class = r->status / 100;

	if (class >= 1 && class <= 5)
		shared_count((enum shared_count)(SHARED_ANSWERS_1XX + class - 1), 1);
	shared_count(SHARED_ANSWERS_MS, (uint64_t)ms);
}

/* Write one line.  It has the route's pattern and never the path, because ids may be names, and never anything from
 * bodies, queries or tokens. */
static void
log_request(struct request *r, const struct problem *p, int64_t ms)
{
	struct buf line;
	bool ours = r->status >= 500;

	buf_init(&line, r->a);
	buf_printf(&line, "id=%s", r->id);
	if (r->person.user_id != NULL)
		buf_printf(&line, " user=%s", r->person.user_id);
	buf_printf(&line, " route=\"%s %s\" status=%d ms=%" PRId64 " sql=%u",
	    r->head ? "HEAD" : r->method != NULL ? r->method : "-",
	    r->route != NULL ? r->route->pattern : "-", r->status, ms, db_take_count(r->db));
	if (p != NULL && r->status >= 400)
		buf_printf(&line, " type=%s", problem_kinds[p->kind].type);
	if (p != NULL && p->cause != NULL)
		buf_printf(&line, " cause=%s", log_quote(r->a, p->cause));
	if (r->client_gone)
		buf_text(&line, " client=gone");
	log_line(ours ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "request", "%s", line.text);
}

/* OPTIONS has no rows in the table: it is answered with the Allow header that a 405 would have. */
static bool
asks_options(const struct request *r)
{
	return r->method != NULL && strcmp(r->method, "OPTIONS") == 0;
}

/* A stream that fails is broken off so that it does not look complete: half a timesheet is worse than none. */
static void
answer_problem(struct request *r, struct problem *p)
{
	if (asks_options(r) && r->dialect != NULL) {
		reply_preflight(r);
	} else if (asks_options(r) && p->kind == PROBLEM_METHOD_NOT_ALLOWED) {
		reply_options(r, p->allow);
	} else if (r->headers_sent) {
		r->status = problem_kinds[p->kind].status;
		io_spoil(r->io);
	} else {
		reply_problem(r, p);
	}
}

void
answer(struct worker *w, struct io *io)
{
	int64_t start = steady_now();
	struct request *r = begin(w, io);
	struct problem *p;

	p = request_read(r);                      /* 400, 404, 405, 413: method, path, query, headers, within limits */
	r->dialect = dialect_of(r->path != NULL ? r->path : io_param(io, "REQUEST_URI"));
	if (p != NULL ||
	    (p = route_find(r)) != NULL ||        /* 404, 405: r->route, r->params, r->collection */
	    (p = authenticate(r)) != NULL ||      /* 401: r->person */
	    (p = authorize(r)) != NULL ||         /* 403, or 404 where existence is a secret */
	    (p = take_turns(r)) != NULL ||        /* 429: too much of this at once */
	    (p = request_read_body(r)) != NULL || /* 400, 413, 415: r->body, r->input */
	    (p = request_read_members(r)) != NULL || /* 400: the values that given_text and the like return */
	    (p = look_back(r)) != NULL ||         /* 400, 503: r->call reads the records as they were then */
	    (p = r->route->run(r)) != NULL)       /* the handler */
		answer_problem(r, p);
	request_drain(r);
	reply_send(r);
	if (r->looks_back)
		then_close(r->db);
	end_turns(r);
	count_request(r, steady_now() - start);
	log_request(r, p, steady_now() - start);
}
