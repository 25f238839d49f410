/* foreign.c -- finds the lists in a foreign backup file, whichever of its forms it has: one object with the lists; the
 * same inside the body that its client posts; or the keys of a browser's storage, whose values are texts of JSON and
 * whose names may end in _COMPANY.  Read foreign_read, at the bottom, first. */
#include "backup/foreign.h"

#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/text.h"
#include "foreign_work.h"

static const char prefix[] = "timetracker_";

void
foreign_say(struct arena *a, struct foreign *f, bool left, const char *list, const char *why, const char *example)
{
	for (size_t i = 0; i < f->note_count; i++) {
		struct foreign_note *note = &f->notes[i];

		if (note->left == left && strcmp(note->list, list) == 0 && strcmp(note->why, why) == 0) {
			note->count++;
			return;
		}
	}
	if (f->note_count < FOREIGN_NOTES_MAX)
		f->notes[f->note_count++] = (struct foreign_note){
			.left = left,
			.list = arena_strdup(a, list),
			.why = arena_strdup(a, why),
			.example = arena_strdup(a, example),
			.count = 1,
		};
}

void
foreign_note(struct foreign_work *w, bool left, const char *why)
{
	foreign_say(w->a, w->out, left, w->list, why, w->where);
}

const char *
foreign_text(struct foreign_work *w, struct json_object *row, const char *name)
{
	struct json_object *value = json_object_object_get(row, name);
	const char *text = value == NULL ? NULL : json_number_text(value);

	if (text == NULL && value != NULL && json_object_is_type(value, json_type_string))
		text = text_trimmed(w->a, json_object_get_string(value));
	return text == NULL || *text == '\0' ? NULL : text;
}

/* ---- which lists there are ---- */

/* The list that a key names, which may begin with the prefix and end in _COMPANY; NULL for none. */
static const struct foreign_list *
list_of_key(const char *key)
{
	if (strncmp(key, prefix, sizeof prefix - 1) == 0)
		key += sizeof prefix - 1;
	for (const struct foreign_list *l = foreign_lists; l->name != NULL; l++) {
		size_t length = strlen(l->name);

		if (strncmp(key, l->name, length) == 0 && (key[length] == '\0' || key[length] == '_'))
			return l;
	}
	return NULL;
}

static size_t
lists_in(struct json_object *object)
{
	size_t count = 0;

	if (!json_object_is_type(object, json_type_object))
		return 0;
	json_object_object_foreach(object, key, value) {
		(void)value;
		count += list_of_key(key) != NULL;
	}
	return count;
}

static bool
is_posted(struct json_object *body)
{
	return json_object_object_get(body, "key") != NULL && json_object_object_get(body, "data") != NULL;
}

bool
foreign_is(struct json_object *body)
{
	if (!json_object_is_type(body, json_type_object) || json_object_object_get(body, "daybook") != NULL)
		return false;
	return is_posted(body) || json_object_object_get(body, "autoBackup") != NULL ||
	    json_object_object_get(body, "manualBackup") != NULL || lists_in(body) > 0;
}

/* A value that may be the text of JSON, as a browser's storage has it; *value becomes what the text says. */
static struct problem *
open_text(struct arena *a, const char *name, struct json_object **value)
{
	const char *text;
	struct problem *p;

	if (!json_object_is_type(*value, json_type_string))
		return NULL;
	text = json_object_get_string(*value);
	if (*text != '{' && *text != '[')
		return NULL;
	if ((p = json_parse(a, text, strlen(text), value)) == NULL)
		return NULL;
	return problem_at(a, PROBLEM_MALFORMED, name, "The text of this member is not JSON: %s", p->detail);
}

/* The text of a member without regard to its form; "" when it is none. */
static const char *
plain_text(struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

/* Of the two copies that a browser may hold the later one: their instants are compared as the texts they are. */
static struct problem *
later_copy(struct arena *a, struct json_object *body, struct json_object **copy)
{
	struct problem *p;
	struct json_object *automatic = json_object_object_get(body, "autoBackup");
	struct json_object *manual = json_object_object_get(body, "manualBackup");

	if ((automatic != NULL && (p = open_text(a, "autoBackup", &automatic)) != NULL) ||
	    (manual != NULL && (p = open_text(a, "manualBackup", &manual)) != NULL))
		return p;
	if (!json_object_is_type(automatic, json_type_object))
		automatic = NULL;
	if (!json_object_is_type(manual, json_type_object))
		manual = NULL;
	*copy = manual == NULL || (automatic != NULL &&
	    strcmp(plain_text(automatic, "timestamp"), plain_text(manual, "timestamp")) > 0) ? automatic : manual;
	return NULL;
}

/* The object that holds the lists, and which form the file has. */
static struct problem *
find_lists(struct foreign_work *w, struct json_object *body, struct json_object **lists)
{
	struct problem *p;
	struct json_object *copy;

	*lists = body;
	w->out->format = "timetracker-storage";
	if (is_posted(body)) {
		w->out->format = "timetracker-posted";
		*lists = json_object_object_get(body, "data");
		if ((p = open_text(w->a, "data", lists)) != NULL)
			return p;
	}
	else if (*plain_text(body, "exportDate") != '\0')
		w->out->format = "timetracker-export";
	if (lists_in(*lists) == 0 && json_object_is_type(*lists, json_type_object)) {
		if ((p = later_copy(w->a, *lists, &copy)) != NULL)
			return p;
		*lists = copy == NULL ? *lists : copy;
	}
	if (!json_object_is_type(*lists, json_type_object))
		return problem_at(w->a, PROBLEM_INVALID, "data", "The file holds no lists.");
	return NULL;
}

/* ---- their rows ---- */

static struct problem *
read_row(struct foreign_work *w, const struct foreign_list *list, struct json_object *row, size_t number)
{
	const char *id;

	if (!json_object_is_type(row, json_type_object)) {
		w->where = arena_printf(w->a, "%zu", number);
		foreign_note(w, true, "the row is no object");
		return NULL;
	}
	id = foreign_text(w, row, "id");
	w->where = id == NULL ? arena_printf(w->a, "%zu", number) : id;
	if (w->out->record_count >= FOREIGN_RECORDS_MAX)
		return problem_new(w->a, PROBLEM_TOO_LARGE, "The file has more than %d rows.", FOREIGN_RECORDS_MAX);
	return list->row(w, row);
}

static struct problem *
read_rows(struct foreign_work *w, const struct foreign_list *list, struct json_object *value)
{
	struct problem *p = NULL;
	size_t number = 0;

	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; p == NULL && i < json_object_array_length(value); i++)
			p = read_row(w, list, json_object_array_get_idx(value, i), i + 1);
		return p;
	}
	if (!json_object_is_type(value, json_type_object)) {
		foreign_note(w, true, "it is not a list");
		return NULL;
	}
	if (json_object_object_length(value) == 0) {
		foreign_note(w, true, "it came as {}, which holds no rows");
		return NULL;
	}
	if (strcmp(list->name, "payrollSettings") == 0)
		return read_row(w, list, value, 1);
	json_object_object_foreach(value, key, row) {
		(void)key;
		if (p == NULL)
			p = read_row(w, list, row, ++number);
	}
	return p;
}

/* Everything in the file that one kind of list means: a browser's storage has one for each company. */
static struct problem *
read_list(struct foreign_work *w, const struct foreign_list *list, struct json_object *lists)
{
	struct problem *p = NULL;

	json_object_object_foreach(lists, key, member) {
		struct json_object *value = member;

		if (p != NULL || list_of_key(key) != list || value == NULL)
			continue;
		w->list = key;
		w->where = "";
		if ((p = open_text(w->a, key, &value)) != NULL)
			break;
		if (list->row == NULL && (!json_object_is_type(value, json_type_array) ||
		    json_object_array_length(value) > 0))
			foreign_note(w, true, list->why);
		else if (list->row != NULL)
			p = read_rows(w, list, value);
	}
	return p;
}

/* Members that are neither lists nor said about the file itself. */
static void
note_unknown(struct foreign_work *w, struct json_object *lists)
{
	static const char *const about[] = {
		"exportDate", "version", "timestamp", "type", "key", "data", "userId", "autoBackup", "manualBackup"
	};

	json_object_object_foreach(lists, key, value) {
		bool known = list_of_key(key) != NULL;

		(void)value;
		for (size_t i = 0; i < sizeof about / sizeof about[0]; i++)
			known = known || strcmp(key, about[i]) == 0;
		if (known)
			continue;
		w->list = text_short(w->a, key);
		w->where = "";
		foreign_note(w, true, "nothing is known of this member");
	}
}

/* ---- how its dates are written ---- */

/* The order of day and month that one date shows: 13/1/2026 and 1.13.2026 can be read in one way. */
static void
weigh_date(const char *text, bool *day_first, bool *month_first)
{
	int64_t first, second;

	if (!text_take_number(&text, &first) || (*text != '/' && *text != '.' && *text != '-'))
		return;
	text++;
	if (!text_take_number(&text, &second) || first > 31)
		return;
	*day_first = *day_first || (first > 12 && second <= 12);
	*month_first = *month_first || (second > 12 && first <= 12);
}

/* Go through everything: dates are said to be such by their names, and only a clock of twelve hours says AM or PM. */
static void
weigh(struct json_object *value, const char *name, size_t depth, bool *day_first, bool *month_first, bool *twelve)
{
	if (depth > JSON_DEPTH_MAX)
		return;
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			weigh(json_object_array_get_idx(value, i), name, depth + 1, day_first, month_first, twelve);
	}
	else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, key, member)
			weigh(member, key, depth + 1, day_first, month_first, twelve);
	}
	else if (json_object_is_type(value, json_type_string) && name != NULL) {
		const char *text = json_object_get_string(value);

		if (strcmp(name, "date") == 0 || strcmp(name, "dueDate") == 0)
			weigh_date(text, day_first, month_first);
		if (strcmp(name, "clockIn") == 0 || strcmp(name, "clockOut") == 0)
			*twelve = *twelve || strstr(text, "AM") != NULL || strstr(text, "PM") != NULL;
	}
}

/* What was asked for; else what some date in the file shows; else a file with AM and PM is of those who put the month
 * first. */
static void
find_order(struct foreign_work *w, struct json_object *lists, enum date_order asked)
{
	bool day_first = false, month_first = false, twelve = false;

	weigh(lists, NULL, 0, &day_first, &month_first, &twelve);
	w->rules.dates = asked;
	if (asked != DATES_UNSAID)
		return;
	if (day_first != month_first)
		w->rules.dates = day_first ? DATES_DMY : DATES_MDY;
	else if (!day_first && twelve)
		w->rules.dates = DATES_MDY;
}

static void
start(struct foreign_work *w, struct arena *a, const struct collections *set, const struct foreign_options *options,
    struct foreign *out)
{
	*out = (struct foreign){ .format = NULL };
	*w = (struct foreign_work){ .a = a, .set = set, .out = out, .rules = { .zone = options->zone } };
	out->records = arena_alloc(a, (FOREIGN_RECORDS_MAX + 1) * sizeof *out->records);
	out->files = arena_alloc(a, FOREIGN_RECORDS_MAX * sizeof *out->files);
	w->site_ids = arena_alloc(a, FOREIGN_RECORDS_MAX * sizeof *w->site_ids);
	seen_start(&w->ids, a);
	seen_start(&w->people, a);
	seen_start(&w->sites, a);
}

struct problem *
foreign_read(struct arena *a, const struct collections *set, struct json_object *body,
    const struct foreign_options *options, struct foreign *out)
{
	struct problem *p;
	struct foreign_work w;
	struct json_object *lists;

	start(&w, a, set, options, out);
	if ((p = find_lists(&w, body, &lists)) != NULL)
		return p;
	out->exported_at = foreign_text(&w, lists, *plain_text(lists, "exportDate") != '\0'
	    ? "exportDate" : "timestamp");
	find_order(&w, lists, options->dates);
	for (const struct foreign_list *l = foreign_lists; l->name != NULL; l++)
		if ((p = read_list(&w, l, lists)) != NULL)
			return p;
	note_unknown(&w, lists);
	if (w.asks)
		return problem_at(a, PROBLEM_INVALID, "dates", "The dates in this file can be read in two ways; say "
		    "with dates=mdy or dates=dmy which comes first, the month or the day.");
	return NULL;
}

/* ---- what is said of it ---- */

static void
put_notes(struct json_out *out, const char *name, const struct foreign *f, bool left)
{
	put_array(out, name);
	for (size_t i = 0; i < f->note_count; i++) {
		const struct foreign_note *note = &f->notes[i];

		if (note->left != left)
			continue;
		put_object(out, NULL);
		json_quote(put_value(out, "what"), note->list);
		json_quote(put_value(out, "why"), note->why);
		json_quote(put_value(out, "example"), note->example);
		put_integer(out, "count", (int64_t)note->count);
		put_end(out);
	}
	put_end(out);
}

void
foreign_put(struct json_out *out, const struct foreign *f)
{
	put_text(out, "format", f->format);
	put_text(out, "formatLabel", "TimeTracker");
	put_text(out, "exportedAt", f->exported_at);
	put_object(out, "files");
	put_integer(out, "count", (int64_t)f->file_count);
	put_end(out);
	put_notes(out, "changed", f, false);
	put_notes(out, "left", f, true);
}
