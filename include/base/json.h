/* json.h -- which JSON Daybook accepts, and the canonical form it stores.  A strict RFC 8259 scanner runs before
 * json-c, which by itself accepts duplicate keys, NaN, single quotes, raw control bytes, overlong UTF-8 and numbers out
 * of range.  Accepted: valid UTF-8 without NUL (not even escaped), depth at most 16, at most 256 members in an object,
 * no key twice, integers with |n| < 2^53, other numbers finite, of at most 40 characters, and not -0. */
#ifndef JSON_H
#define JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/problem.h"

enum {
	JSON_DEPTH_MAX = 16,
	JSON_KEYS_MAX = 256,
	/* The bytes that the tree of a text may take, estimated: JSON_TREE_LEAST and JSON_TREE_TIMES those of the
	 * text, at most JSON_TREE_MOST. */
	JSON_TREE_LEAST = 16 << 20,
	JSON_TREE_TIMES = 32,
	JSON_TREE_MOST = 256 << 20
};

/* Check text and build its tree, which belongs to a.  PROBLEM_MALFORMED has the path of the member at fault in field
 * ("ops.3.set.miles", NULL at the top) and says in its detail what is wrong and at which byte.  PROBLEM_TOO_LARGE for
 * more than INT_MAX / 2 bytes, and for more values than JSON_TREE_MOST bytes hold; the path says where it was noticed.
 */
struct problem *json_parse(struct arena *a, const char *text, size_t length, struct json_object **tree) MUST_CHECK;

/* As json_parse, but anything else than an object is PROBLEM_MALFORMED. */
struct problem *json_parse_object(struct arena *a, const char *text, size_t length,
    struct json_object **tree) MUST_CHECK;

/* Append text as a JSON string with its quotes.  Escaped are ", \ and control bytes (\b \t \n \f \r, else \u00xx);
 * everything else, DEL included, is written as it is.  Daybook writes strings in this form alone: equal texts are equal
 * bytes. */
void json_quote(struct buf *b, const char *text);
void json_quote_n(struct buf *b, const char *text, size_t length);

/* The same as a text of its own, in a. */
const char *json_quoted(struct arena *a, const char *text);

/* Append the tree in canonical form: members sorted by the bytes of their keys, no spaces, strings by json_quote,
 * integers in decimal, other numbers in the characters of the source. */
void json_canonical(struct buf *b, struct json_object *tree);

/* The text of a canonical JSON string value (with its quotes), unescaped, in a.  value must be canonical. */
char *json_unquote(struct arena *a, const char *value);

/* Walk the members of a canonical object that Daybook wrote ({"key":value,…}).  *at begins as the text of the object.
 * key (without its quotes; such keys need no escapes) and value are slices of that text.  False at the end. */
struct json_slice {
	const char *text;
	size_t length;
};
bool json_next_member(const char **at, struct json_slice *key, struct json_slice *value);
/* The same for the elements of a canonical array. */
bool json_next_element(const char **at, struct json_slice *value);

/* A member of an object, with its type checked; another type is PROBLEM_INVALID and names the member.  Where it is
 * absent or null, a text is NULL; an integer or boolean leaves *value unchanged.  If given is not NULL, *given says
 * whether the member was present. */
struct problem *json_get_text(struct arena *a, struct json_object *object, const char *key,
    const char **value) MUST_CHECK;
struct problem *json_get_integer(struct arena *a, struct json_object *object, const char *key, int64_t *value,
    bool *given) MUST_CHECK;
struct problem *json_get_boolean(struct arena *a, struct json_object *object, const char *key, bool *value,
    bool *given) MUST_CHECK;

/* PROBLEM_UNKNOWN_FIELD, naming the first member of object that is not in the NULL-ended list. */
struct problem *json_only(struct arena *a, struct json_object *object, const char *const *allowed) MUST_CHECK;

/* The characters of a number as they were sent ("1.50", "12"), or NULL when value is not a number. */
const char *json_number_text(struct json_object *value);

/* True when text is valid UTF-8 without NUL and without control bytes other than tab, LF, CR. */
bool text_is_clean(const char *text, size_t length);

/* The problem as a JSON text in a (RFC 9457): {"type","title","status","detail","field","error",…members}.
 * request_id becomes "instance"; it may be NULL. */
char *problem_json(struct arena *a, const struct problem *p, const char *request_id);

/* Append an instant of SQL ("2026-11-21 08:34:00.000") as RFC 3339. */
void sql_instant_json(struct buf *b, const char *sql_instant);

#endif
