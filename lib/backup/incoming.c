/* incoming.c -- a record of the file as it will be here: whose it is, under which id, and with which values.  Read
 * restore_incoming, at the bottom, first.
 *
 * What this server sealed itself, under the definitions that it has now, is taken as it is.  In any other file each
 * value is checked by its field, because nobody knows who wrote it. */
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "model/cell.h"
#include "restore_work.h"
#include "store/statement.h"
#include "work.h"

enum {
	USERS_MAX = 100000 /* of a file that are remembered */
};

bool
restore_never(const char *collection)
{
	return strcmp(collection, "members") == 0 || strcmp(collection, "notifications") == 0;
}

bool
restore_is_asked(const struct restore *r, const char *collection)
{
	const struct texts *only = &r->asked->collections;

	return !restore_never(collection) && (only->count == 0 || texts_hold(only, collection));
}

void
restore_note(struct restore *r, const char *collection, const char *why)
{
	for (size_t i = 0; i < r->note_count; i++)
		if (strcmp(r->notes[i].collection, collection) == 0 && strcmp(r->notes[i].why, why) == 0) {
			r->notes[i].count++;
			return;
		}
	if (r->note_count < RESTORE_NOTES_MAX)
		r->notes[r->note_count++] = (struct restore_note){
			.collection = arena_strdup(r->call->a, collection),
			.why = arena_strdup(r->call->a, why),
			.count = 1,
		};
}

/* ---- who is who ---- */

static void
widen_users(struct restore *r)
{
	size_t room = r->user_room == 0 ? 64 : 2 * r->user_room;
	struct restore_user *wider = arena_alloc(r->call->a, room * sizeof *wider);

	if (r->user_count > 0)
		memcpy(wider, r->user, r->user_count * sizeof *wider);
	r->user = wider;
	r->user_room = room;
}

/* What is remembered of a user of the file; NULL when there are too many of them. */
static struct restore_user *
user_of(struct restore *r, const char *id)
{
	const struct seen_entry *known = seen_find(&r->users, id);

	if (known != NULL)
		return &r->user[known->count - 1];
	if (r->user_count == USERS_MAX)
		return NULL;
	if (r->user_count == r->user_room)
		widen_users(r);
	r->user[r->user_count] = (struct restore_user){ .email = NULL };
	seen_entry(&r->users, id)->count = (uint32_t)++r->user_count;
	return &r->user[r->user_count - 1];
}

void
restore_meet_user(struct restore *r, const char *id, const char *email)
{
	struct restore_user *user = user_of(r, id);

	if (user != NULL && user->email == NULL)
		user->email = arena_strdup(r->call->a, email);
}

static struct problem *
read_members(struct restore *r)
{
	struct arena *a = r->call->a;
	struct problem *p;
	struct rows *rows;
	const char **ids, **emails;

	if (r->members_read)
		return NULL;
	p = db_run(r->call->db, a, SQL(IMPORT_PEOPLE), VALUES(value_id(r->call->person->space_id)), &rows);
	if (p != NULL)
		return p;
	ids = arena_alloc(a, (rows->count + 1) * sizeof *ids);
	emails = arena_alloc(a, (rows->count + 1) * sizeof *emails);
	for (size_t i = 0; i < rows->count; i++) {
		ids[i] = row_text(rows, i, PEOPLE_ID);
		emails[i] = row_text(rows, i, PEOPLE_EMAIL);
	}
	r->member_ids = ids;
	r->member_emails = emails;
	r->member_count = rows->count;
	r->members_read = true;
	return NULL;
}

static const char *
member_with(const struct restore *r, const char *const *texts, const char *text)
{
	for (size_t i = 0; text != NULL && i < r->member_count; i++)
		if (strcmp(texts[i], text) == 0)
			return r->member_ids[i];
	return NULL;
}

/* Who a user of the file is here; NULL for nobody. */
static struct problem *
find_user(struct restore *r, const char *id, const char **here)
{
	struct restore_user *user;
	struct problem *p;

	*here = id;
	if (strcmp(id, NOBODY) == 0 || strcmp(id, r->call->person->user_id) == 0)
		return NULL;
	if ((p = read_members(r)) != NULL)
		return p;
	user = user_of(r, id);
	if (user == NULL || user->here == NULL) {
		*here = member_with(r, r->member_ids, id);
		if (*here == NULL && user != NULL)
			*here = member_with(r, r->member_emails, user->email);
		if (user != NULL)
			user->here = *here == NULL ? "" : *here;
		return NULL;
	}
	*here = *user->here == '\0' ? NULL : user->here;
	return NULL;
}

/* True when the space has the record, live or deleted, as that of the same owner: then it stays theirs, also when they
 * are no member any more. */
static struct problem *
was_theirs(struct restore *r, const struct archive_record *in, bool *theirs)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(r->call->db, r->scratch, SQL(RECORD_READ), VALUES(value_id(r->call->person->space_id),
	    value_text(in->collection), value_key(in->id)), &rows);
	*theirs = p == NULL && rows->count > 0 && strcmp(row_text(rows, 0, RECORD_OWNER), in->owner) == 0;
	return p;
}

static struct problem *
settle_owner(struct restore *r, const struct archive_record *in, struct incoming *out)
{
	struct problem *p;
	bool theirs;

	if ((p = find_user(r, in->owner, &out->owner)) != NULL)
		return p;
	if (out->owner != NULL && !(out->collection->own && strcmp(out->owner, NOBODY) == 0))
		return NULL;
	if ((p = was_theirs(r, in, &theirs)) != NULL)
		return p;
	out->orphan = !theirs;
	out->owner = theirs ? in->owner : r->call->person->user_id;
	return NULL;
}

/* ---- values ---- */

static bool
check_value(struct restore *r, const struct field *f, struct json_object *value, const char **canonical)
{
	struct buf b;

	if (f->type != FIELD_JSON)
		return field_read(r->scratch, f, value, canonical) == NULL;
	buf_init(&b, r->scratch);
	json_canonical(&b, value);
	*canonical = b.text;
	return true;
}

/* Take the members of a document of the file into values; what they cannot be is left out. */
static bool
check_members(struct restore *r, const struct collection *c, const char *doc, bool private_ones, const char **values)
{
	struct json_object *tree;

	if (doc == NULL)
		return true;
	if (json_parse_object(r->scratch, doc, strlen(doc), &tree) != NULL) {
		restore_note(r, c->name, "it is not JSON as Daybook takes it");
		return false;
	}
	json_object_object_foreach(tree, key, value) {
		const struct field *f = collection_field(c, key);
		const char *why = NULL;

		if (f == NULL || f->is_private != private_ones)
			why = "is not known";
		else if (!check_value(r, f, value, &values[f->index])) {
			values[f->index] = NULL;
			why = "has a value that it cannot have";
		}
		if (why != NULL)
			restore_note(r, c->name, arena_printf(r->scratch, "%s %s", text_short(r->scratch, key), why));
	}
	return true;
}

/* The values of a record that may be anybody's; NULL for one that cannot be taken. */
static const char **
checked_values(struct restore *r, const struct collection *c, const struct archive_record *in)
{
	const char **values = values_new(r->scratch, c);
	struct problem *p;

	if (!id_valid(in->id) || id_reserved(in->id) || !uuid_valid(in->owner)) {
		restore_note(r, c->name, "its id or its owner cannot be one");
		return NULL;
	}
	if (!check_members(r, c, in->doc, false, values) || !check_members(r, c, in->doc_private, true, values))
		return NULL;
	if ((p = values_check(r->scratch, c, (const char *const *)values)) == NULL)
		return values;
	restore_note(r, c->name, p->detail);
	return NULL;
}

/* Users that a record names, as they are called here; a stranger stays who they are. */
static struct problem *
translate_users(struct restore *r, const struct collection *c, const char **values, bool *changed)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];
		const char *user, *here;
		struct problem *p;

		if (f->type != FIELD_TEXT || f->format == NULL || strcmp(f->format, "user") != 0 || values[i] == NULL)
			continue;
		user = value_plain(r->scratch, values[i]);
		if (!uuid_valid(user))
			continue;
		if ((p = find_user(r, user, &here)) != NULL)
			return p;
		if (here != NULL && strcmp(here, user) != 0) {
			values[i] = json_quoted(r->scratch, here);
			*changed = true;
		}
	}
	return NULL;
}

/* Of a collection with an addressee, who wrote a record and whom it is for is as it is here, also of a deleted one. */
static struct problem *
settle_reader(struct restore *r, const char **values, struct incoming *out)
{
	const struct call call = call_in(r->call, r->scratch);
	const struct collection *c = out->collection;
	struct record here;
	struct problem *p;
	bool known;

	if ((p = record_find(&call, c, out->id, &here, &known)) != NULL ||
	    (!known && (p = record_purged(&call, c, out->id, &here, &known)) != NULL) || !known)
		return p;
	out->owner = here.owner;
	out->orphan = false;
	values[c->addressee->index] = here.reader == NULL ? NULL : json_quoted(r->scratch, here.reader);
	return NULL;
}

struct problem *
restore_settings(struct restore *r, const struct collection *c, const char **values, bool *changed)
{
	const struct call call = call_in(r->call, r->scratch);
	struct problem *p;
	bool differed;

	if (r->same_space || strcmp(c->name, "spaceSettings") != 0)
		return NULL;
	if ((p = backup_settings_stay(&call, c, values, &differed)) != NULL)
		return p;
	if (differed)
		restore_note(r, c->name, "what decides about backups stays as it is in this space");
	*changed = *changed || differed;
	return NULL;
}

/* An id that is made of the values and the owner follows them. */
static void
settle_id(struct restore *r, const struct archive_record *in, const char *const *values, struct incoming *out)
{
	const char *natural = values_id(r->scratch, out->collection, out->owner, values);

	if (natural == NULL || strcmp(natural, in->id) == 0)
		return;
	out->id = natural;
	seen_entry(&r->moved, arena_printf(r->scratch, "%s %s", out->collection->name, natural))->count = 1;
}

struct problem *
restore_incoming(struct restore *r, const struct archive_record *in, struct incoming *out, bool *taken)
{
	const struct collection *c = collection_find(r->call->set, in->collection);
	const char **values = NULL;
	struct problem *p;
	bool changed = !r->trusted;

	*taken = false;
	*out = (struct incoming){ c, in->id, in->owner, in->doc, in->doc_private, false };
	if (c == NULL) {
		restore_note(r, in->collection, "this server has no such collection");
		return NULL;
	}
	if (!r->trusted && (values = checked_values(r, c, in)) == NULL)
		return NULL;
	if ((p = settle_owner(r, in, out)) != NULL)
		return p;
	*taken = true;
	if (r->trusted && strcmp(out->owner, in->owner) == 0 && r->same_space)
		return NULL;
	if (values == NULL)
		values = values_parse(r->scratch, c, in->doc, in->doc_private);
	if ((!r->same_space && (p = translate_users(r, c, values, &changed)) != NULL) ||
	    (p = restore_settings(r, c, values, &changed)) != NULL ||
	    (c->addressee != NULL && (p = settle_reader(r, values, out)) != NULL))
		return p;
	changed = changed || c->addressee != NULL;
	settle_id(r, in, (const char *const *)values, out);
	if (changed) {
		out->doc = values_doc(r->scratch, c, (const char *const *)values, false);
		out->doc_private = c->has_private ? values_doc(r->scratch, c, (const char *const *)values, true) : NULL;
	}
	return NULL;
}
