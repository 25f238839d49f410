/* caller.c -- people in the table: packed when they are kept, unpacked when they are found, compared when the watcher
 * has read them again. */
#include "account/caller.h"

#include <stddef.h>
#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "store/statement.h"

enum {
	BATCH = 32, /* entries asked about at once: as many as CALLERS_IN_USE takes */
	NO_TEXT = UINT16_MAX
};

/* The texts of a person. */
static const size_t texts[] = {
	offsetof(struct person, user_id), offsetof(struct person, name), offsetof(struct person, email),
	offsetof(struct person, home_space), offsetof(struct person, session_id), offsetof(struct person, issuer),
	offsetof(struct person, subject), offsetof(struct person, device_id), offsetof(struct person, space_id),
	offsetof(struct person, space_kind),
};

enum {
	TEXT_COUNT = sizeof(texts) / sizeof(texts[0])
};

/* A person without the head of their space.  Unused bytes are 0, so that equal people are equal bytes. */
struct packed {
	int64_t token_until, session_until, use_due, view_epoch, space_since;
	unsigned char role, scope, api_token, by_pin, oversees_all;
	uint16_t overseen_count, overseen_start; /* in room, after the texts */
	uint16_t starts[TEXT_COUNT]; /* of each text in room */
	char room[SHARED_VALUE_MAX - 5 * 8 - 6 - 2 * 2 - 2 * TEXT_COUNT];
};

static const char **
text_of(const struct person *person, size_t i)
{
	return (const char **)((uintptr_t)person + texts[i]);
}

/* Put the ids of whom a person oversees behind the texts.  False when they do not fit. */
static bool
pack_overseen(const struct person *person, struct packed *packed, size_t *used)
{
	size_t size = person->overseen_count * DB_ID_SIZE;

	if (size > sizeof(packed->room) - *used)
		return false;
	packed->oversees_all = person->oversees_all;
	packed->overseen_count = (uint16_t)person->overseen_count;
	packed->overseen_start = (uint16_t)*used;
	if (size > 0)
		memcpy(packed->room + *used, person->overseen, size);
	*used += size;
	return true;
}

/* False when it does not fit: of those who oversee many, the database is asked. */
static bool
pack(const struct person *person, struct shared_value *value)
{
	struct packed packed;
	size_t used = 0;

	memset(&packed, 0, sizeof(packed));
	packed.token_until = person->token_until;
	packed.session_until = person->session_until;
	packed.use_due = person->use_due;
	packed.view_epoch = person->view_epoch;
	packed.space_since = person->space_since;
	packed.role = (unsigned char)person->role;
	packed.scope = (unsigned char)person->scope;
	packed.api_token = person->api_token;
	packed.by_pin = person->by_pin;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char *text = *text_of(person, i);
		size_t size = text == NULL ? 0 : strlen(text) + 1;

		if (used + size > sizeof(packed.room))
			return false;
		packed.starts[i] = text == NULL ? NO_TEXT : (uint16_t)used;
		memcpy(packed.room + used, text == NULL ? "" : text, size);
		used += size;
	}
	if (!pack_overseen(person, &packed, &used))
		return false;
	value->size = offsetof(struct packed, room) + used;
	memcpy(value->bytes, &packed, value->size);
	return true;
}

static void
unpack(struct arena *a, const struct shared_value *value, struct person *person)
{
	const struct packed *packed = arena_memdup(a, value->bytes, value->size);

	memset(person, 0, sizeof(*person));
	person->token_until = packed->token_until;
	person->session_until = packed->session_until;
	person->use_due = packed->use_due;
	person->view_epoch = packed->view_epoch;
	person->space_since = packed->space_since;
	person->role = packed->role;
	person->scope = packed->scope;
	person->api_token = packed->api_token != 0;
	person->by_pin = packed->by_pin != 0;
	person->oversees_all = packed->oversees_all != 0;
	person->overseen_count = packed->overseen_count;
	if (packed->overseen_count > 0)
		person->overseen = (const unsigned char *)packed->room + packed->overseen_start;
	for (size_t i = 0; i < TEXT_COUNT; i++)
		*text_of(person, i) = packed->starts[i] == NO_TEXT ? NULL : packed->room + packed->starts[i];
}

static struct shared_key
key_of(const struct token_ring *ring, const char *token, const char *space)
{
	struct shared_key key;
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, token_ring_digest(ring), SHA256_SIZE);
	sha256_add(&h, space != NULL ? space : "", space != NULL ? UUID_TEXT_SIZE : 1); /* with its NUL */
	sha256_add(&h, token, strlen(token));
	sha256_end(&h, key.bytes);
	return key;
}

bool
caller_find(const struct db *db, struct arena *a, const struct token_ring *ring, const char *token, const char *space,
    struct person *person)
{
	struct shared_key key;
	struct shared_value value;
	struct head head;
	int64_t now = instant_now();

	if (!shared_is_open() || (space != NULL && !uuid_valid(space)) || !db_is_open(db))
		return false;
	key = key_of(ring, token, space);
	if (!shared_find(SHARED_CALLER, &key, &value))
		return false;
	unpack(a, &value, person);
	if (person->token_until <= now || person->session_until <= now || person->use_due <= now ||
	    !head_find(person->space_id, &head))
		return false;
	person->epoch = arena_strdup(a, head.epoch);
	person->seq = head.seq;
	person->min_seq = head.min_seq;
	memcpy(person->chain, head.chain, sizeof(person->chain));
	return true;
}

/* Whose change puts a person in doubt.  False when an id is none. */
static bool
subjects_of(const struct person *person, struct db_change subjects[3], size_t *count)
{
	const char *session = person->session_id;

	subjects[0].subject = DB_USER;
	subjects[1].subject = DB_SPACE;
	subjects[2].subject = DB_SESSION;
	*count = session != NULL ? 3 : 2;
	return db_id(person->user_id, strlen(person->user_id), subjects[0].id) &&
	    db_id(person->space_id, strlen(person->space_id), subjects[1].id) &&
	    (session == NULL || db_id(session, strlen(session), subjects[2].id));
}

static void
keep_head(const struct person *person, struct shared_moment moment)
{
	struct head head = head_of(person->epoch, person->seq, person->chain, person->min_seq);

	head_keep(person->space_id, &head, moment);
}

void
caller_keep(const struct token_ring *ring, const char *token, const char *space, const struct person *person,
    struct shared_moment moment)
{
	struct shared_key key;
	struct shared_value value;
	struct db_change subjects[3];
	size_t count;

	if (!shared_is_open() || person->space_id == NULL || (space != NULL && !uuid_valid(space)) ||
	    !subjects_of(person, subjects, &count) || !pack(person, &value))
		return;
	key = key_of(ring, token, space);
	shared_keep(SHARED_CALLER, &key, &value, moment, subjects, count, false);
	keep_head(person, moment);
}

/* --- for the watcher --- */

/* Whether a row is about the session or the identity of a person, in the space. */
static bool
is_about(const struct rows *rows, size_t i, const struct person *person)
{
	if (strcmp(row_text(rows, i, CALLER_SPACE), person->space_id) != 0)
		return false;
	if (person->session_id != NULL)
		return strcmp(row_text(rows, i, CALLER_BY_TOKEN_SESSION), person->session_id) == 0;
	return strcmp(row_text(rows, i, CALLER_BY_IDENTITY_ISSUER), person->issuer) == 0 &&
	    strcmp(row_text(rows, i, CALLER_BY_IDENTITY_SUBJECT), person->subject) == 0;
}

/* Take a row into person.  Whether it gives the same person as before; what the token itself says stays. */
static bool
is_same(struct arena *a, const struct rows *rows, size_t i, const struct shared_entry *entry, struct person *person)
{
	struct shared_value value;

	return person_of_row(a, rows, i, person) == NULL && pack(person, &value) && value.size == entry->value.size &&
	    memcmp(value.bytes, entry->value.bytes, value.size) == 0;
}

static void
settle(struct arena *a, const struct rows *rows, const struct shared_entry *entry, struct shared_moment moment)
{
	struct person person;

	unpack(a, &entry->value, &person);
	for (size_t i = 0; i < rows->count; i++)
		if (is_about(rows, i, &person) && is_same(a, rows, i, entry, &person)) {
			keep_head(&person, moment);
			shared_confirm(SHARED_CALLER, entry, moment);
			return;
		}
	shared_drop(SHARED_CALLER, &entry->key);
}

/* Entries of one kind, those with a session or those with an identity, at most BATCH. */
struct batch {
	bool by_session;
	struct shared_entry *entries[BATCH];
	size_t count;
};

/* The values of the statement: the last entry fills the places that are left. */
static struct problem *
ask(struct db *db, struct arena *a, const struct batch *b)
{
	struct value values[2 * BATCH];
	struct shared_moment moment = shared_moment();
	struct problem *p;
	struct rows *rows;

	for (size_t i = 0; i < BATCH; i++) {
		struct person person;

		unpack(a, &b->entries[i < b->count ? i : b->count - 1]->value, &person);
		values[i] = value_id(b->by_session ? person.session_id : person.user_id);
		values[BATCH + i] = value_id(person.space_id);
	}
	p = db_run(db, a, b->by_session ? SQL(CALLERS_IN_USE) : SQL(CALLERS_IN_USE_BY_IDENTITY), values, 2 * BATCH,
	    &rows);
	if (p != NULL)
		return p;
	for (size_t i = 0; i < b->count; i++)
		settle(a, rows, b->entries[i], moment);
	return NULL;
}

struct problem *
callers_confirm(struct db *db, struct arena *a)
{
	struct shared_entry *entries = arena_alloc(a, BATCH * sizeof(*entries));
	struct problem *p;
	size_t position = 0, count;

	while ((count = shared_due(SHARED_CALLER, &position, entries, BATCH)) > 0) {
		struct batch batches[2] = { { .by_session = false }, { .by_session = true } };

		for (size_t i = 0; i < count; i++) {
			struct person person;

			unpack(a, &entries[i].value, &person);
			struct batch *b = &batches[person.session_id != NULL];
			b->entries[b->count++] = &entries[i];
		}
		for (size_t i = 0; i < 2; i++)
			if (batches[i].count > 0 && (p = ask(db, a, &batches[i])) != NULL)
				return p;
	}
	return NULL;
}
