/* oversee.c -- who oversees whom.  All employees of a space are read, because a change of one may concern many: a
 * supervisor who leaves ends the sight of nobody else, but their own of everybody. */
#include "record/oversee.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "store/statement.h"

/* ---- employees ---- */

static int
by_id(const void *left, const void *right)
{
	const struct linked_employee *l = left, *r = right;

	return strcmp(l->id, r->id);
}

static bool
take_employee(const struct call *call, const struct collection *c, const struct rows *rows, size_t row,
    struct linked_employee *e)
{
	struct arena *a = call->a;
	struct record record;
	const char *const *values;
	const char *user, *status;

	if (!record_of_row(call->set, rows, row, &record))
		return false;
	values = (const char *const *)values_parse(a, c, record.doc, NULL);
	user = value_plain(a, value_named(c, values, "user"));
	status = value_plain(a, value_named(c, values, "status"));
	*e = (struct linked_employee){
		.id = record.id,
		.user = record.owner,
		.supervisor = value_plain(a, value_named(c, values, "supervisor")),
		.senior = value_plain(a, value_named(c, values, "senior")),
		.active = status == NULL || strcmp(status, "active") == 0,
		.finance = value_true(value_named(c, values, "finance")),
	};
	return user != NULL && strcmp(user, record.owner) == 0;
}

struct problem *
oversee_employees(const struct call *call, struct linked_employee **employees, size_t *count)
{
	const struct collection *c = collection_find(call->set, "employees");
	struct problem *p;
	struct rows *rows;

	*employees = NULL;
	*count = 0;
	if (c == NULL)
		return NULL;
	p = db_run(call->db, call->a, SQL(EMPLOYEES_LINKED),
	    VALUES(value_id(call->person->space_id), value_id(NOBODY)), &rows);
	if (p != NULL)
		return p;
	*employees = arena_alloc(call->a, (rows->count + 1) * sizeof **employees);
	for (size_t i = 0; i < rows->count; i++)
		*count += take_employee(call, c, rows, i, &(*employees)[*count]);
	qsort(*employees, *count, sizeof **employees, by_id);
	return NULL;
}

const struct linked_employee *
oversee_find(const struct linked_employee *employees, size_t count, const char *id)
{
	const struct linked_employee wanted = { .id = id };

	return id == NULL || count == 0 ? NULL : bsearch(&wanted, employees, count, sizeof *employees, by_id);
}

/* ---- pairs ---- */

/* user sees the records of owner. */
struct pair {
	unsigned char user[DB_ID_SIZE], owner[DB_ID_SIZE];
};

struct pairs {
	struct pair *all;
	size_t count;
};

static void
add_pair(struct pairs *pairs, const char *user, const char *owner)
{
	struct pair *pair = &pairs->all[pairs->count];

	pairs->count += db_id(user, strlen(user), pair->user) && db_id(owner, strlen(owner), pair->owner);
}

static void
add_overseer(struct pairs *pairs, const struct linked_employee *overseer, const struct linked_employee *e)
{
	if (overseer != NULL && overseer->active && strcmp(overseer->user, e->user) != 0)
		add_pair(pairs, overseer->user, e->user);
}

static int
by_bytes(const void *left, const void *right)
{
	return memcmp(left, right, sizeof(struct pair));
}

/* All pairs in ascending order, each once. */
static struct pairs
pairs_of(struct arena *a, const struct linked_employee *employees, size_t count)
{
	struct pairs pairs = { .all = arena_alloc(a, (3 * count + 1) * sizeof(struct pair)) };
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct linked_employee *e = &employees[i];

		add_overseer(&pairs, oversee_find(employees, count, e->supervisor), e);
		add_overseer(&pairs, oversee_find(employees, count, e->senior), e);
		if (e->active && e->finance)
			add_pair(&pairs, e->user, NOBODY);
	}
	qsort(pairs.all, pairs.count, sizeof *pairs.all, by_bytes);
	for (size_t i = 0; i < pairs.count; i++)
		if (i == 0 || by_bytes(&pairs.all[i], &pairs.all[i - 1]) != 0)
			pairs.all[kept++] = pairs.all[i];
	pairs.count = kept;
	return pairs;
}

/* Whom one user oversees, as `member` has it; who oversees everybody has nobody else there. */
static size_t
ids_of(struct arena *a, const struct pairs *pairs, const unsigned char user[DB_ID_SIZE], unsigned char **ids)
{
	static const unsigned char nobody[DB_ID_SIZE];
	size_t first = 0, end = pairs->count, count = 0;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (memcmp(pairs->all[middle].user, user, DB_ID_SIZE) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	for (end = first; end < pairs->count && memcmp(pairs->all[end].user, user, DB_ID_SIZE) == 0; end++)
		continue;
	*ids = arena_alloc(a, (end - first + 1) * DB_ID_SIZE);
	for (size_t i = first; i < end; i++) {
		memcpy(*ids + count++ * DB_ID_SIZE, pairs->all[i].owner, DB_ID_SIZE);
		if (memcmp(pairs->all[i].owner, nobody, DB_ID_SIZE) == 0)
			break;
	}
	return count;
}

/* ---- writing ---- */

/* The rows of one user: themselves, and the ids. */
static struct problem *
add_rows(struct writer *w, const char *user, const unsigned char *ids, size_t count)
{
	struct arena *a = w->call->a;
	struct value *values = arena_alloc(a, 3 * (count + 1) * sizeof *values);
	struct problem *p;

	for (size_t i = 0; i <= count; i++) {
		values[3 * i] = value_id(w->call->person->space_id);
		values[3 * i + 1] = value_id(user);
		values[3 * i + 2] = i == count ? value_id(user) : value_bytes(ids + i * DB_ID_SIZE, DB_ID_SIZE);
	}
	for (size_t i = 0, n; i <= count; i += n) {
		struct buf sql;

		n = statement_rows_of(count + 1 - i);
		buf_init(&sql, a);
		statement_rows(&sql, SQL(OVERSIGHT_ADD), n);
		if ((p = db_run(w->call->db, a, sql.text, values + 3 * i, 3 * n, NULL)) != NULL)
			return p;
	}
	return NULL;
}

static struct problem *
write_member(struct writer *w, const char *user, const unsigned char *ids, size_t count)
{
	struct db *db = w->call->db;
	struct arena *a = w->call->a;
	const struct value space = value_id(w->call->person->space_id), who = value_id(user);
	const struct value oversees = count == 0 ? value_null() : value_bytes(ids, count * DB_ID_SIZE);
	struct problem *p;

	if ((p = db_run(db, a, SQL(OVERSIGHT_FORGET), VALUES(space, who), NULL)) != NULL ||
	    (count > 0 && (p = add_rows(w, user, ids, count)) != NULL))
		return p;
	return db_run(db, a, SQL(MEMBER_OVERSEES), VALUES(oversees, value_integer(w->seq), space, who), NULL);
}

struct problem *
oversee_renew(struct writer *w)
{
	struct arena *a = w->call->a;
	struct linked_employee *employees;
	struct problem *p;
	struct rows *members;
	struct pairs pairs;
	size_t count;

	if ((p = oversee_employees(w->call, &employees, &count)) != NULL ||
	    (p = db_run(w->call->db, a, SQL(MEMBERS_OVERSEEING), VALUES(value_id(w->call->person->space_id)),
	        &members)) != NULL)
		return p;
	pairs = pairs_of(a, employees, count);
	for (size_t i = 0; i < members->count; i++) {
		const char *user = row_text(members, i, OVERSEER_USER);
		const struct value *was = row_cell(members, i, OVERSEER_OVERSEES);
		unsigned char id[DB_ID_SIZE], *ids;
		size_t n = db_id(user, strlen(user), id) ? ids_of(a, &pairs, id, &ids) : 0;

		if (n * DB_ID_SIZE == was->length && (n == 0 || memcmp(ids, was->bytes, was->length) == 0))
			continue;
		if ((p = write_member(w, user, ids, n)) != NULL)
			return p;
	}
	return NULL;
}
