/* pin.c -- PINs, in the table `pin`, and signing in with them: sessions of the kind "pin". */
#include "team/pin.h"

#include <string.h>

#include "account/account.h"
#include "account/hashing.h"
#include "base/id.h"
#include "base/text.h"
#include "model/policy.h"
#include "store/statement.h"

/* --- PINs that are refused --- */

/* True when each digit is the one before plus step; 0 follows 9. */
static bool
is_row(const char *pin, int step)
{
	for (size_t i = 1; pin[i] != '\0'; i++)
		if ((pin[i - 1] - '0' + step + 10) % 10 != pin[i] - '0')
			return false;
	return true;
}

static bool
is_repeated(const char *pin)
{
	size_t length = strlen(pin);

	for (size_t group = 2; group <= length / 2; group++)
		if (length % group == 0 && memcmp(pin, pin + group, length - group) == 0)
			return true;
	return false;
}

static bool
is_weak(const char *pin)
{
	return is_row(pin, 0) || is_row(pin, 1) || is_row(pin, -1) || is_repeated(pin) || strcmp(pin, "2580") == 0 ||
	    strcmp(pin, "0852") == 0;
}

struct problem *
pin_check(struct arena *a, const char *pin)
{
	size_t digits;

	if (pin == NULL)
		return problem_at(a, PROBLEM_REQUIRED, "pin", "A PIN is needed.");
	digits = strspn(pin, "0123456789");
	if (pin[digits] != '\0' || digits < PIN_DIGITS_MIN || digits > PIN_DIGITS_MAX)
		return problem_at(a, PROBLEM_INVALID, "pin",
		    "A PIN has %d to %d digits.", PIN_DIGITS_MIN, PIN_DIGITS_MAX);
	if (is_weak(pin))
		return problem_at(a, PROBLEM_INVALID, "pin",
		    "This PIN would be among the first to be tried; please choose another.");
	return NULL;
}

/* --- setting and removing --- */

struct pin_change {
	const char *space_id, *user_id;
	const char *hash; /* NULL removes the PIN */
	bool done;
};

static struct problem *
change_pin(struct db *db, struct arena *a, void *arg)
{
	struct pin_change *c = arg;
	const struct value space = value_id(c->space_id), user = value_id(c->user_id);
	struct problem *p;
	struct rows *rows;

	if (c->hash != NULL)
		p = db_run(db, a, SQL(PIN_SET), VALUES(value_text(c->hash), space, user), &rows);
	else
		p = db_run(db, a, SQL(MEMBER_PIN_FORGET), VALUES(space, user), &rows);
	if (p != NULL)
		return p;
	c->done = rows->affected > 0;
	return db_run(db, a, SQL(PIN_SESSIONS_END), VALUES(space, user), NULL);
}

static struct problem *
compute(const struct gate *g, const char *pin, const char **hash)
{
	struct problem *p;
	struct turn turn;

	if ((p = hashing_begin(g, &turn)) != NULL)
		return p;
	p = hash_secret(g->a, pin, hash);
	hashing_end(g, &turn);
	return p;
}

struct problem *
pin_set(const struct gate *g, const struct person *person, const char *pin, const char *password)
{
	struct problem *p;
	struct pin_change c = { .space_id = person->space_id, .user_id = person->user_id };

	if ((p = pin_check(g->a, pin)) != NULL ||
	    (p = policy_account(g->a, person)) != NULL ||
	    (p = team_only(g->a, person)) != NULL ||
	    (p = account_prove(g, person, password)) != NULL ||
	    (p = compute(g, pin, &c.hash)) != NULL ||
	    (p = db_transaction(g->db, g->a, change_pin, &c)) != NULL)
		return p;
	return c.done ? NULL : problem_new(g->a, PROBLEM_NOT_FOUND, "There is nothing here."); /* no longer a member */
}

struct problem *
pin_remove(const struct call *call, const char *user_id)
{
	struct problem *p;
	struct pin_change c = { .space_id = call->person->space_id, .user_id = user_id };

	if (uuid_valid(user_id) && (p = db_transaction(call->db, call->a, change_pin, &c)) != NULL)
		return p;
	return c.done ? NULL : problem_new(call->a, PROBLEM_NOT_FOUND, "There is no PIN.");
}

/* --- people who have a PIN --- */

struct problem *
pins_list(struct db *db, struct arena *a, const char *space_id, struct pin_row **pins, size_t *count)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(db, a, SQL(PINS_LIST), VALUES(value_id(space_id)), &rows)) != NULL)
		return p;
	*count = rows->count;
	*pins = arena_alloc(a, (rows->count + 1) * sizeof **pins);
	for (size_t i = 0; i < rows->count; i++)
		(*pins)[i] = (struct pin_row){
			.user_id = row_text(rows, i, PIN_USER),
			.name = row_text(rows, i, PIN_USER_NAME),
			.changed_at = row_instant(rows, i, PIN_CHANGED_AT),
		};
	return NULL;
}

struct problem *
pin_read(const struct call *call, int64_t *changed_at)
{
	struct problem *p;
	struct rows *rows;

	if ((p = db_run(call->db, call->a, SQL(PIN_MINE),
	    VALUES(value_id(call->person->space_id), value_id(call->person->user_id)), &rows)) != NULL)
		return p;
	*changed_at = rows->count == 0 ? 0 : row_instant(rows, 0, MY_PIN_CHANGED_AT);
	return NULL;
}

const char *
initials(struct arena *a, const char *name)
{
	const char *first = name + strspn(name, " "), *last = first;
	struct buf b;

	buf_init(&b, a);
	for (const char *at = first; *at != '\0'; at++)
		if (at[0] == ' ' && at[1] != ' ' && at[1] != '\0')
			last = at + 1;
	if (*first != '\0')
		buf_add(&b, first, utf8_bytes(first, 1));
	if (last != first)
		buf_add(&b, last, utf8_bytes(last, 1));
	return b.text;
}

/* --- signing in --- */

static const char wrong[] = "The PIN is not right.", asked_again[] = "Please enter your PIN again.";

/* An access token must not be valid for longer than the time after which the PIN is asked for again. */
static int64_t
access_seconds(const struct config *config)
{
	return 60 * (config->access_minutes < config->pin_idle_minutes
	    ? config->access_minutes : config->pin_idle_minutes);
}

static struct problem *
not_let_in(struct arena *a, const char *detail, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_UNAUTHORIZED, "%s", detail);

	p->cause = cause;
	return p;
}

struct found {
	const char *email, *name, *hash; /* hash is NULL if this person cannot sign in here */
};

static struct problem *
find_person(const struct gate *g, const char *space_id, const char *user_id, struct found *found)
{
	struct problem *p;
	struct rows *rows;

	*found = (struct found){ 0 };
	if ((p = db_run(g->db, g->a, SQL(PIN_FIND),
	    VALUES(value_id(space_id), value_id(user_id)), &rows)) != NULL || rows->count == 0)
		return p;
	*found = (struct found){
		.email = row_text(rows, 0, FOUND_PIN_EMAIL),
		.name = row_text(rows, 0, FOUND_PIN_NAME),
		.hash = row_text(rows, 0, FOUND_PIN_HASH),
	};
	return NULL;
}

struct opening {
	const struct gate *gate;
	const struct handheld *handheld;
	const char *session_id, *user_id, *hash;
	bool open;
};

/* Lock the handheld's row, so that one person at a time is signed in there and a revocation ends their sign-in.  The
 * session is opened only if the PIN that was verified is still theirs. */
static struct problem *
open_session(struct db *db, struct arena *a, void *arg)
{
	struct opening *o = arg;
	const struct handheld *h = o->handheld;
	unsigned char nothing[SHA256_SIZE]; /* the column needs the hash of a token; this is the hash of none */
	struct problem *p;
	struct rows *rows;

	o->open = false;
	random_bytes(nothing, sizeof nothing);
	if ((p = db_run(db, a, SQL(HANDHELD_LOCK), VALUES(value_id(h->id)), &rows)) != NULL || rows->count == 0)
		return p;
	p = db_run(db, a, SQL(PIN_SESSION_OPEN),
	    VALUES(value_id(o->session_id), value_bytes(nothing, sizeof nothing), value_text(h->device_id),
	        value_text(h->name), value_id(h->id), value_integer(o->gate->config->pin_idle_minutes),
	        value_id(h->space_id), value_id(o->user_id), value_text(o->hash)),
	    &rows);
	if (p != NULL || !(o->open = rows->affected == 1))
		return p;
	if ((p = db_run(db, a, SQL(HANDHELD_OTHERS_END),
	    VALUES(value_id(h->id), value_id(o->session_id)), NULL)) != NULL)
		return p;
	if ((p = sessions_forget(db, a, o->user_id)) != NULL)
		return p;
	return db_run(db, a, SQL(HANDHELD_USED), VALUES(value_id(h->id)), NULL);
}

static struct problem *
let_in(const struct gate *g, const struct handheld *h, const char *user_id, const struct found *found,
    struct entry *entry)
{
	struct problem *p;
	struct opening o = {
		.gate = g, .handheld = h, .session_id = uuid7_text(g->a), .user_id = user_id, .hash = found->hash,
	};

	if ((p = db_transaction(g->db, g->a, open_session, &o)) != NULL)
		return p;
	if (!o.open)
		return not_let_in(g->a, wrong, "the handheld was revoked or the PIN changed during the sign-in");
	*entry = (struct entry){
		.user_id = user_id,
		.email = found->email,
		.name = found->name,
		.space = h->space_id,
		.session_id = o.session_id,
	};
	return session_give_access(g, entry, access_seconds(g->config));
}

struct problem *
pin_sign_in(const struct gate *g, const struct handheld *h, const char *user_id, const char *pin, struct entry *entry)
{
	struct problem *p;
	struct throttle t;
	struct found found;
	bool right;
	struct turn turn;

	throttle_init_pin(&t, h->id, user_id);
	if ((p = hashing_begin_guess(g, &t, &turn)) != NULL)
		return p;
	p = find_person(g, h->space_id, user_id, &found);
	right = p == NULL && password_verify(pin, found.hash);
	hashing_end(g, &turn);
	if (p != NULL)
		return p;
	if (!right) {
		if ((p = throttle_failed(g->db, g->a, &t)) != NULL)
			return p;
		return not_let_in(g->a, wrong, found.hash == NULL ? "no such member, or no PIN" : "wrong PIN");
	}
	if ((p = let_in(g, h, user_id, &found, entry)) != NULL)
		return p;
	return throttle_passed(g->db, g->a, &t);
}

struct problem *
pin_renew(const struct gate *g, const struct person *person, const char *token, struct entry *entry)
{
	struct problem *p;
	struct handheld h;
	struct rows *rows;

	if (!person->by_pin)
		return problem_new(g->a, PROBLEM_FORBIDDEN, "This is for who signed in by PIN.");
	if ((p = handheld_of_token(g->db, g->a, token, &h)) != NULL)
		return p;
	p = db_run(g->db, g->a, SQL(PIN_SESSION_RENEW),
	    VALUES(value_integer(g->config->pin_idle_minutes), value_integer(PIN_HOURS_MAX),
	        value_id(person->session_id), value_id(h.id)),
	    &rows);
	if (p != NULL)
		return p;
	if (rows->affected != 1)
		return not_let_in(g->a, asked_again, "signed in at another handheld, or the time is over");
	*entry = (struct entry){
		.user_id = person->user_id,
		.email = person->email,
		.name = person->name,
		.space = h.space_id,
		.session_id = person->session_id,
	};
	return session_give_access(g, entry, access_seconds(g->config));
}
