/* json.h -- the house rules of JSON.  A strict RFC 8259 scanner stands in front of json-c, which alone
 * would take duplicate keys, NaN, single quotes, raw control bytes, overlong UTF-8 and numbers out of range.
 * What passes: valid UTF-8 without NUL (also none escaped), depth at most 16, at most 256 members an object, no key twice,
 * integers with |n| < 2^53, other numbers finite, of at most 40 characters, and not -0. */
#ifndef JSON_H
#define JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/problem.h"

enum {
	JSON_DEPTH_MAX = 16,
	JSON_KEYS_MAX = 256
};

/* Check text and build its tree, owned by a.  Problems are PROBLEM_MALFORMED with field = the path of the
 * member at fault ("ops.3.set.miles"; "" at the top becomes NULL) and a detail that says what and at which byte.
 * Duplicate keys, too deep, too many keys, bad numbers and bad UTF-8 each have words of their own. */
struct problem *json_parse(struct arena *a, const char *text, size_t length, struct json_object **tree) MUST_CHECK;

/* As json_parse, and the top must be an object (PROBLEM_MALFORMED otherwise). */
struct problem *json_parse_object(struct arena *a, const char *text, size_t length, struct json_object **tree) MUST_CHECK;

/* Append text as a JSON string with its quotes: escapes ", \, and control bytes (\b \t \n \f \r, else \u00xx); everything
 * else, DEL included, stands as it is.  The one form in which Daybook writes strings: equal texts are equal bytes. */
void json_quote(struct buf *b, const char *text);
void json_quote_n(struct buf *b, const char *text, size_t length);

/* The same as a text of its own, in the arena. */
const char *json_quoted(struct arena *a, const char *text);

/* Append the tree in canonical form: members sorted by the bytes of their keys, no spaces, strings by json_quote, integers
 * in decimal, other numbers in the characters of the source. */
void json_canonical(struct buf *b, struct json_object *tree);

/* The text of a canonical JSON string value (with its quotes), unescaped, in a.  value must be canonical. */
char *json_unquote(struct arena *a, const char *value);

/* Walk the members of a canonical object that we wrote ourselves ("{"key":value,…}"): *at starts as the object's text.
 * Gives key (without quotes; our keys need no escapes) and raw value as slices of it.  False at the end. */
struct json_slice {
	const char *text;
	size_t length;
};
bool json_next_member(const char **at, struct json_slice *key, struct json_slice *value);
/* The same for a canonical array: raw elements. */
bool json_next_element(const char **at, struct json_slice *value);

/* Typed members of an object.  An absent member or null gives *value = NULL (or leaves *value alone, for integers and
 * booleans, and sets *given to false when given is not NULL); a member of another type is PROBLEM_INVALID naming it. */
struct problem *json_get_text(struct arena *a, struct json_object *object, const char *key, const char **value) MUST_CHECK;
struct problem *json_get_integer(struct arena *a, struct json_object *object, const char *key, int64_t *value, bool *given) MUST_CHECK;
struct problem *json_get_boolean(struct arena *a, struct json_object *object, const char *key, bool *value, bool *given) MUST_CHECK;

/* PROBLEM_UNKNOWN_FIELD naming the first member of object that is not in the NULL-ended list. */
struct problem *json_only(struct arena *a, struct json_object *object, const char *const *allowed) MUST_CHECK;

/* The source characters of a number ("1.50", "12"), or NULL when value is no number. */
const char *json_number_text(struct json_object *value);

/* True when text is valid UTF-8 without NUL and without control bytes other than tab, LF, CR. */
bool text_is_clean(const char *text, size_t length);

/* The problem as JSON text: {"type","title","status","detail","field","error",…members}.
 * request_id may be NULL; it becomes "instance". */
char *problem_json(struct arena *a, const struct problem *p, const char *request_id);

/* Append an instant of SQL ("2026-11-21 08:34:00.000") as RFC 3339. */
void sql_instant_json(struct buf *b, const char *sql_instant);

#endif
