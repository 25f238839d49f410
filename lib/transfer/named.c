/* named.c -- records that a file names: projects, clients, job sites, tasks.  A cell is the id of a record or its name,
 * and a name that nobody has makes a record, where the person may.
 *
 * All records of a collection that a file names are read once in a request, so that the same name is the same record
 * in both halves of an import and no row costs a question.  The id of a record that is made follows from its name: two
 * imports, on two devices, make the same one. */
#include "work.h"

#include <string.h>

#include "base/id.h"
#include "base/json_out.h"
#include "model/policy.h"
#include "store/statement.h"

enum {
	TABLES_MAX = INTAKE_MADE_MAX,
	LOADED_MAX = 50000, /* records of one collection */
	MADE_MAX = 1000     /* by one file: more are no names */
};

/* A record: stored, or one that this import makes. */
struct named {
	const struct table *table;
	const char *id, *owner;      /* owner is "" unless each person has their own records */
	const char *text, *loose;    /* its name */
	struct named *parent;        /* of one that is made: the client of a project; or NULL */
	const char *parent_id;       /* or NULL */
	struct named *same, *alike;  /* the one before with the same name; with the same loose text */
	bool stored, asked, needed, written, creates;
	struct problem *refused;     /* why it cannot be made, or NULL */
};

/* The records of a collection. */
struct table {
	const struct collection *c;
	const struct field *of;      /* the reference by which equal names differ, or NULL */
	size_t place;                /* in the report's list of what was made */
};

struct named_records {
	struct table tables[TABLES_MAX];
	size_t table_count;
	struct seen index;           /* of texts, to the number of the last record with it, from 1 */
	struct named **all;
	size_t count, room;
	struct named *made[MADE_MAX];
	size_t made_count, asked;
};

void
named_start(struct work *w)
{
	w->names = arena_alloc(w->call->a, sizeof *w->names);
	seen_start(&w->names->index, w->call->a);
}

/* ---- the records that are there ---- */

static const char *
key_of(struct arena *a, const struct table *table, const char *kind, const char *owner, const char *text)
{
	return arena_printf(a, "%s %s %s %s", kind, table->c->name, owner, text);
}

static struct named *
last_with(const struct named_records *names, const char *key)
{
	const struct seen_entry *entry = seen_find(&names->index, key);

	return entry == NULL ? NULL : names->all[entry->count - 1];
}

static struct named *
put_in_index(struct named_records *names, const char *key, size_t number)
{
	struct seen_entry *entry = seen_entry(&names->index, key);
	struct named *before = entry->count == 0 ? NULL : names->all[entry->count - 1];

	entry->count = (uint32_t)number;
	return before;
}

static struct named *
add(struct work *w, const struct named *like)
{
	struct arena *a = w->call->a;
	struct named_records *names = w->names;
	struct named *n = arena_memdup(a, like, sizeof *like);

	if (names->count == names->room) {
		struct named **wider = arena_alloc(a, (names->room * 2 + 64) * sizeof *wider);

		if (names->count > 0)
			memcpy(wider, names->all, names->count * sizeof *wider);
		names->all = wider;
		names->room = names->room * 2 + 64;
	}
	names->all[names->count++] = n;
	n->loose = text_loose(a, n->text);
	(void)put_in_index(names, key_of(a, n->table, "id", "", n->id), names->count);
	n->same = put_in_index(names, key_of(a, n->table, "is", n->owner, n->text), names->count);
	n->alike = put_in_index(names, key_of(a, n->table, "as", n->owner, n->loose), names->count);
	return n;
}

/* The member of a stored doc, as text in a; NULL when it is empty. */
static const char *
member_of(struct arena *a, const char *doc, const char *name)
{
	struct json_slice key, value;

	while (json_next_member(&doc, &key, &value))
		if (key.length == strlen(name) && memcmp(key.text, name, key.length) == 0)
			return value_plain(a, arena_strndup(a, value.text, value.length));
	return NULL;
}

static void
add_stored(struct work *w, const struct table *table, const struct rows *rows, size_t i)
{
	struct arena *a = w->call->a;
	const char *doc = row_text(rows, i, NAMED_DOC);
	struct named n = {
		.table = table,
		.id = arena_strdup(a, row_text(rows, i, NAMED_ID)),
		.owner = table->c->own ? arena_strdup(a, row_text(rows, i, NAMED_OWNER)) : "",
		.text = member_of(a, doc, table->c->import_by->name),
		.parent_id = table->of == NULL ? NULL : member_of(a, doc, table->of->name),
		.stored = true,
	};

	if (n.text != NULL)
		(void)add(w, &n);
}

/* Where a page begins: after the record with this key and id. */
struct place {
	const char *key, *id; /* id is NULL at the end */
	size_t length;        /* of key */
};

static struct problem *
load_page(struct work *w, const struct table *table, struct arena *scratch, struct place *after)
{
	struct problem *p;
	struct rows *rows;
	const struct person *person = w->call->person;
	bool all = !policy_limited(person, table->c);
	struct value key = value_bytes(after->key, after->length);
	const struct value *last;

	arena_reset(scratch);
	if ((p = db_run(w->call->db, scratch, SQL(IMPORT_NAMED),
	    VALUES(value_id(person->space_id), value_text(table->c->name), key, key, value_key(after->id),
	        value_integer(all), value_id(person->user_id)), &rows)) != NULL)
		return p;
	for (size_t i = 0; i < rows->count; i++)
		add_stored(w, table, rows, i);
	after->id = NULL;
	if (rows->count > 0) {
		last = row_cell(rows, rows->count - 1, NAMED_SORT_KEY);
		after->id = arena_strdup(w->call->a, row_text(rows, rows->count - 1, NAMED_ID));
		after->key = arena_memdup(w->call->a, last->bytes, last->length + 1);
		after->length = last->length;
	}
	return w->names->count <= LOADED_MAX ? NULL : problem_new(w->call->a, PROBLEM_TOO_LARGE,
	    "%s has more than %d records; a file can name them by their ids only.", table->c->label, LOADED_MAX);
}

static struct problem *
load(struct work *w, const struct table *table)
{
	struct arena *scratch = arena_new();
	struct problem *p = NULL;
	struct place after = { .key = "", .id = "" };

	while (p == NULL && after.id != NULL)
		p = load_page(w, table, scratch, &after);
	return work_leave(w, scratch, p);
}

/* The first reference of a collection to one whose records have names too: a project is its client's. */
static const struct field *
parent_field(const struct work *w, const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if (f->type == FIELD_REF && !f->retired && collection_find(w->call->set, f->ref)->import_by != NULL)
			return f;
	}
	return NULL;
}

/* The table of a collection, which is read when it is first asked for. */
static struct problem *
table_of(struct work *w, const struct collection *c, const struct table **table)
{
	struct named_records *names = w->names;
	struct table *t;

	for (size_t i = 0; i < names->table_count; i++)
		if (names->tables[i].c == c) {
			*table = &names->tables[i];
			return NULL;
		}
	if (names->table_count == TABLES_MAX)
		return problem_new(w->call->a, PROBLEM_TOO_LARGE, "The file names records of too many collections.");
	*table = t = &names->tables[names->table_count];
	*t = (struct table){ .c = c, .of = parent_field(w, c), .place = names->table_count++ };
	w->report->made[t->place].collection = c->name;
	return load(w, t);
}

/* ---- finding one ---- */

/* True for a text that is never a name: ids of Daybook's making. */
static bool
is_made_id(const char *text)
{
	return uuid_valid(text) || (strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32);
}

/* The id of the record that is made for a name. */
static const char *
derived_id(struct work *w, struct arena *a, const struct table *table, const struct named *want)
{
	const char *loose = text_loose(a, want->text);
	struct buf b;
	struct json_out out;
	unsigned char digest[SHA256_SIZE];

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	put_text(&out, NULL, w->call->person->space_id);
	put_text(&out, NULL, table->c->name);
	put_text(&out, NULL, *loose == '\0' ? want->text : loose);
	put_text(&out, NULL, want->parent_id);
	if (*want->owner != '\0')
		put_text(&out, NULL, want->owner);
	put_end(&out);
	sha256(b.text, b.length, digest);
	return hex_text(w->call->a, digest, 16);
}

/* Of the records with one name, the one that is wanted: that of the parent; where the file names no parent, the one
 * that has none, or the only one that is stored.  count: how many would do. */
static struct named *
choose(struct named *first, bool alike, const struct named *want, size_t *count)
{
	struct named *found = NULL, *stored = NULL;
	size_t stored_count = 0;

	*count = 0;
	for (struct named *n = first; n != NULL; n = alike ? n->alike : n->same) {
		if (value_equal(n->parent_id, want->parent_id)) {
			found = n;
			++*count;
		}
		if (n->stored) {
			stored = n;
			stored_count++;
		}
	}
	if (*count > 0 || want->parent_id != NULL || stored_count != 1)
		return found;
	*count = 1;
	return stored;
}

/* A record without a parent that a person made: a file that names the parent means it too. */
static struct named *
choose_orphan(struct work *w, struct arena *a, struct named *first, const struct named *want)
{
	struct named orphan = *want, *n;
	size_t count;

	if (want->parent_id == NULL)
		return NULL;
	orphan.parent_id = NULL;
	n = choose(first, true, &orphan, &count);
	if (n == NULL || count != 1 || !n->stored || n->parent_id != NULL)
		return NULL;
	return strcmp(n->id, derived_id(w, a, want->table, &orphan)) == 0 ? NULL : n;
}

static struct problem *
too_many(struct work *w, const struct table *table)
{
	return problem_new(w->call->a, PROBLEM_INVALID,
	    "The file names more than %d records of %s that are not there. Is the column the right one?",
	    MADE_MAX, table->c->label);
}

static struct problem *
add_made(struct work *w, const struct named *want, struct named **n)
{
	struct named made = *want;

	if (w->names->made_count == MADE_MAX)
		return too_many(w, want->table);
	made.text = arena_strdup(w->call->a, want->text);
	made.owner = arena_strdup(w->call->a, want->owner);
	made.parent_id = arena_strdup(w->call->a, want->parent_id);
	*n = w->names->made[w->names->made_count++] = add(w, &made);
	return NULL;
}

/* Find the record for want, or add it.  *n stays NULL when several records have the name. */
static struct problem *
find(struct work *w, struct arena *a, struct named *want, struct named **n)
{
	const struct table *table = want->table;
	struct named_records *names = w->names;
	struct named *alike = last_with(names, key_of(a, table, "as", want->owner, text_loose(a, want->text)));
	size_t count;

	if ((*n = choose(last_with(names, key_of(a, table, "is", want->owner, want->text)), false, want,
	    &count)) != NULL || (*n = choose(alike, true, want, &count)) != NULL) {
		*n = count == 1 ? *n : NULL;
		return NULL;
	}
	want->id = derived_id(w, a, table, want);
	if ((*n = last_with(names, key_of(a, table, "id", "", want->id))) != NULL ||
	    (*n = choose_orphan(w, a, alike, want)) != NULL)
		return NULL;
	return add_made(w, want, n);
}

static const char *
owner_in(const struct work *w, const struct import_row *row, const struct table *table)
{
	if (!table->c->own)
		return "";
	return row->owner != NULL ? row->owner : w->call->person->user_id;
}

/* Find the parent that a row names, first by its id. */
static struct problem *
find_parent(struct work *w, struct arena *a, const struct import_row *row, const struct import_name *name,
    struct named *want)
{
	struct problem *p;
	const struct table *table;
	struct named parent = { .text = name->of_text }, *n;

	if (name->of_text == NULL || want->table->of != name->of)
		return NULL;
	if ((p = table_of(w, collection_find(w->call->set, name->of->ref), &table)) != NULL)
		return p;
	parent.table = table;
	parent.owner = owner_in(w, row, table);
	if ((n = last_with(w->names, key_of(a, table, "id", "", name->of_text))) == NULL &&
	    (p = find(w, a, &parent, &n)) != NULL)
		return p;
	want->parent = n == NULL || n->stored ? NULL : n;
	want->parent_id = n == NULL ? NULL : n->id;
	return NULL;
}

/* Find the record that a row names.  *n is NULL for an id that is not among the records: the write path knows more of
 * it, such as that it was deleted. */
static struct problem *
find_name(struct work *w, struct arena *a, const struct import_row *row, const struct import_name *name,
    struct named **n, bool *ambiguous)
{
	struct problem *p;
	struct named want = { .text = name->text };

	*ambiguous = false;
	if ((p = table_of(w, collection_find(w->call->set, name->field->ref), &want.table)) != NULL)
		return p;
	if ((*n = last_with(w->names, key_of(a, want.table, "id", "", name->text))) != NULL || is_made_id(name->text))
		return NULL;
	want.owner = owner_in(w, row, want.table);
	if ((p = find_parent(w, a, row, name, &want)) != NULL || (p = find(w, a, &want, n)) != NULL)
		return p;
	*ambiguous = *n == NULL;
	return NULL;
}

/* ---- rows ---- */

static void
refuse(struct import_row *row, struct problem *p, const char *value)
{
	row->bad = p;
	row->bad_value = value;
}

/* Why a record cannot be made: its own reason, or that of its parent. */
static struct problem *
refusal(const struct named *n)
{
	return n->refused != NULL || n->parent == NULL ? n->refused : n->parent->refused;
}

static struct problem *
settle(struct work *w, struct arena *a, struct import_row *row, const struct import_name *name)
{
	struct problem *p;
	struct named *n;
	bool ambiguous;

	if ((p = find_name(w, a, row, name, &n, &ambiguous)) != NULL)
		return p;
	if (ambiguous)
		refuse(row, problem_at(a, PROBLEM_INVALID, name->field->name,
		    "Several records of %s have this name; say the id.",
		    collection_find(w->call->set, name->field->ref)->label), name->text);
	else if (n != NULL && refusal(n) != NULL)
		refuse(row, problem_at(a, refusal(n)->kind, name->field->name, "%s", refusal(n)->detail),
		    n->refused != NULL ? name->text : name->of_text);
	else if (n != NULL)
		row->values[name->field->index] = arena_printf(a, "\"%s\"", n->id);
	return NULL;
}

/* What an earlier request wrote is not looked up again, unless its id depends on it. */
struct problem *
named_settle(struct work *w, struct arena *a, struct import_row *row)
{
	struct problem *p;

	if (!row->taken || (earlier_has(w, row) && !row->unsettled))
		return NULL;
	for (size_t i = 0; i < row->name_count && row->bad == NULL; i++)
		if ((p = settle(w, a, row, &row->names[i])) != NULL)
			return p;
	return NULL;
}

struct problem *
named_self(struct work *w, struct arena *a, struct import_row *row)
{
	struct problem *p;
	struct named want = { .text = NULL }, *n;
	size_t count;

	if (w->im->format == NULL || !w->im->format->by_name || !row->taken || row->bad != NULL || !row->derived_id ||
	    (want.text = value_plain(a, row->values[w->c->import_by->index])) == NULL)
		return NULL;
	if ((p = table_of(w, w->c, &want.table)) != NULL)
		return p;
	want.owner = owner_in(w, row, want.table);
	n = choose(last_with(w->names, key_of(a, want.table, "is", want.owner, want.text)), false, &want, &count);
	if (n == NULL)
		n = choose(last_with(w->names, key_of(a, want.table, "as", want.owner, text_loose(a, want.text))), true,
		    &want, &count);
	if (n != NULL && count != 1)
		refuse(row, problem_at(a, PROBLEM_INVALID, w->c->import_by->name,
		    "Several records of %s have this name; say the id.", w->c->label), want.text);
	else
		import_rename(w->im, a, row, n != NULL ? n->id : derived_id(w, a, want.table, &want));
	return NULL;
}

static size_t
need(struct named *n, bool note)
{
	size_t count;

	if (n == NULL || n->stored || n->needed)
		return 0;
	count = need(n->parent, note) + n->creates;
	n->needed = note;
	return count;
}

size_t
named_need(struct work *w, struct arena *a, const struct import_row *row, bool note)
{
	size_t count = 0;

	for (size_t i = 0; i < row->name_count; i++) {
		const char *id = value_plain(a, row->values[row->names[i].field->index]);
		const struct collection *c = collection_find(w->call->set, row->names[i].field->ref);

		for (size_t j = 0; j < w->names->table_count; j++)
			if (w->names->tables[j].c == c)
				count += need(last_with(w->names, key_of(a, &w->names->tables[j], "id", "", id)), note);
	}
	return count;
}

const char *
named_hash_text(struct work *w, struct arena *a, const struct import_row *row)
{
	const char **values;
	bool any = false;

	for (size_t i = 0; i < row->name_count; i++)
		any = any || !is_made_id(row->names[i].text);
	if (!any)
		return NULL;
	values = values_copy(a, w->c, row->values);
	for (size_t i = 0; i < row->name_count; i++)
		values[row->names[i].field->index] = json_quoted(a, arena_printf(a, "%s %s", row->names[i].text,
		    row->names[i].of_text == NULL ? "" : row->names[i].of_text));
	return arena_printf(a, "[\"%s\",%s,%s,\"%s\"]", w->c->name, values_doc(a, w->c, values, false),
	    values_doc(a, w->c, values, true), row->owner == NULL ? "" : row->owner);
}

/* ---- making them ---- */

static struct op
op_of_name(struct work *w, struct arena *a, const struct named *n)
{
	struct op op = {
		.op_id = arena_printf(a, "%s-name-%.16s", w->op_prefix, n->id),
		.collection = n->table->c,
		.record_id = n->id,
		.kind = OP_SET,
		.intent = INTENT_IMPORT,
		.base = BASE_CURRENT,
		.again = true,
		.keep_live = true,
		.new_owner = *n->owner == '\0' ? NULL : n->owner,
		.cause = w->op_prefix,
	};

	op_give(a, &op, n->table->c->import_by->name, json_quoted(a, n->text));
	if (n->parent_id != NULL)
		op_give(a, &op, n->table->of->name, json_quoted(a, n->parent_id));
	op_prepare(a, w->call->person, &op);
	return op;
}

static struct problem *
nobody_may(struct work *w, const struct named *n)
{
	const struct collection *c = n->table->c;
	enum role least = c->may[MAY_CREATE];

	return problem_new(w->call->a, PROBLEM_FORBIDDEN,
	    "There is nothing of this name in %s, and %s may add it there%s", c->label,
	    least == ROLE_COUNT ? "nobody" : arena_printf(w->call->a, "only %ss", role_names[least]),
	    least == ROLE_COUNT ? "." : "; ask one of them.");
}

/* Why a record cannot be made, apart from what the write path says; or NULL. */
static struct problem *
refuse_early(struct work *w, const struct named *n)
{
	const char *canonical;

	if (policy_may(w->call->a, w->call->person, n->table->c, MAY_CREATE) != NULL)
		return nobody_may(w, n);
	return field_read_text(w->call->a, n->table->c->import_by, n->text, &canonical);
}

struct problem *
named_ask(struct work *w, struct arena *a)
{
	struct named_records *names = w->names;
	size_t first = names->asked, count = 0;
	struct op *ops = arena_alloc(a, (MADE_MAX + 1) * sizeof *ops);
	struct outcome *outcomes = arena_alloc(a, (MADE_MAX + 1) * sizeof *outcomes);
	struct person person = *w->call->person;
	struct call call = call_in(w->call, a);
	struct problem *p;

	if (first == names->made_count)
		return NULL;
	call.person = &person;
	for (; names->asked < names->made_count; names->asked++) {
		struct named *n = names->made[names->asked];

		n->refused = refuse_early(w, n);
		if ((n->asked = refusal(n) == NULL))
			ops[count++] = op_of_name(w, a, n);
	}
	if ((p = write_ask(&call, ops, count, &w->coming, outcomes)) != NULL)
		return p;
	for (size_t i = first, next = 0; i < names->made_count; i++) {
		struct named *n = names->made[i];

		if (!n->asked)
			continue;
		n->creates = outcomes[next].created;
		if (refusal(n) == NULL && outcomes[next].problem != NULL)
			n->refused = problem_copy(w->call->a, outcomes[next].problem);
		next++;
	}
	return NULL;
}

void
named_foretell(struct work *w)
{
	for (size_t i = 0; i < w->names->made_count; i++) {
		const struct named *n = w->names->made[i];

		w->report->made[n->table->place].count += n->needed && n->creates;
	}
}

/* Records that are to be written now, a parent before its children. */
struct due {
	struct named *all[MADE_MAX];
	size_t count;
};

static void
add_due(struct due *due, struct named *n)
{
	if (n == NULL || n->stored || n->written || refusal(n) != NULL)
		return;
	add_due(due, n->parent);
	n->written = true;
	due->all[due->count++] = n;
}

static struct problem *
write_due(struct work *w, struct arena *a, const struct due *due)
{
	struct op *ops = arena_alloc(a, (due->count + 1) * sizeof *ops);
	struct outcome *outcomes = arena_alloc(a, (due->count + 1) * sizeof *outcomes);
	struct person person = *w->call->person;
	struct call call = call_in(w->call, a);
	struct written written;
	struct problem *p;

	if (due->count == 0)
		return NULL;
	call.person = &person;
	for (size_t i = 0; i < due->count; i++)
		ops[i] = op_of_name(w, a, due->all[i]);
	if ((p = write_ops(&call, ops, due->count, outcomes, &written)) != NULL)
		return p;
	for (size_t i = 0; i < due->count; i++) {
		struct named *n = due->all[i];

		if (outcomes[i].problem != NULL)
			n->refused = problem_copy(w->call->a, outcomes[i].problem);
		w->report->made[n->table->place].count += outcomes[i].created;
		w->now.made += outcomes[i].created;
	}
	return NULL;
}

static struct problem *
gather(struct work *w, struct arena *a, const struct import_row *row, struct due *due)
{
	struct problem *p;
	struct named *n;
	bool ambiguous;

	for (size_t i = 0; i < row->name_count; i++) {
		if ((p = find_name(w, a, row, &row->names[i], &n, &ambiguous)) != NULL)
			return p;
		add_due(due, n);
	}
	return NULL;
}

struct problem *
named_write(struct work *w, struct arena *a, struct import_row *rows, size_t count)
{
	struct due *due = arena_alloc(a, sizeof *due);
	struct problem *p;

	for (size_t i = 0; i < count; i++)
		if ((p = gather(w, a, &rows[i], due)) != NULL)
			return p;
	if ((p = write_due(w, a, due)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		if (due->count > 0 && (p = named_settle(w, a, &rows[i])) != NULL)
			return p;
	return NULL;
}
