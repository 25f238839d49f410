/* json_out.c -- writes JSON member by member and sets all commas and quotes. */
#include "base/json_out.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/text.h"

/* A bug in the caller: abort before a broken answer is sent. */
static void
must(bool holds)
{
	if (!holds)
		abort();
}

void
json_out_start(struct json_out *out, struct buf *to)
{
	memset(out, 0, sizeof *out);
	out->to = to;
}

void
json_out_members(struct json_out *out, struct buf *to)
{
	json_out_start(out, to);
	out->depth = 1;
}

bool
json_out_is_whole(const struct json_out *out)
{
	return out->depth == 0;
}

/* Whether a comma comes before the next value; from now on one does. */
static bool
takes_comma(struct json_out *out)
{
	bool *has_any, had_any;

	if (out->depth == 0)
		return false;
	has_any = &out->has_any[out->depth - 1];
	had_any = *has_any;
	*has_any = true;
	return had_any;
}

/* Write the comma before a value and, inside an object, the name. */
struct buf *
put_value(struct json_out *out, const char *name)
{
	bool in_object = out->depth > 0 && !out->is_array[out->depth - 1];
	size_t length = name == NULL ? 0 : strlen(name);
	char *start, *at;

	must(in_object == (name != NULL));
	start = at = buf_room(out->to, length + sizeof ",\"\":");
	if (takes_comma(out))
		*at++ = ',';
	if (in_object) {
		*at++ = '"';
		memcpy(at, name, length);
		at += length;
		*at++ = '"';
		*at++ = ':';
	}
	buf_took(out->to, (size_t)(at - start));
	return out->to;
}

static void
open_one(struct json_out *out, const char *name, bool is_array)
{
	put_value(out, name);
	must(out->depth < JSON_OUT_DEPTH_MAX);
	buf_char(out->to, is_array ? '[' : '{');
	out->is_array[out->depth] = is_array;
	out->has_any[out->depth] = false;
	out->depth++;
}

void
put_object(struct json_out *out, const char *name)
{
	open_one(out, name, false);
}

void
put_array(struct json_out *out, const char *name)
{
	open_one(out, name, true);
}

void
put_end(struct json_out *out)
{
	must(out->depth > 0);
	out->depth--;
	buf_char(out->to, out->is_array[out->depth] ? ']' : '}');
}

void
put_text(struct json_out *out, const char *name, const char *text)
{
	if (text == NULL)
		put_null(out, name);
	else
		json_quote(put_value(out, name), text);
}

void
put_some(struct json_out *out, const char *name, const char *text)
{
	if (text != NULL)
		put_text(out, name, text);
}

void
put_integer(struct json_out *out, const char *name, int64_t value)
{
	struct buf *b = put_value(out, name);

	buf_took(b, integer_text(buf_room(b, INTEGER_SIZE), value));
}

void
put_boolean(struct json_out *out, const char *name, bool value)
{
	buf_text(put_value(out, name), value ? "true" : "false");
}

void
put_null(struct json_out *out, const char *name)
{
	buf_text(put_value(out, name), "null");
}

void
put_number(struct json_out *out, const char *name, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_text(put_value(out, name), arena_vprintf(out->to->arena, format, args));
	va_end(args);
}

void
put_instant(struct json_out *out, const char *name, int64_t instant)
{
	put_text(out, name, instant_text(out->to->arena, instant));
}

void
put_sql_instant(struct json_out *out, const char *name, const char *sql)
{
	if (sql == NULL)
		put_null(out, name);
	else
		sql_instant_json(put_value(out, name), sql);
}

void
put_json(struct json_out *out, const char *name, const char *json)
{
	buf_text(put_value(out, name), json == NULL ? "null" : json);
}

void
put_json_n(struct json_out *out, const char *name, const char *json, size_t length)
{
	buf_add(put_value(out, name), json, length);
}

void
put_members_n(struct json_out *out, const char *members, size_t length)
{
	must(out->depth > 0 && !out->is_array[out->depth - 1]);
	if (length == 0)
		return;
	if (takes_comma(out))
		buf_char(out->to, ',');
	buf_add(out->to, members, length);
}

void
put_members(struct json_out *out, const char *members)
{
	if (members != NULL)
		put_members_n(out, members, strlen(members));
}
