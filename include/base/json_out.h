/* json_out.h -- writes JSON member by member.  It knows what is open and sets commas and quotes itself, so it cannot
 * write broken JSON.  A name where none may be, a missing name, and one end too many are bugs of the caller: they
 * abort() at once.
 *
 *	json_out_start(&out, buf);
 *	put_object(&out, NULL);
 *	put_text(&out, "id", id);
 *	put_array(&out, "spaces");
 *	put_text(&out, NULL, "home");
 *	put_end(&out);
 *	put_end(&out);                                  {"id":"…","spaces":["home"]}
 *
 * name is the member's name inside an object, and NULL inside an array and at the top.  Names come from the program or
 * from a definition: they contain nothing that JSON escapes.  The bytes go to the end of the buf at once; a caller that
 * sends a long answer piece by piece may empty the buf in between. */
#ifndef JSON_OUT_H
#define JSON_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	JSON_OUT_DEPTH_MAX = 16 /* objects and arrays within each other */
};

struct json_out {
	struct buf *to;
	size_t depth;                       /* how many are open */
	bool is_array[JSON_OUT_DEPTH_MAX];  /* of those open, outermost first */
	bool has_any[JSON_OUT_DEPTH_MAX];   /* whether it has a member yet: the next one needs a comma */
};

/* Begin one value, which is written at the end of to. */
void json_out_start(struct json_out *out, struct buf *to);

/* Begin the members of an object without its braces, for problem->members and other texts that are put into an object
 * later. */
void json_out_members(struct json_out *out, struct buf *to);

/* True when everything that was opened has been ended. */
bool json_out_is_whole(const struct json_out *out);

/* Open an object or an array; put_end ends the innermost one. */
void put_object(struct json_out *out, const char *name);
void put_array(struct json_out *out, const char *name);
void put_end(struct json_out *out);

/* A string; NULL is null. */
void put_text(struct json_out *out, const char *name, const char *text);

/* A string, or no member at all where text is NULL. */
void put_some(struct json_out *out, const char *name, const char *text);

/* An integer; true or false; null. */
void put_integer(struct json_out *out, const char *name, int64_t value);
void put_boolean(struct json_out *out, const char *name, bool value);
void put_null(struct json_out *out, const char *name);

/* A number in the form that format gives it ("%" PRId64 ".%d"). */
void put_number(struct json_out *out, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);

/* An instant in milliseconds as RFC 3339. */
void put_instant(struct json_out *out, const char *name, int64_t instant);

/* An instant of SQL ("2026-11-21 08:34:00.000") as RFC 3339; NULL is null. */
void put_sql_instant(struct json_out *out, const char *name, const char *sql);

/* A value that is JSON already: canonical text of a record, of json_quoted, of another json_out.  NULL is null. */
void put_json(struct json_out *out, const char *name, const char *json);
void put_json_n(struct json_out *out, const char *name, const char *json, size_t length);

/* Members that are JSON already, without braces ("\"a\":1,\"b\":2"); none where the text is empty or NULL. */
void put_members(struct json_out *out, const char *members);
void put_members_n(struct json_out *out, const char *members, size_t length);

/* Begin a value that the caller appends to the returned buf itself, whole, before the next put: for json_quote,
 * json_canonical, sql_instant_json and the like, which append to a buf. */
struct buf *put_value(struct json_out *out, const char *name);

#endif
