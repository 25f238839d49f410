/* format.c -- reads the known formats.  They come with Daybook or from the operator; the first mistake stops the start,
 * like one in a definition. */
#include "transfer/format.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"

enum {
	FORMAT_BYTES_MAX = 1 << 16,
	NUMBER_DIGITS_MAX = 15 /* of a cell of columns across */
};

/* What is being read. */
struct reader {
	struct arena *life;
	const struct collections *set;
	const char *file;
	struct format *format;
};

static struct problem *mistake(const struct reader *r, const char *format, ...) PRINTF_LIKE(2, 3);

static struct problem *
mistake(const struct reader *r, const char *format, ...)
{
	struct problem *p = problem_new(r->life, PROBLEM_INTERNAL, "A format is wrong.");
	va_list args;

	va_start(args, format);
	p->cause = arena_printf(r->life, "formats/%s: %s", r->file, arena_vprintf(r->life, format, args));
	va_end(args);
	return p;
}

static struct problem *
as_mistake(const struct reader *r, const struct problem *p)
{
	return p == NULL ? NULL : mistake(r, "%s%s%s", p->field == NULL ? "" : p->field, p->field == NULL ? "" : ": ",
	    p->detail);
}

static struct problem *
get_text(const struct reader *r, struct json_object *from, const char *key, const char **value)
{
	struct problem *p = json_get_text(r->life, from, key, value);

	if (p == NULL && *value != NULL)
		*value = arena_strdup(r->life, *value);
	return as_mistake(r, p);
}

/* A list of texts; it may be absent. */
static struct problem *
get_texts(const struct reader *r, struct json_object *from, const char *key, struct texts *texts)
{
	struct json_object *list;
	const char **all;

	*texts = (struct texts){ 0 };
	if (!json_object_object_get_ex(from, key, &list))
		return NULL;
	if (!json_object_is_type(list, json_type_array))
		return mistake(r, "\"%s\" must be a list of texts", key);
	texts->count = json_object_array_length(list);
	texts->all = all = arena_alloc(r->life, (texts->count + 1) * sizeof *all);
	for (size_t i = 0; i < texts->count; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (!json_object_is_type(item, json_type_string))
			return mistake(r, "\"%s\" must be a list of texts", key);
		all[i] = arena_strdup(r->life, json_object_get_string(item));
	}
	return NULL;
}

/* The loose form of each text; a last * stays. */
static struct texts
all_loose(struct arena *a, const struct texts *texts)
{
	const char **all = arena_alloc(a, (texts->count + 1) * sizeof *all);

	for (size_t i = 0; i < texts->count; i++) {
		size_t length = strlen(texts->all[i]);
		bool open = length > 0 && texts->all[i][length - 1] == '*';

		all[i] = arena_printf(a, "%s%s", text_loose(a, texts->all[i]), open ? "*" : "");
	}
	return (struct texts){ .all = all, .count = texts->count };
}

/* An object of texts as two lists.  null is "". */
static struct problem *
get_pairs(const struct reader *r, struct json_object *from, const char *key, struct texts *names, struct texts *values)
{
	struct json_object *object;
	const char **left, **right;
	size_t count = 0;

	*names = *values = (struct texts){ 0 };
	if (!json_object_object_get_ex(from, key, &object))
		return NULL;
	if (!json_object_is_type(object, json_type_object) || json_object_object_length(object) == 0)
		return mistake(r, "\"%s\" must be an object of texts", key);
	left = arena_alloc(r->life, (size_t)json_object_object_length(object) * sizeof *left);
	right = arena_alloc(r->life, (size_t)json_object_object_length(object) * sizeof *right);
	json_object_object_foreach (object, name, value) {
		if (value != NULL && !json_object_is_type(value, json_type_string))
			return mistake(r, "\"%s\": \"%s\" must be a text or null", key, name);
		left[count] = arena_strdup(r->life, name);
		right[count++] = arena_strdup(r->life, value == NULL ? "" : json_object_get_string(value));
	}
	*names = (struct texts){ .all = left, .count = count };
	*values = (struct texts){ .all = right, .count = count };
	return NULL;
}

static struct problem *
get_values(const struct reader *r, struct json_object *from, struct format_values *values)
{
	return get_pairs(r, from, "values", &values->from, &values->to);
}

/* A field must be one that people write: "note", "id", "owner", or "project.client" of the record that a ref names. */
static struct problem *
check_field(const struct reader *r, const struct collection *c, const char *name)
{
	const char *dot = strchr(name, '.');
	const struct field *f;

	if (strcmp(name, "id") == 0 || strcmp(name, "owner") == 0)
		return NULL;
	f = collection_field(c, dot == NULL ? name : arena_strndup(r->life, name, (size_t)(dot - name)));
	if (f == NULL || f->derived || (dot != NULL && f->ref == NULL))
		return mistake(r, "%s has no field \"%s\" that people write", c->name, name);
	return dot == NULL ? NULL : check_field(r, collection_find(r->set, f->ref), dot + 1);
}

static struct problem *
check_fields(const struct reader *r, const struct texts *names)
{
	struct problem *p = NULL;

	for (size_t i = 0; i < names->count && p == NULL; i++)
		p = check_field(r, r->format->collection, names->all[i]);
	return p;
}

static struct problem *
get_fields(const struct reader *r, struct json_object *from, struct format_column *column)
{
	struct problem *p;
	struct texts fields;

	if ((p = get_texts(r, from, "fields", &fields)) != NULL || (p = check_fields(r, &fields)) != NULL)
		return p;
	if (fields.count > FORMAT_FIELDS_MAX)
		return mistake(r, "a column fills at most %d fields", FORMAT_FIELDS_MAX);
	for (size_t i = 0; i < fields.count; i++)
		column->fields[column->field_count++] = fields.all[i];
	return NULL;
}

static struct problem *
get_unit(const struct reader *r, struct json_object *from, enum cell_unit *unit)
{
	struct problem *p;
	const char *name;

	*unit = UNIT_UNSAID;
	if ((p = get_text(r, from, "unit", &name)) != NULL || name == NULL)
		return p;
	for (enum cell_unit u = UNIT_UNSAID + 1; u < UNIT_COUNT; u++)
		if (strcmp(name, cell_unit_names[u]) == 0) {
			*unit = u;
			return NULL;
		}
	return mistake(r, "there is no unit \"%s\"", name);
}

static struct problem *
get_otherwise(const struct reader *r, struct json_object *from, struct format_column *column)
{
	static const char *const known[] = { "fills", "set", NULL };
	struct problem *p;
	struct json_object *object;

	if (!json_object_object_get_ex(from, "otherwise", &object))
		return NULL;
	if (!json_object_is_type(object, json_type_object) || r->format->json)
		return mistake(r, "\"otherwise\" must be an object, of a format of CSV");
	if ((p = as_mistake(r, json_only(r->life, object, known))) != NULL ||
	    (p = get_text(r, object, "fills", &column->otherwise_field)) != NULL ||
	    (p = get_pairs(r, object, "set", &column->otherwise_fields, &column->otherwise_values)) != NULL ||
	    (p = check_fields(r, &column->otherwise_fields)) != NULL)
		return p;
	if (column->otherwise_field == NULL || column->values.from.count == 0)
		return mistake(r, "\"otherwise\" needs \"fills\", and \"values\" beside it");
	return check_field(r, r->format->collection, column->otherwise_field);
}

static struct problem *
read_column(const struct reader *r, struct json_object *from, struct format_column *column)
{
	static const char *const known[] = {
		"names", "fields", "needed", "like", "unit", "values", "only", "order", "inside", "person",
		"otherwise", NULL
	};
	struct problem *p;

	if (!json_object_is_type(from, json_type_object))
		return mistake(r, "\"columns\" must be a list of objects");
	if ((p = as_mistake(r, json_only(r->life, from, known))) != NULL ||
	    (p = get_texts(r, from, "names", &column->names)) != NULL ||
	    (p = get_fields(r, from, column)) != NULL ||
	    (p = as_mistake(r, json_get_boolean(r->life, from, "needed", &column->needed, NULL))) != NULL ||
	    (p = get_text(r, from, "like", &column->like)) != NULL ||
	    (p = get_unit(r, from, &column->unit)) != NULL ||
	    (p = get_values(r, from, &column->values)) != NULL ||
	    (p = get_texts(r, from, "only", &column->only)) != NULL ||
	    (p = as_mistake(r, json_get_boolean(r->life, from, "order", &column->order, NULL))) != NULL ||
	    (p = as_mistake(r, json_get_boolean(r->life, from, "person", &column->person, NULL))) != NULL ||
	    (p = get_pairs(r, from, "inside", &column->inside_fields, &column->inside_values)) != NULL ||
	    (p = check_fields(r, &column->inside_fields)) != NULL ||
	    (p = get_otherwise(r, from, column)) != NULL)
		return p;
	if (column->names.count == 0)
		return mistake(r, "a column needs \"names\"");
	column->loose = all_loose(r->life, &column->names);
	return NULL;
}

static struct problem *
read_columns(const struct reader *r, struct json_object *from)
{
	struct problem *p;
	struct json_object *list;
	struct format_column *columns;
	bool needed = false;

	if (!json_object_object_get_ex(from, "columns", &list) || !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > FORMAT_COLUMNS_MAX)
		return mistake(r, "\"columns\" must be a list of at most %d objects", FORMAT_COLUMNS_MAX);
	r->format->column_count = json_object_array_length(list);
	r->format->columns = columns = arena_alloc(r->life, (r->format->column_count + 1) * sizeof *columns);
	for (size_t i = 0; i < r->format->column_count; i++) {
		if ((p = read_column(r, json_object_array_get_idx(list, i), &columns[i])) != NULL)
			return p;
		needed = needed || columns[i].needed;
	}
	return needed ? NULL : mistake(r, "at least one column must be \"needed\", or every file would fit");
}

/* "numbers" of columns across. */
static struct problem *
get_numbers(const struct reader *r, struct json_object *from, struct format_across *across)
{
	static const char *const known[] = { "field", "digits", "means", NULL };
	struct problem *p;
	struct json_object *object;
	const struct field *f;
	int64_t digits = 0;

	if (!json_object_object_get_ex(from, "numbers", &object))
		return NULL;
	if (!json_object_is_type(object, json_type_object))
		return mistake(r, "\"numbers\" must be an object");
	if ((p = as_mistake(r, json_only(r->life, object, known))) != NULL ||
	    (p = get_text(r, object, "field", &across->number_field)) != NULL ||
	    (p = as_mistake(r, json_get_integer(r->life, object, "digits", &digits, NULL))) != NULL ||
	    (p = get_text(r, object, "means", &across->number_means)) != NULL)
		return p;
	f = across->number_field == NULL ? NULL : collection_field(r->format->collection, across->number_field);
	if (f == NULL || f->type != FIELD_DECIMAL || digits < 0 || digits > 9 || across->number_means == NULL)
		return mistake(r, "\"numbers\" needs \"field\", which is a decimal, \"digits\" from 0 to 9, and "
		    "\"means\"");
	across->number_digits = (int)digits;
	return NULL;
}

static struct problem *
read_across(const struct reader *r, struct json_object *from)
{
	static const char *const known[] = { "name", "value", "values", "numbers", NULL };
	struct problem *p;
	struct json_object *object;
	struct format_across *across = &r->format->across;

	if (!json_object_object_get_ex(from, "across", &object))
		return NULL;
	if (!json_object_is_type(object, json_type_object) || r->format->json)
		return mistake(r, "\"across\" must be an object, of a format of CSV");
	if ((p = as_mistake(r, json_only(r->life, object, known))) != NULL ||
	    (p = get_text(r, object, "name", &across->name_field)) != NULL ||
	    (p = get_text(r, object, "value", &across->value_field)) != NULL ||
	    (p = get_values(r, object, &across->values)) != NULL ||
	    (p = get_numbers(r, object, across)) != NULL)
		return p;
	if (across->name_field == NULL || across->value_field == NULL || across->values.from.count == 0)
		return mistake(r, "\"across\" needs \"name\", \"value\" and \"values\"");
	if ((p = check_field(r, r->format->collection, across->name_field)) != NULL)
		return p;
	return check_field(r, r->format->collection, across->value_field);
}

static struct problem *
read_dates(const struct reader *r, struct json_object *from)
{
	struct problem *p;
	const char *name;

	if ((p = get_text(r, from, "dates", &name)) != NULL || name == NULL)
		return p;
	for (enum date_order order = DATES_UNSAID + 1; order < DATES_COUNT; order++)
		if (strcmp(name, date_order_names[order]) == 0) {
			r->format->dates = order;
			return NULL;
		}
	return mistake(r, "\"dates\" must be mdy, dmy or ymd");
}

static struct problem *
read_day_start(const struct reader *r, struct json_object *from)
{
	struct problem *p;
	const char *time;

	r->format->day_start = -1;
	if ((p = get_text(r, from, "dayStart", &time)) != NULL || time == NULL)
		return p;
	if (!time_valid(time))
		return mistake(r, "\"dayStart\" must be a time of day, such as 09:00");
	r->format->day_start = atoi(time) * 3600 + atoi(time + 3) * 60;
	return NULL;
}

static struct problem *
read_mean(const struct reader *r, struct json_object *from)
{
	struct problem *p;
	const struct field *f;
	const char *name;

	if ((p = get_text(r, from, "mean", &name)) != NULL || name == NULL)
		return p;
	f = collection_field(r->format->collection, name);
	if (f == NULL || f->type != FIELD_DECIMAL || f->derived)
		return mistake(r, "\"mean\" must be a decimal of %s", r->format->collection->name);
	r->format->mean_field = name;
	return NULL;
}

static struct problem *
read_collection(const struct reader *r, struct json_object *from)
{
	struct problem *p;
	const char *name;

	if ((p = get_text(r, from, "collection", &name)) != NULL)
		return p;
	if (name == NULL)
		return mistake(r, "\"collection\" is missing");
	r->format->collection = collection_find(r->set, name);
	return NULL;
}

/* "list" and "holder": where the rows of a JSON file are. */
static struct problem *
read_place(const struct reader *r, struct json_object *from)
{
	struct problem *p;
	const char *kind;
	struct texts members, values;

	if ((p = get_text(r, from, "kind", &kind)) != NULL)
		return p;
	r->format->json = kind != NULL && strcmp(kind, "json") == 0;
	if (!r->format->json && (kind == NULL || strcmp(kind, "csv") != 0))
		return mistake(r, "\"kind\" must be csv or json");
	if ((p = get_texts(r, from, "list", &r->format->list)) != NULL ||
	    (p = get_pairs(r, from, "holder", &members, &values)) != NULL)
		return p;
	if (!r->format->json && (r->format->list.count > 0 || members.count > 0))
		return mistake(r, "\"list\" and \"holder\" are of a format of JSON");
	if (members.count > 1)
		return mistake(r, "\"holder\" must have one member");
	r->format->holder_member = members.count == 0 ? NULL : members.all[0];
	r->format->holder_value = members.count == 0 ? NULL : values.all[0];
	return NULL;
}

static struct problem *
read_format(const struct reader *r, struct json_object *from)
{
	static const char *const known[] = {
		"name", "label", "collection", "kind", "list", "holder", "columns", "set", "dates", "dayStart", "first",
		"mean", "across", "own", "byName", NULL
	};
	struct problem *p;
	struct format *format = r->format;

	if ((p = as_mistake(r, json_only(r->life, from, known))) != NULL ||
	    (p = get_text(r, from, "name", &format->name)) != NULL ||
	    (p = get_text(r, from, "label", &format->label)) != NULL ||
	    (p = read_collection(r, from)) != NULL || format->collection == NULL ||
	    (p = read_place(r, from)) != NULL ||
	    (p = read_columns(r, from)) != NULL ||
	    (p = get_pairs(r, from, "set", &format->set_fields, &format->set_values)) != NULL ||
	    (p = check_fields(r, &format->set_fields)) != NULL ||
	    (p = read_dates(r, from)) != NULL ||
	    (p = read_day_start(r, from)) != NULL ||
	    (p = as_mistake(r, json_get_boolean(r->life, from, "first", &format->first, NULL))) != NULL ||
	    (p = as_mistake(r, json_get_boolean(r->life, from, "own", &format->own, NULL))) != NULL ||
	    (p = as_mistake(r, json_get_boolean(r->life, from, "byName", &format->by_name, NULL))) != NULL ||
	    (p = read_mean(r, from)) != NULL ||
	    (p = read_across(r, from)) != NULL)
		return p;
	if (format->by_name && format->collection->import_by == NULL)
		return mistake(r, "\"byName\" is for collections with \"importBy\"");
	if (format->label == NULL)
		return mistake(r, "\"label\" is missing");
	if (format->name == NULL || strcmp(arena_printf(r->life, "%s.json", format->name), r->file) != 0)
		return mistake(r, "\"name\" must be the name of the file without .json");
	if (strcmp(format->name, "none") == 0)
		return mistake(r, "\"none\" means no format");
	return NULL;
}

static struct problem *
parse_file(const struct reader *r, struct arena *scratch, const char *path)
{
	static char room[FORMAT_BYTES_MAX];
	struct problem *p;
	struct json_object *tree;
	size_t length;
	int wrong = file_read(path, room, sizeof room, &length);

	if (wrong != 0)
		return mistake(r, "cannot be read: %s", wrong == EFBIG ? "it is too large" : strerror(wrong));
	if ((p = json_parse_object(scratch, room, length, &tree)) != NULL)
		return as_mistake(r, p);
	return read_format(r, tree);
}

static int
is_format(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 5, ".json") == 0;
}

const char *
formats_folder(struct arena *a, const char *schema)
{
	return arena_printf(a, "%s/formats", schema);
}

struct problem *
formats_load(struct arena *life, const char *folder, const struct collections *set, const struct formats **formats)
{
	struct problem *p = NULL;
	struct arena *scratch = arena_new();
	struct formats *made = arena_alloc(life, sizeof *made);
	struct format *all = arena_alloc(life, FORMATS_MAX * sizeof *all);
	struct reader r = { .life = life, .set = set, .file = folder };
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_format, alphasort);

	if (n < 0 && errno != ENOENT)
		p = mistake(&r, "cannot be read: %s", strerror(errno));
	if (n > FORMATS_MAX)
		p = mistake(&r, "holds %d formats; there must be at most %d", n, FORMATS_MAX);
	for (int i = 0; i < n; i++) {
		r.file = arena_strdup(life, entries[i]->d_name);
		r.format = &all[made->count];
		if (p == NULL &&
		    (p = parse_file(&r, scratch, arena_printf(scratch, "%s/%s", folder, r.file))) == NULL)
			made->count += r.format->collection != NULL;
		arena_reset(scratch);
		free(entries[i]);
	}
	free(entries);
	arena_free(scratch);
	made->all = all;
	*formats = made;
	return p;
}

const struct format *
format_find(const struct formats *formats, const struct collection *c, const char *name)
{
	for (size_t i = 0; formats != NULL && i < formats->count; i++)
		if (formats->all[i].collection == c && strcmp(formats->all[i].name, name) == 0)
			return &formats->all[i];
	return NULL;
}

static bool
matches(const char *pattern, const char *loose)
{
	size_t length = strlen(pattern);

	if (length > 0 && pattern[length - 1] == '*')
		return strncmp(pattern, loose, length - 1) == 0;
	return strcmp(pattern, loose) == 0;
}

const struct format_column *
format_column(const struct format *format, const char *loose)
{
	for (size_t i = 0; i < format->column_count; i++)
		for (size_t j = 0; j < format->columns[i].loose.count; j++)
			if (matches(format->columns[i].loose.all[j], loose))
				return &format->columns[i];
	return NULL;
}

const char *
format_value(const struct format_values *values, const char *cell)
{
	for (size_t i = 0; i < values->from.count; i++)
		if (strcasecmp(values->from.all[i], cell) == 0 ||
		    (strchr(values->from.all[i], '#') != NULL && format_like(values->from.all[i], cell)))
			return values->to.all[i];
	return NULL;
}

bool
format_is_number(const struct format_across *across, const char *cell)
{
	size_t digits = strspn(cell, "0123456789");

	return across->number_field != NULL && digits > 0 && digits <= NUMBER_DIGITS_MAX && cell[digits] == '\0' &&
	    format_value(&across->values, cell) == NULL;
}

bool
format_like(const char *pattern, const char *text)
{
	for (; *pattern != '\0' && *pattern != '*'; pattern++, text++)
		if (*pattern == '#' ? !isdigit((unsigned char)*text) : *pattern != *text)
			return false;
	return *pattern == '*' || *text == '\0';
}
