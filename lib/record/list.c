/* list.c -- makes a statement from the parameters of a list, and a page of records from its rows.  All names in the
 * statement come from definitions; what people wrote is only passed as values. */
#include "record/list.h"

#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/text.h"
#include "model/policy.h"
#include "store/statement.h"

struct list_reading {
	struct arena *a;
	const struct person *person;
	struct list *list;
	struct list_query query;
	struct value values[LIST_VALUES_MAX];
	size_t value_count;
};

static const struct {
	const char *prefix;
	enum list_compare compare;
} operators[] = {
	{ "eq.", LIST_EQUAL },
	{ "ne.", LIST_NOT_EQUAL },
	{ "gt.", LIST_GREATER },
	{ "ge.", LIST_GREATER_EQUAL },
	{ "lt.", LIST_LESS },
	{ "le.", LIST_LESS_EQUAL },
	{ "in.", LIST_IN },
};

/* What a query holds leaves room for the ids of a caller. */
static struct problem *
add_value(struct list_reading *r, struct value value)
{
	if (r->value_count == LIST_VALUES_MAX - (r->list->ids == NULL ? LIST_IDS_MAX : 0))
		return problem_new(r->a, PROBLEM_MALFORMED, "The filters hold too many values.");
	r->values[r->value_count++] = value;
	return NULL;
}

static enum list_kind
kind_of(const struct field *f)
{
	switch (f->type) {
	case FIELD_INTEGER:
	case FIELD_MONEY:
	case FIELD_DECIMAL:
		return LIST_NUMBER;
	default:
		return LIST_TEXT;
	}
}

/* Places, lists and json cannot be filtered or sorted. */
static struct problem *
check_type(struct list_reading *r, const struct field *f, const char *parameter)
{
	if (f->type != FIELD_PLACE && f->type != FIELD_LIST && f->type != FIELD_JSON)
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, parameter, "%s cannot be compared.", f->name);
}

static const struct field *
known_field(struct list_reading *r, const char *name)
{
	const struct field *f = collection_field(r->list->collection, name);

	return f != NULL && policy_knows(r->person, r->list->collection, f) ? f : NULL;
}

static struct list_column
field_column(struct list_reading *r, const struct field *f)
{
	return (struct list_column){
		.field = f->name,
		.is_private = f->is_private,
		.kind = kind_of(f),
		.initial = value_plain(r->a, f->initial),
	};
}

/* ---- filters ---- */

static struct problem *
add_typed(struct list_reading *r, const struct field *f, const char *text)
{
	struct problem *p;
	const char *canonical;

	if (f == NULL) {
		if (!id_valid(text))
			return problem_at(r->a, PROBLEM_INVALID, "owner", "owner must be the id of a user.");
		return add_value(r, value_id(text));
	}
	if (text[0] == '\0')
		return problem_at(r->a, PROBLEM_INVALID, f->name, "An empty value can only be equal or not.");
	if ((p = field_read_text(r->a, f, text, &canonical)) != NULL)
		return p;
	return add_value(r, value_text(value_plain(r->a, canonical)));
}

static struct problem *
add_choices(struct list_reading *r, struct list_condition *condition, const struct field *f, const char *text)
{
	struct problem *p;

	for (condition->values = 0;;) {
		size_t n = strcspn(text, ",");

		if (condition->values == LIST_CHOICES_MAX)
			return problem_at(r->a, PROBLEM_INVALID, f != NULL ? f->name : "owner",
			    "in. takes at most %d values.", LIST_CHOICES_MAX);
		if ((p = add_typed(r, f, arena_strndup(r->a, text, n))) != NULL)
			return p;
		condition->values++;
		if (text[n] == '\0')
			return NULL;
		text += n + 1;
	}
}

static enum list_compare
take_operator(const char **text)
{
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
		if (strncmp(*text, operators[i].prefix, 3) == 0) {
			*text += 3;
			return operators[i].compare;
		}
	return LIST_EQUAL;
}

static struct problem *
add_filter(struct list_reading *r, const struct list_filter *filter)
{
	struct problem *p;
	const struct field *f = NULL;
	const char *text = filter->value;
	struct list_condition *condition = &r->query.conditions[r->query.condition_count++];

	if (strcmp(filter->field, "owner") == 0) {
		condition->column = (struct list_column){ .column = "owner_id" };
	} else {
		if ((f = known_field(r, filter->field)) == NULL)
			return problem_at(r->a, PROBLEM_UNKNOWN_FIELD, filter->field, "%s has no field %s.",
			    r->list->collection->label, filter->field);
		if ((p = check_type(r, f, f->name)) != NULL)
			return p;
		condition->column = field_column(r, f);
	}
	condition->compare = take_operator(&text);
	condition->values = 1;
	if (condition->compare == LIST_IN)
		return add_choices(r, condition, f, text);
	if (text[0] == '\0' && f != NULL &&
	    (condition->compare == LIST_EQUAL || condition->compare == LIST_NOT_EQUAL)) {
		condition->compare = condition->compare == LIST_EQUAL ? LIST_EMPTY : LIST_NOT_EMPTY;
		condition->values = 0;
		return NULL;
	}
	return add_typed(r, f, text);
}

/* Each filter of a field reads it from every record anew. */
static struct problem *
check_count(struct list_reading *r, const char *field)
{
	size_t same = 0;

	for (size_t i = 0; i < r->list->filter_count; i++)
		same += strcmp(r->list->filters[i].field, field) == 0;
	if (same <= LIST_FIELD_FILTERS_MAX)
		return NULL;
	return problem_at(r->a, PROBLEM_INVALID, field,
	    "A field can be filtered %d times; several values go into one in.", LIST_FIELD_FILTERS_MAX);
}

static struct problem *
add_filters(struct list_reading *r)
{
	struct problem *p;

	for (size_t i = 0; i < r->list->filter_count; i++)
		if ((p = check_count(r, r->list->filters[i].field)) != NULL ||
		    (p = add_filter(r, &r->list->filters[i])) != NULL)
			return p;
	return NULL;
}

/* One statement for any number of ids: to fill up, the last one is repeated. */
static struct problem *
add_ids(struct list_reading *r)
{
	const struct list *list = r->list;
	struct problem *p;

	if (list->ids == NULL)
		return NULL;
	r->query.conditions[r->query.condition_count++] = (struct list_condition){
		.column = { .column = "id" },
		.compare = LIST_IN,
		.values = LIST_IDS_MAX,
	};
	for (size_t i = 0; i < LIST_IDS_MAX; i++)
		if ((p = add_value(r, value_key(list->ids[i < list->id_count ? i : list->id_count - 1]))) != NULL)
			return p;
	return NULL;
}

/* ---- search ---- */

static struct problem *
add_search(struct list_reading *r)
{
	const struct collection *c = r->list->collection;
	struct list_column *columns = arena_alloc(r->a, (c->field_count + 1) * sizeof *columns);
	struct buf like;

	if (r->list->search == NULL || r->list->search[0] == '\0')
		return NULL;
	if (utf8_count(r->list->search) > LIST_SEARCH_MAX)
		return problem_at(r->a, PROBLEM_INVALID, "q", "q has at most %d characters.", LIST_SEARCH_MAX);
	for (size_t i = 0; i < c->field_count; i++) {
		const struct field *f = &c->fields[i];

		if ((f->type == FIELD_TEXT || f->type == FIELD_CHOICE || f->type == FIELD_DATE ||
		    f->type == FIELD_LIST) && !f->retired && policy_knows(r->person, c, f))
			columns[r->query.search_count++] = field_column(r, f);
	}
	r->query.search = columns;
	r->query.searches = true;
	buf_init(&like, r->a);
	buf_char(&like, '%');
	for (const char *at = r->list->search; *at != '\0'; at++) {
		if (strchr("%_|", *at) != NULL)
			buf_char(&like, '|');
		buf_char(&like, *at);
	}
	buf_char(&like, '%');
	return add_value(r, value_text(like.text));
}

/* ---- order and pages ---- */

static struct problem *
find_order(struct list_reading *r)
{
	struct problem *p;
	const struct collection *c = r->list->collection;
	const char *sort = r->list->sort;
	const struct field *f;

	if (sort == NULL) {
		r->query.descending = c->order_descending;
		r->query.order = c->order == NULL
		    ? (struct list_column){ .column = "id" } : (struct list_column){ .column = "sort_key" };
		return NULL;
	}
	if ((r->query.descending = sort[0] == '-'))
		sort++;
	if (strcmp(sort, "id") == 0) {
		r->query.order = (struct list_column){ .column = "id" };
	} else if (strcmp(sort, "lastUpdatedAt") == 0) {
		r->query.order = (struct list_column){ .column = "updated_at" };
	} else if ((f = known_field(r, sort)) == NULL) {
		return problem_at(r->a, PROBLEM_UNKNOWN_FIELD, "sort", "%s has no field %s.", c->label, sort);
	} else if (f == c->order) {
		r->query.order = (struct list_column){ .column = "sort_key" };
	} else {
		if ((p = check_type(r, f, "sort")) != NULL)
			return p;
		r->query.order = field_column(r, f);
		r->query.sorts_values = true;
	}
	return NULL;
}

/* `next` is base64url of "<sort>\n<id>\n<value of the last row's order>": a page of one order cannot continue
 * another. */
static const char *
next_token(struct list_reading *r, const char *id, const struct value *order)
{
	struct buf b;

	buf_init(&b, r->a);
	buf_printf(&b, "%s\n%s\n", r->list->sort == NULL ? "" : r->list->sort, id);
	buf_add(&b, order->bytes, order->length);
	return base64url_text(r->a, b.text, b.length);
}

/* The value of the last row's order, as its column holds it. */
static struct value
order_value(const struct list_reading *r, const char *text, size_t size)
{
	if (r->query.order.column != NULL && strcmp(r->query.order.column, "id") == 0)
		return value_key(text);
	return value_bytes(text, size);
}

static struct problem *
add_after(struct list_reading *r)
{
	struct problem *p;
	struct value value;
	size_t size;
	char *text, *id, *order;

	if (r->list->after == NULL)
		return NULL;
	text = (char *)base64url_parse(r->a, r->list->after, strlen(r->list->after), &size);
	if (text == NULL || (id = memchr(text, '\n', size)) == NULL ||
	    (order = memchr(id + 1, '\n', size - (size_t)(id + 1 - text))) == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "after", "after must be the next of the page before.");
	*id++ = *order++ = '\0';
	if (strcmp(text, r->list->sort == NULL ? "" : r->list->sort) != 0)
		return problem_at(r->a, PROBLEM_INVALID, "after", "after belongs to a list in another order.");
	r->query.continues = true;
	value = order_value(r, order, size - (size_t)(order - text));
	if ((p = add_value(r, value)) != NULL || (p = add_value(r, value)) != NULL)
		return p;
	return add_value(r, value_key(id));
}

static struct problem *
check_size(struct db *db, struct list_reading *r)
{
	struct problem *p;
	struct rows *rows;
	struct buf sql;

	if (!r->query.sorts_values)
		return NULL;
	buf_init(&sql, r->a);
	statement_list_size(&sql, &r->query);
	p = db_run(db, r->a, sql.text, r->values,
	    2U + r->query.owned + 2U * r->query.overseen + r->query.addressed, &rows);
	if (p != NULL)
		return p;
	if (row_integer(rows, 0, COUNTED) > LIST_SORTED_MAX)
		return problem_at(r->a, PROBLEM_INVALID, "sort",
		    "More than %d records can only be sorted by their own order, id or lastUpdatedAt.",
		    LIST_SORTED_MAX);
	return NULL;
}

static struct problem *
read_page(struct db *db, struct list_reading *r)
{
	struct problem *p;
	struct rows *rows;
	struct buf sql;
	struct list *list = r->list;

	buf_init(&sql, r->a);
	statement_list(&sql, &r->query);
	if ((p = db_run_within(db, r->a, PAGE_BYTES_MAX, sql.text, r->values, r->value_count, &rows)) != NULL)
		return p;
	list->records = arena_alloc(r->a, (rows->count + 1) * sizeof *list->records);
	while (list->count < rows->count && list->count < (size_t)list->limit) {
		record_of_shown(list->collection, rows, list->count, &list->records[list->count]);
		list->count++;
	}
	if ((rows->cut || rows->count > (size_t)list->limit) && list->count > 0)
		list->next = next_token(r, list->records[list->count - 1].id,
		    row_cell(rows, list->count - 1, LIST_ORDER_VALUE));
	return NULL;
}

struct problem *
list_take_turn(const struct call *call, const struct collection *c, struct turn *turn)
{
	struct problem *p;
	struct rows *rows;

	*turn = (struct turn){ 0 };
	if (call->turns == NULL || call->turns->slow != 0)
		return NULL;
	p = db_run(call->db, call->a, SQL(RECORDS_MANY),
	    VALUES(value_id(call->person->space_id), value_text(c->name), value_integer(LIST_FEW + 1)), &rows);
	if (p != NULL || row_integer(rows, 0, COUNTED) <= LIST_FEW)
		return p;
	return turn_take(call->turns, call->a, TURN_HEAVY, call->person->user_id, turn);
}

/* No key leads past the records that are for others. */
static struct problem *
read_in_turn(const struct call *call, struct list_reading *r)
{
	struct turn turn = { 0 };
	struct problem *p;
	bool passes_over = r->query.addressed || r->query.overseen;

	if ((!passes_over || (p = list_take_turn(call, r->list->collection, &turn)) == NULL) &&
	    (p = check_size(call->db, r)) == NULL)
		p = read_page(call->db, r);
	if (call->turns != NULL)
		turn_end(call->turns, &turn);
	return p;
}

/* The one owner whose records the filters leave, or NULL. */
static const char *
only_owner(const struct list *list)
{
	for (size_t i = 0; i < list->filter_count; i++) {
		const char *text = list->filters[i].value;

		if (strcmp(list->filters[i].field, "owner") == 0 && take_operator(&text) == LIST_EQUAL)
			return text;
	}
	return NULL;
}

/* Which rows are for the person.  Where the filters leave one owner, who is theirs to see or not, nobody else has to be
 * looked at. */
static void
find_sight(struct list_reading *r)
{
	const struct collection *c = r->list->collection;
	const char *owner = only_owner(r->list);

	r->query.addressed = c->addressee != NULL;
	r->query.owned = policy_limited(r->person, c);
	if (!r->query.owned || !policy_looks_after(r->person, c))
		return;
	r->query.overseen = owner == NULL;
	r->query.owned = owner != NULL && !policy_sees(r->person, c, owner, NULL);
}

struct problem *
list_read(const struct call *call, struct list *list)
{
	struct arena *a = call->a;
	const struct person *person = call->person;
	struct problem *p;
	struct list_reading *r = arena_alloc(a, sizeof *r);

	r->a = a;
	r->person = person;
	r->list = list;
	find_sight(r);
	if ((p = policy_may(a, person, list->collection, MAY_READ)) != NULL ||
	    (p = add_value(r, value_id(person->space_id))) != NULL ||
	    (p = add_value(r, value_text(list->collection->name))) != NULL ||
	    (r->query.owned && (p = add_value(r, value_id(person->user_id))) != NULL) ||
	    (r->query.overseen && ((p = add_value(r, value_id(person->user_id))) != NULL ||
	    (p = add_value(r, value_id(person->user_id))) != NULL)) ||
	    (r->query.addressed && (p = add_value(r, value_id(person->user_id))) != NULL) ||
	    (p = add_filters(r)) != NULL ||
	    (p = add_ids(r)) != NULL ||
	    (p = add_search(r)) != NULL ||
	    (p = find_order(r)) != NULL ||
	    (p = add_after(r)) != NULL ||
	    (p = add_value(r, value_integer(list->limit + 1))) != NULL)
		return p;
	return read_in_turn(call, r);
}
