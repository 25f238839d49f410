/* member.c -- checks query and body of a request by the table of its route, before the handler runs. */
#include "http/member.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "account/account.h"
#include "base/id.h"
#include "base/instant.h"
#include "http/route.h"

const char *const place_names[PLACE_COUNT] = {
	[IN_BODY] = "body",
	[IN_QUERY] = "query",
	[IN_HEADER] = "header",
};

const char *const member_type_names[TYPE_COUNT] = {
	[TYPE_ANY] = "any",
	[TYPE_TEXT] = "text",
	[TYPE_NAME] = "name",
	[TYPE_ID] = "id",
	[TYPE_UUID] = "uuid",
	[TYPE_INTEGER] = "integer",
	[TYPE_BOOLEAN] = "boolean",
	[TYPE_INSTANT] = "instant",
	[TYPE_DATE] = "date",
	[TYPE_CHOICE] = "choice",
	[TYPE_LIST] = "list",
};

const struct member nothing[] = { MEMBERS_END };

const struct member any_parameters[] = {
	PARAM("*", ANY, "is not looked at"),
	MEMBERS_END
};

/* A value as the handler gets it: an integer, instant or boolean as integer, a list as list, else text. */
struct given {
	bool is, null;
	const char *text;
	int64_t integer;
	struct json_object *list;
};

/* --- the table --- */

static const struct member *
find_member(const struct member *table, enum place in, const char *name)
{
	for (; table->name != NULL; table++)
		if (table->in == in && strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

static bool
takes_others(const struct request *r, enum place in)
{
	return r->dialect != NULL || find_member(r->route->takes, in, "*") != NULL;
}

bool
takes_parameter(const struct request *r, const char *name)
{
	return strcmp(name, "*") != 0 && find_member(r->route->takes, IN_QUERY, name) != NULL;
}

/* --- sentences --- */

/* The sentence, with the number in place of {max}. */
static const char *
fill(struct arena *a, const char *sentence, int64_t max)
{
	static const char place[] = "{max}";
	const char *at = strstr(sentence, place);

	if (at == NULL)
		return sentence;
	return arena_printf(a, "%.*s%" PRId64 "%s", (int)(at - sentence), sentence, max, at + sizeof(place) - 1);
}

static struct problem *
bad_member(struct request *r, const struct member *m, enum problem_kind kind, const char *sentence)
{
	return problem_at(r->a, m->broken ? PROBLEM_MALFORMED : kind, m->name, "%s", fill(r->a, sentence, m->max));
}

/* The words as a list for people: "json, csv or html". */
static const char *
list_words(struct arena *a, const char *words)
{
	struct buf b;

	buf_init(&b, a);
	while (*words != '\0') {
		size_t length = strcspn(words, " ");

		buf_add(&b, words, length);
		words += length + (words[length] == ' ');
		if (*words != '\0')
			buf_text(&b, strchr(words, ' ') == NULL ? " or " : ", ");
	}
	return b.text;
}

/* The sentence for a value that does not fit, if the table has none. */
static const char *
usual_words(struct request *r, const struct member *m)
{
	switch (m->type) {
	case TYPE_ID:
		return arena_printf(r->a, "%s has 1 to 64 letters, digits or ._:@- and starts with a letter or digit.",
		    m->name);
	case TYPE_UUID:
		return arena_printf(r->a, "%s must be an id as an answer gave it.", m->name);
	case TYPE_INTEGER:
		return arena_printf(r->a, "%s must be a whole number from %" PRId64 " to %" PRId64 ".", m->name, m->min,
		    m->max);
	case TYPE_BOOLEAN:
		return arena_printf(r->a, "%s must be 1 or 0.", m->name);
	case TYPE_INSTANT:
		return arena_printf(r->a, "%s must be an instant such as 2026-11-21T08:34:00.000Z.", m->name);
	case TYPE_DATE:
		return arena_printf(r->a, "%s must be a date such as 2026-11-21.", m->name);
	case TYPE_CHOICE:
		return arena_printf(r->a, "%s must be %s.", m->name, list_words(r->a, m->choices));
	case TYPE_LIST:
		return arena_printf(r->a, "%s must be a list.", m->name);
	default:
		return arena_printf(r->a, "%s has at most %" PRId64 " bytes.", m->name, m->max);
	}
}

static struct problem *
does_not_fit(struct request *r, const struct member *m)
{
	return bad_member(r, m, PROBLEM_INVALID, m->wrong != NULL ? m->wrong : usual_words(r, m));
}

/* --- unknown and repeated names --- */

/* True when an earlier parameter has the same name.  query_get returns the value of the first one, so the pointers
 * differ. */
static bool
is_repeated(const struct request *r, size_t i)
{
	return query_get(r, r->query[i].name) != r->query[i].value;
}

bool
parameter_is_filter(const struct request *r, size_t i)
{
	const char *value = r->query[i].value;

	if (!takes_others(r, IN_QUERY))
		return false;
	return !takes_parameter(r, r->query[i].name) ||
	    (strcmp(r->query[i].name, "at") == 0 && strcspn(value, ".") == 2 && strspn(value, "0123456789") == 0);
}

static struct problem *
check_parameters(struct request *r)
{
	bool others = takes_others(r, IN_QUERY);

	for (size_t i = 0; i < r->query_count && !others; i++) {
		const char *name = r->query[i].name;

		if (!takes_parameter(r, name))
			return problem_at(r->a, PROBLEM_UNKNOWN_FIELD, name, "This parameter is not known here.");
	}
	if (r->dialect != NULL)
		return NULL;
	for (size_t i = 0; i < r->query_count; i++)
		if (takes_parameter(r, r->query[i].name) && !parameter_is_filter(r, i) && is_repeated(r, i))
			return problem_at(r->a, PROBLEM_MALFORMED, r->query[i].name, "This parameter is given twice.");
	return NULL;
}

static struct problem *
check_body(struct request *r)
{
	if (r->input == NULL || takes_others(r, IN_BODY))
		return NULL;
	json_object_object_foreach (r->input, key, value) {
		(void)value;
		if (find_member(r->route->takes, IN_BODY, key) == NULL)
			return problem_at(r->a, PROBLEM_UNKNOWN_FIELD, key, "This member is not known here.");
	}
	return NULL;
}

/* --- taking values --- */

/* Read a member of the body by its type in JSON.  ANY stays where it is. */
static struct problem *
take_json(struct request *r, const struct member *m, struct json_object *value, struct given *given)
{
	bool flag = false;
	struct problem *p;

	switch (m->type) {
	case TYPE_ANY:
		return NULL;
	case TYPE_INTEGER:
		return json_get_integer(r->a, r->input, m->name, &given->integer, NULL);
	case TYPE_BOOLEAN:
		p = json_get_boolean(r->a, r->input, m->name, &flag, NULL);
		given->integer = flag;
		return p;
	case TYPE_LIST:
		given->list = value;
		return value == NULL || json_object_is_type(value, json_type_array) ? NULL : does_not_fit(r, m);
	default:
		return json_get_text(r->a, r->input, m->name, &given->text);
	}
}

/* In a body that takes other members too, the rest is a record, so members that the table names are removed.  That
 * frees the tree's copy of a text, so it is copied first. */
static void
take_out(struct request *r, const struct member *m, struct given *given)
{
	if (find_member(r->route->takes, IN_BODY, "*") == NULL)
		return;
	given->text = arena_strdup(r->a, given->text);
	json_object_object_del(r->input, m->name);
}

static struct problem *
take_member(struct request *r, const struct member *m, struct given *given)
{
	struct json_object *value;
	struct problem *p;

	given->integer = m->otherwise;
	if (r->input == NULL || !json_object_object_get_ex(r->input, m->name, &value))
		return NULL;
	if ((p = take_json(r, m, value, given)) != NULL)
		return p;
	if (value == NULL && m->null == NULL_IS_WRONG)
		return does_not_fit(r, m);
	given->null = value == NULL;
	given->is = value != NULL || m->null == NULL_IS_GIVEN;
	take_out(r, m, given);
	return NULL;
}

/* --- checking values --- */

/* Read an integer as it is written in a query. */
static bool
read_integer(const char *text, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 10);
	return isdigit((unsigned char)text[*text == '-']) && *end == '\0' && errno == 0;
}

static bool
read_flag(const char *text, int64_t *value)
{
	*value = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
	return *value || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
}

static bool
is_choice(const char *words, const char *text)
{
	size_t size = strlen(text);

	while (*words != '\0') {
		size_t length = strcspn(words, " ");

		if (length == size && strncmp(words, text, size) == 0)
			return true;
		words += length + (words[length] == ' ');
	}
	return false;
}

static bool
integer_fits(const struct member *m, int64_t value)
{
	return (m->min == 0 && m->max == 0) || (value >= m->min && value <= m->max);
}

static bool
text_fits(const struct member *m, const char *text)
{
	size_t length = strlen(text);

	return (m->max == 0 || length <= (size_t)m->max) && (!m->clean || text_is_clean(text, length));
}

/* True when the member may have this value: one of the right type in JSON, or the text of a parameter. */
static bool
fits(const struct member *m, struct given *given)
{
	switch (m->type) {
	case TYPE_TEXT:
		return text_fits(m, given->text);
	case TYPE_ID:
		return id_valid(given->text);
	case TYPE_UUID:
		return uuid_valid(given->text);
	case TYPE_INTEGER:
		return (m->in == IN_BODY || read_integer(given->text, &given->integer)) &&
		    integer_fits(m, given->integer);
	case TYPE_BOOLEAN:
		return m->in == IN_BODY || read_flag(given->text, &given->integer);
	case TYPE_INSTANT:
		return instant_parse(given->text, &given->integer);
	case TYPE_DATE:
		return date_valid(given->text);
	case TYPE_CHOICE:
		return is_choice(m->choices, given->text);
	default:
		return true;
	}
}

static bool
is_missing(const struct member *m, const struct given *given)
{
	return !given->is || (m->type == TYPE_TEXT && given->text != NULL && (int64_t)strlen(given->text) < m->min);
}

static struct problem *
check_given(struct request *r, const struct member *m, struct given *given)
{
	if (!given->is && m->or_device && r->device_id != NULL)
		*given = (struct given){ .is = true, .text = r->device_id };
	if (m->required != NULL && is_missing(m, given))
		return bad_member(r, m, PROBLEM_REQUIRED, m->required);
	if (!given->is || given->null)
		return NULL;
	if (m->type == TYPE_NAME)
		return person_name_check(r->a, m->name, given->text);
	return fits(m, given) ? NULL : does_not_fit(r, m);
}

static bool
is_others(const struct member *m)
{
	return strcmp(m->name, "*") == 0;
}

static void
take_parameter(struct request *r, const struct member *m, struct given *given)
{
	given->text = query_get(r, m->name);
	given->is = given->text != NULL;
	given->integer = m->otherwise;
}

static struct problem *
take_given(struct request *r, const struct member *m, struct given *given)
{
	if (m->in == IN_BODY && !is_others(m))
		return take_member(r, m, given);
	if (m->in == IN_QUERY && !is_others(m))
		take_parameter(r, m, given);
	return NULL;
}

struct problem *
request_read_members(struct request *r)
{
	const struct member *table = r->route->takes;
	struct problem *p;
	size_t count = 0;

	while (table[count].name != NULL)
		count++;
	r->given = arena_alloc(r->a, (count + 1) * sizeof(*r->given));
	if ((p = check_parameters(r)) != NULL || (p = check_body(r)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		if ((p = take_given(r, &table[i], &r->given[i])) != NULL)
			return p;
	for (size_t i = 0; i < count; i++)
		if (table[i].in != IN_HEADER && (p = check_given(r, &table[i], &r->given[i])) != NULL)
			return p;
	return NULL;
}

/* --- for handlers --- */

static const struct given *
given_of(const struct request *r, const char *name)
{
	const struct member *table = r->route->takes;

	for (size_t i = 0; table[i].name != NULL; i++)
		if (table[i].in != IN_HEADER && strcmp(table[i].name, name) == 0)
			return &r->given[i];
	abort(); /* the handler asks for something that its route does not take */
}

bool
is_given(const struct request *r, const char *name)
{
	return given_of(r, name)->is;
}

bool
given_is(const struct request *r, const char *name, const char *word)
{
	const char *text = given_of(r, name)->text;

	return text != NULL && strcmp(text, word) == 0;
}

const char *
given_text(const struct request *r, const char *name)
{
	return given_of(r, name)->text;
}

int64_t
given_integer(const struct request *r, const char *name)
{
	return given_of(r, name)->integer;
}

int64_t
given_instant(const struct request *r, const char *name)
{
	return given_of(r, name)->integer;
}

bool
given_flag(const struct request *r, const char *name)
{
	return given_of(r, name)->integer != 0;
}

struct json_object *
given_list(const struct request *r, const char *name)
{
	return given_of(r, name)->list;
}
