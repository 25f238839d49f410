/* statements.c -- daybookctl statements: all SQL that Daybook sends.  tests/unit/statements.txt is this output, so that
 * a changed statement shows in review.  The doctor and a test prepare all of them. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"

/* --- examples of composed statements --- */

static const struct feed_view view = {
	.whole = (const char *[]){ "cars", "tasks" },
	.own = (const char *[]){ "mileage" },
	.addressed = (const char *[]){ "messages" },
	.whole_count = 2,
	.own_count = 1,
	.addressed_count = 1,
};

/* What a person sees who oversees others. */
static const struct feed_view overseer = {
	.whole = (const char *[]){ "cars", "tasks" },
	.own = (const char *[]){ "places" },
	.overseen = (const char *[]){ "mileage", "receipts" },
	.addressed = (const char *[]){ "messages" },
	.whole_count = 2,
	.own_count = 1,
	.overseen_count = 2,
	.addressed_count = 1,
};

static const struct list_column text_column = { .field = "title", .kind = LIST_TEXT, .initial = "" };
static const struct list_column number_column = { .field = "miles", .kind = LIST_NUMBER };
static const struct list_column private_column = { .field = "note", .is_private = true, .kind = LIST_TEXT };

static void
compose_feed_sizes(struct buf *sql)
{
	statement_feed(sql, &view, FEED_SIZES);
}

static void
compose_feed_records(struct buf *sql)
{
	statement_feed(sql, &view, FEED_RECORDS);
}

static void
compose_left_view(struct buf *sql)
{
	statement_left_view(sql, &view);
}

static void
compose_feed_of_overseer(struct buf *sql)
{
	statement_feed(sql, &overseer, FEED_RECORDS);
}

static void
compose_left_overseer(struct buf *sql)
{
	statement_left_view(sql, &overseer);
}

static void
compose_audit_of_overseer(struct buf *sql)
{
	struct audit_query query = { .view = overseer, .by_collection = true };

	statement_audit(sql, &query);
}

static void
compose_audit(struct buf *sql)
{
	struct audit_query query = { .view = view, .by_record = true, .by_user = true, .from = true, .to = true };

	statement_audit(sql, &query);
}

static void
compose_audit_of_record(struct buf *sql)
{
	struct audit_query query = { .view = view, .by_record = true };

	statement_audit(sql, &query);
}

static void
compose_audit_of_collection(struct buf *sql)
{
	struct audit_query query = { .view = view, .by_collection = true };

	statement_audit(sql, &query);
}

static void
compose_audit_of_time(struct buf *sql)
{
	struct audit_query query = { .view = view, .from = true, .to = true };

	statement_audit(sql, &query);
}

static void
compose_undo(struct buf *sql)
{
	struct undo_query query = { true, true, true, true, true, true, .collections = 2 };

	statement_undo(sql, &query);
}

static void
compose_undo_of_cause(struct buf *sql)
{
	struct undo_query query = { .cause = true };

	statement_undo(sql, &query);
}

static void
compose_undo_of_token(struct buf *sql)
{
	struct undo_query query = { .token = true };

	statement_undo(sql, &query);
}

static void
compose_undo_of_device(struct buf *sql)
{
	struct undo_query query = { .device = true };

	statement_undo(sql, &query);
}

static void
compose_undo_of_person(struct buf *sql)
{
	struct undo_query query = { .user = true };

	statement_undo(sql, &query);
}

static void
compose_undo_of_span(struct buf *sql)
{
	struct undo_query query = { .from = true, .to = true };

	statement_undo(sql, &query);
}

static void
compose_list_own(struct buf *sql)
{
	struct list_query query = { .owned = true, .order = { .column = "sort_key" }, .continues = true };

	statement_list(sql, &query);
}

static void
compose_list_by_id(struct buf *sql)
{
	struct list_query query = { .order = { .column = "id" }, .continues = true };

	statement_list(sql, &query);
}

static void
compose_list_by_update(struct buf *sql)
{
	struct list_query query = { .order = { .column = "updated_at" }, .descending = true };

	statement_list(sql, &query);
}

static void
compose_list_filtered(struct buf *sql)
{
	struct list_query query = {
		.conditions = { { text_column, LIST_EQUAL, 1 } },
		.condition_count = 1,
		.order = { .column = "sort_key" },
	};

	statement_list(sql, &query);
}

static void
compose_list_all_size(struct buf *sql)
{
	struct list_query query = { .owned = false };

	statement_list_size(sql, &query);
}

static void
compose_list(struct buf *sql)
{
	struct list_query query = { .addressed = true, .order = { .column = "sort_key" }, .descending = true,
	    .continues = true };

	statement_list(sql, &query);
}

static void
compose_list_overseen(struct buf *sql)
{
	struct list_query query = { .overseen = true, .order = { .column = "sort_key" }, .continues = true };

	statement_list(sql, &query);
}

static void
compose_list_overseen_size(struct buf *sql)
{
	struct list_query query = { .overseen = true };

	statement_list_size(sql, &query);
}

static void
compose_search(struct buf *sql)
{
	struct list_query query = {
		.owned = true,
		.conditions = {
			{ text_column, LIST_EQUAL, 1 },
			{ text_column, LIST_NOT_EQUAL, 1 },
			{ number_column, LIST_GREATER_EQUAL, 1 },
			{ number_column, LIST_IN, 2 },
			{ private_column, LIST_EMPTY, 0 },
		},
		.condition_count = 5,
		.searches = true,
		.search = &text_column,
		.search_count = 1,
		.order = number_column,
		.sorts_values = true,
	};

	statement_list(sql, &query);
}

static void
compose_list_size(struct buf *sql)
{
	struct list_query query = { .owned = true };

	statement_list_size(sql, &query);
}

static const struct {
	const char *name;
	void (*compose)(struct buf *sql);
	size_t columns;
} composed[] = {
	{ "(feed: sizes)", compose_feed_sizes, FEED_SIZE_COLUMNS_COUNT },
	{ "(feed: records)", compose_feed_records, RECORD_COLUMNS_COUNT },
	{ "(feed: what left a view)", compose_left_view, LEFT_COLUMNS_COUNT },
	{ "(feed: of who oversees others)", compose_feed_of_overseer, RECORD_COLUMNS_COUNT },
	{ "(feed: what left the view of who oversees others)", compose_left_overseer, LEFT_COLUMNS_COUNT },
	{ "(audit)", compose_audit, HISTORY_COLUMNS_COUNT },
	{ "(audit: of a record)", compose_audit_of_record, HISTORY_COLUMNS_COUNT },
	{ "(audit: of a collection)", compose_audit_of_collection, HISTORY_COLUMNS_COUNT },
	{ "(audit: of some time)", compose_audit_of_time, HISTORY_COLUMNS_COUNT },
	{ "(audit: of who oversees others)", compose_audit_of_overseer, HISTORY_COLUMNS_COUNT },
	{ "(undo)", compose_undo, UNDO_COLUMNS_COUNT },
	{ "(undo: of a cause)", compose_undo_of_cause, UNDO_COLUMNS_COUNT },
	{ "(undo: of a token)", compose_undo_of_token, UNDO_COLUMNS_COUNT },
	{ "(undo: of a device)", compose_undo_of_device, UNDO_COLUMNS_COUNT },
	{ "(undo: of a person)", compose_undo_of_person, UNDO_COLUMNS_COUNT },
	{ "(undo: of a span)", compose_undo_of_span, UNDO_COLUMNS_COUNT },
	{ "(list)", compose_list, LIST_COLUMNS_COUNT },
	{ "(list: own)", compose_list_own, LIST_COLUMNS_COUNT },
	{ "(list: overseen)", compose_list_overseen, LIST_COLUMNS_COUNT },
	{ "(list: by id)", compose_list_by_id, LIST_COLUMNS_COUNT },
	{ "(list: last changed)", compose_list_by_update, LIST_COLUMNS_COUNT },
	{ "(list: filtered)", compose_list_filtered, LIST_COLUMNS_COUNT },
	{ "(list: filtered, searched, sorted)", compose_search, LIST_COLUMNS_COUNT },
	{ "(list: own size)", compose_list_size, COUNT_COLUMNS_COUNT },
	{ "(list: overseen size)", compose_list_overseen_size, COUNT_COLUMNS_COUNT },
	{ "(list: size)", compose_list_all_size, COUNT_COLUMNS_COUNT },
};

bool
ctl_statement(struct arena *a, size_t i, struct statement *statement)
{
	struct buf sql;

	if (i < STATEMENT_COUNT) {
		*statement = statements[i];
		return true;
	}
	i -= STATEMENT_COUNT;
	if (i >= sizeof(composed) / sizeof(composed[0]))
		return false;
	buf_init(&sql, a);
	composed[i].compose(&sql);
	*statement = (struct statement){ composed[i].name, sql.text, composed[i].columns, { 0 } };
	return true;
}

/* --- printing --- */

/* True when a new line begins: where the source has several spaces, and, outside parentheses, before WHERE, VALUES,
 * ORDER BY and the like. */
static bool
begins_line(const char *text, size_t spaces, int depth)
{
	static const char *const words[] = {
		"WHERE ", "VALUES ", "ORDER BY ", "GROUP BY ", "HAVING ", "LIMIT ", "ON DUPLICATE ", NULL
	};
	size_t i;

	if (spaces != 1 || depth > 0)
		return spaces > 1;
	for (i = 0; words[i] != NULL; i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void
print_statement(FILE *out, const struct statement *statement)
{
	const char *text = statement->text;
	int depth = 0;

	fprintf(out, "%s\n\t", statement->name);
	while (*text != '\0') {
		size_t spaces = strspn(text, " ");

		text += spaces;
		if (begins_line(text, spaces, depth))
			fputs("\n\t", out);
		fprintf(out, "%*s", (int)spaces, "");
		for (; *text != '\0' && *text != ' '; text++) {
			depth += (*text == '(') - (*text == ')');
			putc(*text, out);
		}
	}
	fputs("\n\n", out);
}

void
ctl_print_statements(FILE *out)
{
	struct arena *a = arena_new();
	struct statement statement;
	size_t i;

	for (i = 0; ctl_statement(a, i, &statement); i++)
		print_statement(out, &statement);
	arena_free(a);
}

int
ctl_statements(struct worker *w, int argc, char **argv)
{
	(void)w;
	(void)argv;
	if (argc != 1)
		return ctl_usage("statements");
	ctl_print_statements(stdout);
	return CTL_OK;
}
