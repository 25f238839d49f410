/* presence.c -- one row for each client; people with a report in the last PRESENCE_MINUTES are present. */
#include "fleet/presence.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_out.h"
#include "base/text.h"
#include "store/statement.h"

enum {
	INFO_CHARACTERS_MAX = 255
};

/* The id of a client is made from the person, the space and its name, so that nobody can report for another person's
 * client. */
static const char *
id_of(struct arena *a, const struct person *person, const char *client)
{
	unsigned char digest[SHA256_SIZE];
	const char *text;

	if (client == NULL)
		client = person->device_id != NULL ? person->device_id
		    : person->session_id != NULL ? person->session_id : "";
	text = arena_printf(a, "presence %s %s %s", person->space_id, person->user_id, client);
	sha256(text, strlen(text), digest);
	return uuid_text(a, digest);
}

static const char *
cut(struct arena *a, const char *info)
{
	return info == NULL ? "" : arena_strndup(a, info, utf8_bytes(info, INFO_CHARACTERS_MAX));
}

/* A client that calls itself otherwise each time makes no more than PRESENCE_CLIENTS_MAX rows. */
static struct problem *
write_down(const struct call *call, const char *id, const char *info)
{
	const struct person *person = call->person;
	const struct value space = value_id(person->space_id), user = value_id(person->user_id);
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(PRESENCE_SEEN),
	    VALUES(value_id(id), space, user, value_text(person->device_id), value_text(cut(call->a, info)),
	        value_integer(PRESENCE_MINUTES)), &rows);
	if (p != NULL || rows->affected != 1) /* 2: it is known */
		return p;
	return db_run(call->db, call->a, SQL(PRESENCE_TRIM),
	    VALUES(space, user, space, user, value_integer(PRESENCE_CLIENTS_MAX - 1)), NULL);
}

struct problem *
presence_seen(const struct call *call, const char *client, const char *info, struct presence *presence)
{
	struct arena *a = call->a;
	const char *id = id_of(a, call->person, client);
	struct problem *p;
	struct rows *rows;

	if ((p = write_down(call, id, info)) != NULL ||
	    (p = db_run(call->db, a, SQL(PRESENCE_READ), VALUES(value_id(id)), &rows)) != NULL)
		return p;
	if (rows->count == 0)
		return problem_internal(a, "presence %s is gone", id);
	*presence = (struct presence){
		.id = id,
		.started_at = row_instant(rows, 0, PRESENCE_STARTED_AT),
		.last_at = row_instant(rows, 0, PRESENCE_LAST_AT),
	};
	return NULL;
}

struct problem *
presence_end(const struct call *call, const char *client, bool *found)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(PRESENCE_END),
	    VALUES(value_id(id_of(call->a, call->person, client))), &rows);
	*found = p == NULL && rows->affected > 0;
	return p;
}

struct problem *
presence_count(const struct call *call, int64_t *people)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(call->db, call->a, SQL(PRESENCE_COUNT),
	    VALUES(value_id(call->person->space_id), value_integer(PRESENCE_MINUTES)), &rows);
	*people = p == NULL ? row_integer(rows, 0, COUNTED) : 0;
	return p;
}

struct problem *
presence_list(const struct call *call, struct json_out *out)
{
	struct problem *p;
	struct rows *rows;
	int64_t people;

	if ((p = presence_count(call, &people)) != NULL ||
	    (p = db_run(call->db, call->a, SQL(PRESENCE_LIST),
	        VALUES(value_id(call->person->space_id), value_integer(PRESENCE_MINUTES)), &rows)) != NULL)
		return p;
	put_integer(out, "activeUsers", people);
	put_array(out, "people");
	for (size_t i = 0; i < rows->count; i++) {
		put_object(out, NULL);
		put_text(out, "user", row_text(rows, i, PRESENT_USER));
		put_text(out, "name", row_text(rows, i, PRESENT_NAME));
		put_instant(out, "startedAt", row_instant(rows, i, PRESENT_STARTED_AT));
		put_instant(out, "lastActiveAt", row_instant(rows, i, PRESENT_LAST_AT));
		put_integer(out, "clients", row_integer(rows, i, PRESENT_CLIENTS));
		put_end(out);
	}
	put_end(out);
	return NULL;
}
