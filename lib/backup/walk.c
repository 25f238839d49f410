/* walk.c -- goes through the records of a space in the order of an archive.  The database has the id of a record as its
 * text, or, for a UUID, as a zero byte and 16 bytes.  So the ids of a collection are two ranges, each in its order, and
 * the two are merged here. */
#include "backup/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "store/statement.h"

enum {
	PAGE_ROWS = 500,      /* as in the statement */
	PAGE_BYTES = 4 << 20
};

/* One range of ids: of UUIDs, or of other texts. */
struct range {
	struct arena *a;      /* of the page */
	struct rows *rows;    /* NULL before the first page */
	size_t next;
	bool last;            /* there is no page after this one */
	const char *above, *below; /* bytes that bound the range */
	size_t above_size;
	char after[80];       /* the id of the last row, or "" */
	struct record record; /* at next */
	bool has_record;
};

struct walk {
	const struct call *call;
	const struct collection **order;
	size_t count, at;
	struct range ranges[2];
	struct range *taken;  /* whose record was given last */
	const char *from;     /* the least id of the first collection, or NULL */
	bool begun;           /* the ranges are those of order[at] */
};

static int
by_name(const void *left, const void *right)
{
	const struct collection *const *l = left, *const *r = right;

	return strcmp((*l)->name, (*r)->name);
}

struct walk *
walk_new(const struct call *call, struct arena *a, const struct texts *only)
{
	struct walk *w = arena_alloc(a, sizeof *w);

	w->call = call;
	w->order = arena_alloc(a, (call->set->count + 1) * sizeof *w->order);
	for (size_t i = 0; i < call->set->count; i++)
		if (only == NULL || only->count == 0 || texts_hold(only, call->set->all[i].name))
			w->order[w->count++] = &call->set->all[i];
	qsort(w->order, w->count, sizeof *w->order, by_name);
	for (size_t i = 0; i < 2; i++)
		w->ranges[i].a = arena_within(a);
	return w;
}

static void
begin(struct walk *w)
{
	static const char nothing[] = "", uuids_end[] = "\x01", texts_end[] = "\xff";

	for (size_t i = 0; i < 2; i++) {
		struct range *range = &w->ranges[i];
		struct arena *a = range->a;

		*range = (struct range){ .a = a };
	}
	w->ranges[0].above = nothing;
	w->ranges[0].below = w->ranges[1].above = uuids_end;
	w->ranges[1].above_size = 1;
	w->ranges[1].below = texts_end;
	w->taken = NULL;
	w->begun = true;
}

/* The key of a UUID that is at an id or before it: beyond it lie all UUIDs from that id on, and maybe
 * some before it. */
static size_t
key_before(const char *id, unsigned char key[1 + UUID_BYTES])
{
	static const char form[] = "00000000-0000-0000-0000-000000000000";
	char uuid[sizeof form];

	memcpy(uuid, form, sizeof form);
	for (size_t i = 0; form[i] != '\0' && id[i] != '\0'; i++) {
		if (form[i] == '-' ? id[i] != '-' : strchr("0123456789abcdef", id[i]) == NULL)
			break;
		uuid[i] = id[i];
	}
	key[0] = 0;
	uuid_pack(uuid, key + 1);
	return UUID_BYTES; /* without its last byte it comes before itself */
}

void
walk_from(struct walk *w, const char *collection, const char *id)
{
	unsigned char key[1 + UUID_BYTES];
	struct range *uuids = &w->ranges[0], *texts = &w->ranges[1];
	size_t length = strlen(id);
	struct arena *a = w->call->a;
	char *before;

	while (w->at < w->count && strcmp(w->order[w->at]->name, collection) < 0)
		w->at++;
	if (w->at == w->count || strcmp(w->order[w->at]->name, collection) != 0 || length == 0)
		return;
	begin(w);
	w->from = arena_strdup(a, id);
	uuids->above_size = key_before(id, key);
	uuids->above = arena_memdup(a, key, uuids->above_size);
	before = arena_printf(a, "%s\xff", id);
	before[length - 1]--;
	texts->above = before;
	texts->above_size = length + 1;
}

static struct problem *
read_page(struct walk *w, struct range *range)
{
	const struct collection *c = w->order[w->at];
	struct problem *p;
	struct value after = *range->after == '\0' ? value_bytes(range->above, range->above_size)
	    : value_key(range->after);

	arena_reset(range->a);
	range->next = 0;
	p = db_run_within(w->call->db, range->a, PAGE_BYTES, SQL(WALK_PAGE), VALUES(value_id(w->call->person->space_id),
	    value_text(c->name), after, value_bytes(range->below, 1)), &range->rows);
	if (p != NULL)
		return problem_copy(w->call->a, p);
	range->last = range->rows->count < PAGE_ROWS && !range->rows->cut;
	return NULL;
}

/* See to it that the record at the head of a range is known. */
static struct problem *
fill_one(struct walk *w, struct range *range)
{
	struct problem *p;

	if (range->rows == NULL || (range->next == range->rows->count && !range->last)) {
		if ((p = read_page(w, range)) != NULL)
			return p;
	}
	if (range->next == range->rows->count)
		return NULL;
	range->has_record = record_of_row(w->call->set, range->rows, range->next++, &range->record);
	if ((p = must_hold(w->call->a, range->has_record && strlen(range->record.id) < sizeof range->after,
	    "a record has an id and a collection")) == NULL)
		strcpy(range->after, range->record.id);
	return p;
}

static struct problem *
fill(struct walk *w, struct range *range)
{
	struct problem *p;
	bool early;

	if (range->has_record)
		return NULL;
	do {
		if ((p = fill_one(w, range)) != NULL)
			return p;
		early = range->has_record && w->from != NULL && strcmp(range->record.id, w->from) < 0;
		if (early)
			range->has_record = false;
	} while (early);
	return NULL;
}

struct problem *
walk_next(struct walk *w, const struct record **record)
{
	struct problem *p;

	*record = NULL;
	for (; w->at < w->count; w->at++, w->begun = false, w->from = NULL) {
		struct range *uuids = &w->ranges[0], *texts = &w->ranges[1];

		if (!w->begun)
			begin(w);
		if (w->taken != NULL)
			w->taken->has_record = false;
		if ((p = fill(w, uuids)) != NULL || (p = fill(w, texts)) != NULL)
			return p;
		if (!uuids->has_record && !texts->has_record)
			continue;
		w->taken = !texts->has_record || (uuids->has_record &&
		    strcmp(uuids->record.id, texts->record.id) < 0) ? uuids : texts;
		*record = &w->taken->record;
		return NULL;
	}
	return NULL;
}

int
walk_compare(const char *left_collection, const char *left_id, const char *right_collection, const char *right_id)
{
	int order = strcmp(left_collection, right_collection);

	return order != 0 ? order : strcmp(left_id, right_id);
}
