/* cars.c -- the API of the package-car tracker at /compat/cars/api/, over the records of `cars`.  A client written for
 * that tracker works after changing its address and its key, which is an API token of Daybook.  This file has the cars;
 * the other cars_*.c have the rest.
 *
 * The userId that a client names is ignored: the holder of the token is the author.  Where the original API loses data,
 * this one does not.  A version is compared under the lock of the space, and a stale one is 409; only the starts and
 * ends of shifts are no news there.  A deleted car comes back only by POST.  `since` is inclusive, so a poll may repeat
 * the last write, but misses none. */
#include "compat/cars.h"

#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "compat/compat.h"
#include "fleet/fleet.h"
#include "http/dialect.h"
#include "http/reply.h"
#include "model/policy.h"
#include "record/write.h"
#include "sync/since.h"

#define VERSION_MAX (INT64_C(1) << 53)

enum {
	CAR_ID_MAX = 50,
	SQL_SECONDS = 19 /* characters of "2026-11-21 08:34:00" */
};

/* ---- shared by the files of this API ---- */

struct problem *
compat_collection(struct request *r, const char *name, const struct collection **c)
{
	*c = collection_find(r->worker->collections, name);
	return *c != NULL ? NULL : problem_new(r->a, PROBLEM_NOT_FOUND, "There is no collection %s here.", name);
}

struct problem *
compat_say(struct request *r, int status, const char *words)
{
	put_text(reply_object(r, status), "error", words);
	return NULL;
}

struct problem *
compat_succeed(struct request *r)
{
	put_boolean(reply_object(r, 200), "success", true);
	return NULL;
}

void
compat_put_time(struct json_out *out, const char *name, const char *sql)
{
	put_text(out, name, sql == NULL ? NULL : arena_strndup(out->to->arena, sql, SQL_SECONDS));
}

/* ---- errors in that API's format ---- */

static const char cars_path[] = "/compat/cars/api/cars/";

static const char *
words_for(const struct request *r, const struct problem *p)
{
	switch (p->kind) {
	case PROBLEM_MALFORMED:
	case PROBLEM_INVALID:
	case PROBLEM_UNKNOWN_FIELD:
	case PROBLEM_READ_ONLY:
	case PROBLEM_REQUIRED:
		return "Validation failed";
	case PROBLEM_UNAUTHORIZED:
		return "Authentication required";
	case PROBLEM_FORBIDDEN:
		return "Forbidden";
	case PROBLEM_NOT_FOUND:
		return strncmp(r->path, cars_path, sizeof cars_path - 1) == 0 ? "Car not found" : "Not found";
	case PROBLEM_METHOD_NOT_ALLOWED:
		return "Method not allowed";
	case PROBLEM_CONFLICT:
	case PROBLEM_PRECONDITION:
		return "Version conflict";
	case PROBLEM_EXISTS:
		return "Car already exists";
	case PROBLEM_THROTTLED:
	case PROBLEM_TOO_MANY:
	case PROBLEM_BUSY:
		return "Rate limit exceeded";
	case PROBLEM_INTERNAL:
		return "Internal server error";
	default:
		return problem_kinds[p->kind].title;
	}
}

static bool
is_named(struct json_slice key, const char *name)
{
	return key.length == strlen(name) && memcmp(key.text, name, key.length) == 0;
}

/* True when the client expects null: such a version is never current. */
static bool
expects_null(const struct request *r)
{
	struct json_object *version;

	return r->input != NULL && json_object_object_get_ex(r->input, "expectedVersion", &version) && version == NULL;
}

/* That API knows only these two members of a conflict. */
static void
put_versions(struct request *r, struct json_out *out, const struct problem *p)
{
	struct json_slice key, value;
	const char *at = p->members == NULL ? "{}" : arena_printf(r->a, "{%s}", p->members);

	while (json_next_member(&at, &key, &value)) {
		if (is_named(key, "expectedVersion") && expects_null(r))
			put_null(out, "expectedVersion");
		else if (is_named(key, "currentVersion") || is_named(key, "expectedVersion"))
			put_json_n(out, arena_strndup(r->a, key.text, key.length), value.text, value.length);
	}
}

static void
refuse(struct request *r, const struct problem *p)
{
	bool stale = p->kind == PROBLEM_CONFLICT || p->kind == PROBLEM_PRECONDITION;
	int status = stale ? problem_kinds[PROBLEM_CONFLICT].status : problem_kinds[p->kind].status;
	struct json_out *out = reply_object(r, status);

	put_text(out, "error", words_for(r, p));
	if (status == 400 || p->kind == PROBLEM_FORBIDDEN || status == 413)
		put_text(out, "details", p->detail);
	if (stale)
		put_versions(r, out, p);
}

const struct dialect cars_dialect = {
	.prefix = "/compat/cars/",
	.methods = "GET, POST, PUT, DELETE, OPTIONS",
	.headers = "Content-Type, Authorization, X-API-Key",
	.max_age = "86400",
	.refuse = refuse,
};

/* ---- a car as JSON ---- */

enum shape {
	SHAPE_FULL,
	SHAPE_PLAIN, /* without the instants of its flags: GET of one car */
	SHAPE_NEW    /* the answer to a create */
};

static void
put_flag(struct json_out *out, const struct collection *c, const char **values, const char *field)
{
	put_boolean(out, field, value_true(value_named(c, values, field)));
}

static void
put_instant_of(struct request *r, struct json_out *out, const struct collection *c, const char **values,
    const char *field)
{
	const char *value = value_named(c, values, field);

	compat_put_time(out, field, value == NULL ? NULL : instant_sql(r->a, value_instant_of(value)));
}

static void
put_car(struct request *r, struct json_out *out, const char *name, const struct record *record,
    const char *by_name, enum shape shape)
{
	const struct collection *c = record->collection;
	const char **values = values_parse(r->a, c, record->doc, NULL);

	put_object(out, name);
	put_text(out, "id", record->id);
	put_text(out, "location", value_plain(r->a, value_named(c, values, "location")));
	put_flag(out, c, values, "arrived");
	put_flag(out, c, values, "late");
	put_flag(out, c, values, "empty");
	if (shape != SHAPE_NEW)
		put_text(out, "notes", value_plain(r->a, value_named(c, values, "notes")));
	if (shape == SHAPE_FULL) {
		put_instant_of(r, out, c, values, "arrivedAt");
		put_instant_of(r, out, c, values, "emptyAt");
	}
	if (shape != SHAPE_NEW) {
		compat_put_time(out, "lastUpdatedAt", record->updated_at);
		put_text(out, "lastUpdatedBy", by_name);
	}
	put_integer(out, "version", record->version);
	put_end(out);
}

static struct problem *
answer_car(struct request *r, int status, const struct record *record, enum shape shape)
{
	struct problem *p;
	const char *name;

	if ((p = since_name(r->db, r->a, record->updated_by, &name)) != NULL)
		return p;
	put_car(r, reply_object(r, status), "car", record, name, shape);
	return NULL;
}

/* ---- reading ---- */

/* GET …/health */
struct problem *
compat_cars_health(struct request *r)
{
	struct json_out *out = reply_object(r, 200);

	put_text(out, "status", "ok");
	put_instant(out, "timestamp", instant_now());
	return NULL;
}

static void
put_cars(struct request *r, struct json_out *out, const struct since *since)
{
	put_array(out, "cars");
	for (size_t i = 0; i < since->count; i++)
		if (!since->rows[i].record.deleted)
			put_car(r, out, NULL, &since->rows[i].record, since->rows[i].by_name, SHAPE_FULL);
	put_end(out);
}

/* GET …/cars -- the whole fleet in one list. */
struct problem *
compat_cars_list(struct request *r)
{
	struct problem *p;
	struct since since = { .from = 0 };

	if ((p = compat_collection(r, "cars", &since.collection)) != NULL ||
	    (p = since_read(&r->call, &since)) != NULL)
		return p;
	put_cars(r, reply_object(r, 200), &since);
	return NULL;
}

/* GET …/cars/:id */
struct problem *
compat_cars_read(struct request *r)
{
	struct problem *p;
	const struct collection *c;
	struct record record;
	bool found;

	if ((p = compat_collection(r, "cars", &c)) != NULL ||
	    (p = policy_may(r->a, &r->person, c, MAY_READ)) != NULL ||
	    (p = record_find(&r->call, c, r->params[0], &record, &found)) != NULL)
		return p;
	if (!found || record.deleted || !policy_sees(&r->person, c, record.owner, record.reader))
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such car.");
	return answer_car(r, 200, &record, SHAPE_PLAIN);
}

/* Read an instant as that API accepts it: ISO 8601, or as in its rows, without a zone. */
static struct problem *
read_since(struct request *r, int64_t *since)
{
	const char *text = given_text(r, "since");

	*since = 0;
	if (text == NULL || text[0] == '\0' || instant_parse(text, since) ||
	    instant_parse(arena_printf(r->a, "%sZ", text), since))
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, "since", "since must be an instant such as 2026-11-21T08:34:00.000Z.");
}

static void
put_deleted(struct json_out *out, const struct since *since)
{
	put_array(out, "deletedIds");
	for (size_t i = 0; i < since->count; i++)
		if (since->rows[i].record.deleted)
			put_text(out, NULL, since->rows[i].record.id);
	put_end(out);
}

const struct member compat_cars_changes_takes[] = {
	PARAM("since", TEXT, "an instant; changes from it on, without it all cars"),
	MEMBERS_END
};

/* GET …/sync/changes?since= -- timestamp is the instant of the space's last write, for the next poll. */
struct problem *
compat_cars_changes(struct request *r)
{
	struct problem *p;
	struct since since = { .from = 0 };
	int64_t now;
	struct json_out *out;

	if ((p = compat_collection(r, "cars", &since.collection)) != NULL ||
	    (p = read_since(r, &since.from)) != NULL)
		return p;
	since.tombstones = since.from != 0;
	if ((p = since_now(&r->call, &now)) != NULL ||
	    (p = since_read(&r->call, &since)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_cars(r, out, &since);
	put_deleted(out, &since);
	put_instant(out, "timestamp", now);
	return NULL;
}

/* ---- writing ---- */

static void
drop_tree(void *tree)
{
	json_object_put(tree);
}

/* A flag may be sent as 1 or 0. */
static struct json_object *
flag_of(struct json_object *value)
{
	if (json_object_is_type(value, json_type_int) && (uint64_t)json_object_get_int64(value) <= 1)
		return json_object_new_boolean(json_object_get_int64(value) == 1);
	return json_object_get(value);
}

static bool
names_flag(const char *member)
{
	return strcmp(member, "arrived") == 0 || strcmp(member, "late") == 0 || strcmp(member, "empty") == 0;
}

/* An object with only the named members of the body, in the order in which they were sent. */
static struct json_object *
pick(struct request *r, const char *const *names)
{
	struct json_object *picked = json_object_new_object();

	arena_defer(r->a, drop_tree, picked);
	json_object_object_foreach (r->input, member, value) {
		for (size_t i = 0; names[i] != NULL; i++)
			if (strcmp(member, names[i]) == 0)
				json_object_object_add(picked, member,
				    names_flag(member) ? flag_of(value) : json_object_get(value));
	}
	return picked;
}

/* Check the id of a new car: 1 to 50 letters, digits and dashes. */
static struct problem *
check_car_id(struct arena *a, const char *id)
{
	size_t length = strlen(id);

	if (length < 1 || length > CAR_ID_MAX)
		return problem_at(a, PROBLEM_INVALID, "id", "Car ID must be 1-%d characters", CAR_ID_MAX);
	if (strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != length)
		return problem_at(a, PROBLEM_INVALID, "id", "Car ID must be alphanumeric with dashes only");
	return NULL;
}

/* Daybook's API resets a location with null; here an empty location is an error. */
static struct problem *
check_location(struct request *r)
{
	struct json_object *location;

	if (json_object_object_get_ex(r->input, "location", &location) && location == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "location", "Location is required");
	return NULL;
}

/* Answer a write.  When it is repeated under its key, the car may have been deleted meanwhile. */
static struct problem *
answer_written(struct request *r, int status, const struct outcome *outcome, enum shape shape)
{
	if (outcome->problem != NULL)
		return outcome->problem;
	if (!outcome->has_record || outcome->record.deleted)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such car.");
	return answer_car(r, status, &outcome->record, shape);
}

const struct member compat_cars_create_takes[] = {
	BODY("id", ANY, "1 to 50 letters, digits and dashes, also as a number"),
	BODY("location", ANY, "where the car stands, by the collection's definition"),
	MEMBERS_END
};

/* POST …/cars -- flags in the body are ignored. */
struct problem *
compat_cars_create(struct request *r)
{
	static const char *const members[] = { "location", NULL };
	struct problem *p;
	struct json_object *id;
	struct op op = { .op_id = r->idempotency_key, .kind = OP_SET, .intent = INTENT_CREATE };
	struct outcome outcome;
	struct written written;

	if ((p = compat_collection(r, "cars", &op.collection)) != NULL ||
	    (p = check_location(r)) != NULL)
		return p;
	if (!json_object_object_get_ex(r->input, "id", &id) || id == NULL ||
	    strcmp(json_object_get_string(id), "") == 0)
		return compat_say(r, 400, "Car ID required");
	op.record_id = json_object_is_type(id, json_type_string) ? json_object_get_string(id) : json_number_text(id);
	if ((p = check_car_id(r->a, op.record_id == NULL ? "" : op.record_id)) != NULL)
		return p;
	op.set = pick(r, members);
	op_prepare(r->a, &r->person, &op);
	p = write_ops(&r->call, &op, 1, &outcome, &written);
	if (p != NULL)
		return p;
	return answer_written(r, 201, &outcome, SHAPE_NEW);
}

/* A PUT: change the car, or create it if there never was one. */
struct update {
	int64_t expected;           /* the version that the client names, or BASE_CURRENT */
	const char *order;          /* the members in the order in which they were sent, as ".late.location"; or "" */
	struct op change, create;
	struct outcome outcome;
};

/* For the log of changes, which shows the fields of a write in the order in which they were sent. */
static const char *
order_of(struct arena *a, struct json_object *set)
{
	struct buf b;

	buf_init(&b, a);
	json_object_object_foreach (set, member, value) {
		(void)value;
		buf_printf(&b, ".%s", member);
	}
	return json_object_object_length(set) > 1 ? b.text : "";
}

/* In that API a shift that begins or ends does not touch the cars, so its clients do not expect a newer version. */
static struct problem *
skip_shifts(struct writer *w, struct update *u)
{
	struct problem *p;
	struct record held;
	bool found, only;

	u->change.base = u->expected;
	if (u->expected < 1)
		return NULL;
	if ((p = record_find(w->call, u->change.collection, u->change.record_id, &held, &found)) != NULL)
		return p;
	if (!found || held.deleted || held.version <= u->expected)
		return NULL;
	if ((p = fleet_shifts_only(w->call, held.id, u->expected, held.version, &only)) == NULL && only)
		u->change.base = held.version;
	return p;
}

/* A deleted car is neither changed nor created by PUT; only POST brings it back. */
static struct problem *
work_update(struct writer *w, void *arg)
{
	struct update *u = arg;
	struct problem *p;

	if (*u->order != '\0')
		u->change.cause = arena_printf(w->call->a, "put-%" PRId64 "%s", w->seq + 1, u->order);
	if ((p = skip_shifts(w, u)) != NULL ||
	    (p = writer_take(w, &u->change, &u->outcome)) != NULL)
		return p;
	if (u->outcome.problem == NULL || u->outcome.problem->kind != PROBLEM_NOT_FOUND)
		return NULL;
	if ((p = check_car_id(w->call->a, u->create.record_id)) != NULL) {
		u->outcome.problem = p;
		return NULL;
	}
	if ((p = writer_take(w, &u->create, &u->outcome)) != NULL)
		return p;
	if (u->outcome.problem != NULL && u->outcome.problem->kind == PROBLEM_CONFLICT)
		u->outcome.problem = problem_new(w->call->a, PROBLEM_NOT_FOUND, "This car was deleted.");
	return NULL;
}

/* Prepare an op of the PUT.  An empty text is no value in Daybook; here it stays what it is, because that API tells it
 * from null. */
static void
prepare_update(struct request *r, struct op *op)
{
	const struct field *notes = collection_field(op->collection, "notes");
	struct json_object *value;

	op_prepare(r->a, &r->person, op);
	if (op->refused == NULL && json_object_object_get_ex(op->set, "notes", &value) &&
	    json_object_is_type(value, json_type_string) && json_object_get_string_len(value) == 0)
		op->values[notes->index] = "\"\"";
}

const struct member compat_cars_update_takes[] = {
	BODY("location", ANY, "where the car stands, by the collection's definition"),
	BODY("arrived", ANY, "a flag of the car, also as 1 or 0"),
	BODY("late", ANY, "a flag of the car, also as 1 or 0"),
	BODY("empty", ANY, "a flag of the car, also as 1 or 0"),
	BODY("notes", ANY, "what there is to say of it"),
	BODY("expectedVersion", INTEGER, "the version that the change was made to; null is never the current one",
	  .min = 0, .max = VERSION_MAX, .null = NULL_IS_GIVEN, .wrong = "expectedVersion must be a version"),
	MEMBERS_END
};

/* PUT …/cars/:id */
struct problem *
compat_cars_update(struct request *r)
{
	static const char *const members[] = { "location", "arrived", "late", "empty", "notes", NULL };
	struct problem *p;
	struct update u = { .outcome = { 0 } };
	struct written written;

	u.change = (struct op){
		.op_id = r->idempotency_key, .kind = OP_SET, .intent = INTENT_CHANGE, .record_id = r->params[0],
	};
	if ((p = compat_collection(r, "cars", &u.change.collection)) != NULL ||
	    (p = check_location(r)) != NULL)
		return p;
	u.change.strict = is_given(r, "expectedVersion");
	u.change.base = u.expected = u.change.strict ? given_integer(r, "expectedVersion") : BASE_CURRENT;
	u.change.set = pick(r, members);
	u.order = order_of(r->a, u.change.set);
	u.create = u.change;
	u.create.intent = INTENT_PUSH;
	u.create.base = 0;
	u.create.strict = false;
	prepare_update(r, &u.change);
	prepare_update(r, &u.create);
	p = write_action(&r->call, ROLE_VIEWER, work_update, &u, &written);
	if (p != NULL)
		return p;
	return answer_written(r, 200, &u.outcome, SHAPE_FULL);
}

/* DELETE …/cars/:id */
struct problem *
compat_cars_delete(struct request *r)
{
	struct problem *p;
	struct op op = { .op_id = r->idempotency_key, .kind = OP_DELETE, .intent = INTENT_CHANGE, .base = BASE_CURRENT,
		.record_id = r->params[0] };
	struct outcome outcome;
	struct written written;

	if ((p = compat_collection(r, "cars", &op.collection)) != NULL)
		return p;
	op_prepare(r->a, &r->person, &op);
	p = write_ops(&r->call, &op, 1, &outcome, &written);
	if (p != NULL || (p = outcome.problem) != NULL)
		return p;
	return compat_succeed(r);
}
