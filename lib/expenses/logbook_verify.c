/* logbook_verify.c -- checks an exported logbook by itself.  The hash of each write follows from its fields and the
 * hash before it; what a trip says is what its writes made of it; and where the file has the links of the chain, each
 * follows from the one before, up to the head. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "expenses/logbook.h"

struct check {
	struct arena *a;
	struct logbook_verified *out;
	const char *space;
	struct json_object *links;   /* by place; NULL where the file has none */
	int64_t first_link;
};

/* ---- reading ---- */

static struct json_object *
member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, key, &value) ? value
	    : NULL;
}

static const char *
text_member(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static int64_t
integer_member(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : 0;
}

static struct json_object *
list_member(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	return json_object_is_type(value, json_type_array) ? value : NULL;
}

static const char *
canonical_member(struct arena *a, struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);
	struct buf b;

	if (value == NULL)
		return NULL;
	buf_init(&b, a);
	json_canonical(&b, value);
	return b.text;
}

static bool
bytes_member(struct json_object *object, const char *key, void *bytes, size_t size)
{
	const char *text = text_member(object, key);

	return text != NULL && strlen(text) == 2 * size && hex_parse(text, bytes, size);
}

PRINTF_LIKE(2, 3)
static void
differ(struct check *k, const char *format, ...)
{
	va_list args;

	if (k->out->difference != NULL)
		return;
	va_start(args, format);
	k->out->difference = arena_vprintf(k->a, format, args);
	va_end(args);
}

/* What the header of a write is made of; false when something is missing. */
static bool
read_header(const struct check *k, struct json_object *from, struct audit_row *row)
{
	const char *at = text_member(from, "at"), *claimed = text_member(from, "claimedAt");

	*row = (struct audit_row){
		.space_id = k->space,
		.seq = integer_member(from, "seq"),
		.tx_seq = integer_member(from, "txSeq"),
		.collection = text_member(from, "collection"),
		.record_id = text_member(from, "recordId"),
		.version = integer_member(from, "version"),
		.owner_id = text_member(from, "ownerId"),
		.prev_owner_id = text_member(from, "prevOwnerId"),
		.action = text_member(from, "action"),
		.user_id = text_member(from, "userId"),
		.device_id = text_member(from, "deviceId"),
		.op_id = text_member(from, "opId"),
		.cause = text_member(from, "cause"),
	};
	return at != NULL && instant_parse(at, &row->at) &&
	    (claimed == NULL || instant_parse(claimed, &row->claimed_at)) && row->collection != NULL &&
	    row->record_id != NULL && row->owner_id != NULL && row->action != NULL && row->user_id != NULL &&
	    bytes_member(from, "digest", row->digest, sizeof row->digest);
}

/* ---- a write ---- */

static bool
same_hash(struct json_object *from, const struct audit_row *row)
{
	unsigned char hash[SHA256_SIZE];

	return bytes_member(from, "hash", hash, sizeof hash) && memcmp(hash, row->hash, sizeof hash) == 0;
}

/* The write is the link of the chain with its seq. */
static void
check_link_of(struct check *k, const struct audit_row *row)
{
	struct json_object *link = row->seq < k->first_link ? NULL
	    : json_object_array_get_idx(k->links, (size_t)(row->seq - k->first_link));

	if (link == NULL || integer_member(link, "seq") != row->seq || !same_hash(link, row))
		differ(k, "write %" PRId64 " of trip %s is not the one in the chain", row->seq, row->record_id);
}

static void
check_content(struct check *k, struct json_object *from, struct audit_row *row)
{
	unsigned char digest[SHA256_SIZE];

	row->changes = canonical_member(k->a, from, "changes");
	row->private_changes = canonical_member(k->a, from, "privateChanges");
	if (row->changes == NULL) {
		k->out->sealed++;
		return;
	}
	memcpy(digest, row->digest, sizeof digest);
	if (!bytes_member(from, "salt", row->salt, sizeof row->salt)) {
		differ(k, "write %" PRId64 " of trip %s has no salt", row->seq, row->record_id);
		return;
	}
	audit_digest(row);
	if (memcmp(digest, row->digest, sizeof digest) != 0)
		differ(k, "write %" PRId64 " of trip %s: its content is not what was sealed", row->seq,
		    row->record_id);
}

/* Check one write of a trip; *row is what it says. */
static void
check_write(struct check *k, struct json_object *from, const char *trip, struct audit_row *row)
{
	unsigned char before[SHA256_SIZE];

	if (!read_header(k, from, row) || !bytes_member(from, "before", before, sizeof before)) {
		differ(k, "write %" PRId64 " of trip %s: a field is missing or cannot be read", row->seq, trip);
		return;
	}
	if (strcmp(row->record_id, trip) != 0 || strcmp(row->collection, "mileage") != 0) {
		differ(k, "write %" PRId64 " is shown with trip %s, but is one of %s %s", row->seq, trip,
		    row->collection, row->record_id);
		return;
	}
	check_content(k, from, row);
	audit_hash(k->a, before, row);
	if (!same_hash(from, row))
		differ(k, "write %" PRId64 " of trip %s: its hash does not follow from its fields and the hash before "
		    "it", row->seq, trip);
	if (k->links != NULL)
		check_link_of(k, row);
	k->out->writes++;
}

/* ---- a trip ---- */

/* Apply the changes of a write to fields. */
static void
apply(struct json_object *fields, struct json_object *changes)
{
	json_object_object_foreach(changes, key, pair) {
		struct json_object *now = json_object_is_type(pair, json_type_array) &&
		    json_object_array_length(pair) == 2 ? json_object_array_get_idx(pair, 1) : NULL;

		if (strcmp(key, "renamedFrom") == 0)
			continue;
		if (now == NULL)
			json_object_object_del(fields, key);
		else
			json_object_object_add(fields, key, json_object_get(now));
	}
}

static void
free_tree(void *tree)
{
	json_object_put(tree);
}

/* What the trip says is what its writes say; nothing can be said where one of them is not shown whole. */
static void
compare_fields(struct check *k, struct json_object *trip, struct json_object *fields, bool whole)
{
	const char *id = text_member(trip, "id"), *said = canonical_member(k->a, trip, "fields");
	struct buf made;

	if (!whole)
		return;
	buf_init(&made, k->a);
	json_canonical(&made, fields);
	if (said == NULL || strcmp(said, made.text) != 0)
		differ(k, "trip %s: its fields are not what its writes say", id);
}

static void
check_entered(struct check *k, struct json_object *trip, const struct audit_row *first)
{
	int64_t entered = 0;

	if (first->version == 1 && (text_member(trip, "enteredAt") == NULL ||
	    !instant_parse(text_member(trip, "enteredAt"), &entered) || entered != first->at))
		differ(k, "trip %s: it was not entered when its first write says", text_member(trip, "id"));
}

static void
check_trip(struct check *k, struct json_object *trip, bool deleted)
{
	const char *id = text_member(trip, "id");
	struct json_object *rows = list_member(trip, "rows"), *fields = json_object_new_object();
	struct audit_row row = { .version = 0 }, first = row;
	bool whole = true;
	int64_t last = 0;

	arena_defer(k->a, free_tree, fields);
	if (k->out->difference != NULL)
		return;
	if (id == NULL || rows == NULL) {
		differ(k, "a trip has no id or no writes");
		return;
	}
	for (size_t i = 0; i < json_object_array_length(rows) && k->out->difference == NULL; i++) {
		struct json_object *from = json_object_array_get_idx(rows, i);

		check_write(k, from, id, &row);
		if (row.version <= last)
			differ(k, "trip %s: version %" PRId64 " is followed by %" PRId64, id, last, row.version);
		whole = whole && row.version == last + 1 && row.changes != NULL;
		if (i == 0)
			first = row;
		if (row.changes != NULL)
			apply(fields, member(from, "changes"));
		last = row.version;
	}
	if (k->out->difference != NULL)
		return;
	k->out->trips++;
	if (deleted) {
		if (row.version == 0 || strcmp(row.action, "deleted") != 0)
			differ(k, "trip %s is shown as deleted, but its last write is none", id);
		return;
	}
	compare_fields(k, trip, fields, whole && row.version > 0);
	check_entered(k, trip, &first);
}

/* ---- the chain ---- */

/* Follow the links.  The first one cannot be checked by itself: a write of the file has the hash before it. */
static void
check_chain(struct check *k, struct json_object *head)
{
	unsigned char before[SHA256_SIZE];
	size_t count = json_object_array_length(k->links);

	for (size_t i = 0; i < count && k->out->difference == NULL; i++) {
		struct json_object *link = json_object_array_get_idx(k->links, i);
		struct audit_row row;

		if (!read_header(k, link, &row) || row.seq != k->first_link + (int64_t)i) {
			differ(k, "link %" PRId64 " of the chain is missing or cannot be read",
			    k->first_link + (int64_t)i);
			return;
		}
		if (i > 0) {
			audit_hash(k->a, before, &row);
			if (!same_hash(link, &row))
				differ(k, "link %" PRId64 " of the chain: its hash does not follow from the link "
				    "before", row.seq);
		}
		if (!bytes_member(link, "hash", before, sizeof before))
			differ(k, "link %" PRId64 " of the chain has no hash", row.seq);
	}
	if (count == 0 || k->first_link + (int64_t)count - 1 != k->out->head ||
	    strcmp(hex_text(k->a, before, sizeof before), text_member(head, "hash")) != 0)
		differ(k, "the chain does not end at the head");
}

static void
check_lists(struct check *k, struct json_object *tree)
{
	static const char *const lists[] = { "trips", "deleted" };

	for (size_t n = 0; n < sizeof lists / sizeof lists[0]; n++) {
		struct json_object *list = list_member(tree, lists[n]);

		if (list == NULL)
			differ(k, "the file has no %s", lists[n]);
		for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++)
			check_trip(k, json_object_array_get_idx(list, i), n == 1);
	}
}

struct problem *
logbook_verify(struct arena *a, const char *text, size_t length, struct logbook_verified *verified)
{
	struct check k = { .a = a, .out = verified };
	struct json_object *tree, *head;
	struct problem *p;

	*verified = (struct logbook_verified){ .trips = 0 };
	if ((p = json_parse_object(a, text, length, &tree)) != NULL)
		return p;
	head = member(tree, "head");
	k.space = text_member(tree, "space");
	verified->head_hash = text_member(head, "hash");
	if (text_member(tree, "format") == NULL || strcmp(text_member(tree, "format"), LOGBOOK_FORMAT) != 0 ||
	    integer_member(tree, "formatVersion") != 1 || k.space == NULL || verified->head_hash == NULL)
		return problem_new(a, PROBLEM_INVALID, "This is no logbook that this version of Daybook exported.");
	verified->head = integer_member(head, "seq");
	verified->linked = json_object_get_boolean(member(tree, "linked"));
	if (verified->linked && (k.links = list_member(tree, "links")) != NULL &&
	    json_object_array_length(k.links) > 0)
		k.first_link = integer_member(json_object_array_get_idx(k.links, 0), "seq");
	if (verified->linked && k.first_link == 0)
		differ(&k, "the file says that it has the links of the chain, but it has none");
	check_lists(&k, tree);
	if (verified->linked && verified->difference == NULL)
		check_chain(&k, head);
	return NULL;
}
