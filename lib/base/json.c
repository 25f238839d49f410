/* json.c -- JSON from outside, and the canonical form.  The scanner reads the whole text first and alone decides
 * whether it is accepted; json-c then builds the tree.  Below are the canonical writer, a reader for what it wrote, and
 * the typed getters.  No other file lets json-c parse bytes from outside. */
#include "base/json.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
	NUMBER_MAX = 40,   /* characters of a number */
	PATH_KEY_MAX = 64, /* bytes of one key in the path of a problem; the rest is cut off */
	/* about what json-c takes, in bytes: an object has room for 16 members from the beginning */
	OBJECT_COST = 800,
	ARRAY_COST = 560,
	OTHER_COST = 96
};

static const int64_t INTEGER_LIMIT = INT64_C(1) << 53; /* the first magnitude refused */

/* Where the scanner is inside one open object or array. */
struct path_step {
	const char *key; /* the member being read, unescaped; NULL in an array or before the first key */
	size_t length;
	int64_t index; /* the element being read; -1 in an object */
};

struct scanner {
	struct arena *arena;
	const char *text;
	size_t length;
	size_t at; /* the next byte */
	int depth; /* open objects and arrays */
	size_t cost, cost_max; /* bytes of the tree of what was read so far, and how many it may take */
	struct path_step path[JSON_DEPTH_MAX];
	struct json_slice keys[JSON_DEPTH_MAX][JSON_KEYS_MAX]; /* of the open objects */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value of four hexadecimal digits, or -1. */
static int
read_hex(const char *digits, size_t room)
{
	int value = 0;

	if (room < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int digit = hex_value(digits[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static void
add_character(struct buf *b, int c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_char(b, (char)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		buf_char(b, (char)(0xe0 | c >> 12));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
	} else {
		buf_char(b, (char)(0xf0 | c >> 18));
		buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_char(b, (char)(0x80 | (c & 0x3f)));
}

/* Append the character of the escape sequence at text, which is its backslash.  Returns how many bytes it has. */
static size_t
unescape(struct buf *b, const char *text, size_t room)
{
	static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
	const char *letter;
	int high, low;

	if (room < 2)
		return room;
	if (text[1] != 'u') {
		letter = strchr(letters, text[1]);
		buf_char(b, letter == NULL || *letter == '\0' ? text[1] : meanings[letter - letters]);
		return 2;
	}
	high = read_hex(text + 2, room - 2);
	if (high <= 0)
		return room; /* never in a text that was scanned */
	if (high < 0xd800 || high > 0xdfff) {
		add_character(b, high);
		return 6;
	}
	low = room < 12 ? -1 : read_hex(text + 8, room - 8);
	if (low < 0xdc00)
		return room; /* never in a text that was scanned */
	add_character(b, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
	return 12;
}

/* The text inside the quotes of a string that was scanned, without its escapes. */
static struct json_slice
decode(struct arena *a, const char *text, size_t length)
{
	struct json_slice plain = { text, length };
	struct buf b;

	if (memchr(text, '\\', length) == NULL)
		return plain;
	buf_init(&b, a);
	for (size_t at = 0; at < length;) {
		const char *escape = memchr(text + at, '\\', length - at);
		size_t run = escape == NULL ? length - at : (size_t)(escape - text) - at;

		buf_add(&b, text + at, run);
		at += run;
		if (at < length)
			at += unescape(&b, text + at, length - at);
	}
	plain.text = b.text;
	plain.length = b.length;
	return plain;
}

/* The path of what is being read: "ops.3.set.miles"; NULL at the top. */
static const char *
path_of(const struct scanner *s)
{
	struct buf b;

	buf_init(&b, s->arena);
	for (int i = 0; i < s->depth; i++) {
		const struct path_step *step = &s->path[i];
		size_t length = step->length;

		if (step->key == NULL && step->index < 0)
			break;
		if (b.length > 0)
			buf_char(&b, '.');
		if (step->key == NULL) {
			buf_printf(&b, "%lld", (long long)step->index);
			continue;
		}
		if (length > PATH_KEY_MAX)
			length = utf8_cut(step->key, PATH_KEY_MAX);
		buf_add(&b, step->key, length);
	}
	return b.length == 0 ? NULL : b.text;
}

/* A problem with the byte at offset; its number counts from 1. */
static struct problem *
malformed(const struct scanner *s, size_t offset, const char *what)
{
	return problem_at(s->arena, PROBLEM_MALFORMED, path_of(s), "%s, at byte %zu.", what, offset + 1);
}

static bool
at_end(const struct scanner *s)
{
	return s->at >= s->length;
}

/* The next byte, or NUL at the end; a NUL in the text is refused everywhere. */
static char
peek(const struct scanner *s)
{
	return at_end(s) ? '\0' : s->text[s->at];
}

static bool
accept(struct scanner *s, char c)
{
	if (at_end(s) || s->text[s->at] != c)
		return false;
	s->at++;
	return true;
}

static void
skip_space(struct scanner *s)
{
	while (!at_end(s) && strchr(" \t\r\n", s->text[s->at]) != NULL && s->text[s->at] != '\0')
		s->at++;
}

static void
skip_digits(struct scanner *s)
{
	while (is_digit(peek(s)))
		s->at++;
}

static struct problem *
unexpected(const struct scanner *s, const char *wanted)
{
	if (at_end(s))
		return malformed(s, s->at, "The text ends too early");
	return malformed(s, s->at, wanted);
}

static struct problem *
scan_unicode_escape(struct scanner *s)
{
	size_t start = s->at - 2; /* of its backslash */
	int code = read_hex(s->text + s->at, s->length - s->at), low;

	if (code < 0)
		return malformed(s, start, "A \\u is not followed by four hexadecimal digits");
	if (code == 0)
		return malformed(s, start, "The character U+0000 is not allowed");
	s->at += 4;
	if (code >= 0xdc00 && code <= 0xdfff)
		return malformed(s, start, "Half of a surrogate pair stands alone");
	if (code < 0xd800 || code > 0xdbff)
		return NULL;
	low = accept(s, '\\') && accept(s, 'u') ? read_hex(s->text + s->at, s->length - s->at) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return malformed(s, start, "Half of a surrogate pair stands alone");
	s->at += 4;
	return NULL;
}

static struct problem *
scan_escape(struct scanner *s)
{
	char c = peek(s);

	if (c == '\0' || strchr("\"\\/bfnrtu", c) == NULL)
		return unexpected(s, "A backslash is followed by a character that JSON does not escape");
	s->at++;
	return c == 'u' ? scan_unicode_escape(s) : NULL;
}

/* Scan a string; content is the text between its quotes. */
static struct problem *
scan_string(struct scanner *s, struct json_slice *content)
{
	size_t start = ++s->at, size;
	struct problem *p;

	while (!accept(s, '"')) {
		if (at_end(s))
			return malformed(s, s->at, "A text has no closing quote");
		if ((unsigned char)s->text[s->at] < ' ')
			return malformed(s, s->at, "A control character in a text must be escaped");
		if (accept(s, '\\')) {
			if ((p = scan_escape(s)) != NULL)
				return p;
			continue;
		}
		size = utf8_size(s->text + s->at, s->length - s->at);
		if (size == 0)
			return malformed(s, s->at, "The text is not valid UTF-8");
		s->at += size;
	}
	content->text = s->text + start;
	content->length = s->at - 1 - start;
	return NULL;
}

/* Scan a number; *integer says that it has neither point nor exponent. */
static struct problem *
scan_digits(struct scanner *s, bool *integer)
{
	accept(s, '-');
	if (!is_digit(peek(s)))
		return unexpected(s, "A number needs a digit here");
	if (accept(s, '0') && is_digit(peek(s)))
		return malformed(s, s->at, "A number begins with a needless zero");
	skip_digits(s);
	*integer = true;
	if (accept(s, '.')) {
		*integer = false;
		if (!is_digit(peek(s)))
			return unexpected(s, "A number needs a digit after its point");
		skip_digits(s);
	}
	if (accept(s, 'e') || accept(s, 'E')) {
		*integer = false;
		if (!accept(s, '+'))
			accept(s, '-');
		if (!is_digit(peek(s)))
			return unexpected(s, "A number needs a digit in its exponent");
		skip_digits(s);
	}
	return NULL;
}

/* Check the length and range of a number. */
static struct problem *
judge_number(const struct scanner *s, size_t start, bool integer)
{
	char number[NUMBER_MAX + 1];
	size_t length = s->at - start;
	double value;

	if (length > NUMBER_MAX)
		return malformed(s, start, "A number has more than 40 characters");
	memcpy(number, s->text + start, length);
	number[length] = '\0';
	if (number[0] == '-' && strspn(number, "-0.") == strcspn(number, "eE"))
		return malformed(s, start, "A number is minus zero");
	if (integer && (length > 17 || llabs(strtoll(number, NULL, 10)) >= INTEGER_LIMIT))
		return malformed(s, start, "A whole number is not below 2^53");
	value = strtod(number, NULL);
	if (!isfinite(value))
		return malformed(s, start, "A number is too large");
	return NULL;
}

static struct problem *
scan_number(struct scanner *s)
{
	size_t start = s->at;
	struct problem *p;
	bool integer;

	if ((p = scan_digits(s, &integer)) != NULL)
		return p;
	return judge_number(s, start, integer);
}

static struct problem *
scan_word(struct scanner *s)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i]);

		if (s->length - s->at < length || memcmp(s->text + s->at, words[i], length) != 0)
			continue;
		s->at += length;
		return NULL;
	}
	return unexpected(s, "There is no JSON value here");
}

static struct problem *
open_step(struct scanner *s, int64_t index)
{
	if (s->depth == JSON_DEPTH_MAX)
		return malformed(s, s->at, "The text is nested more than 16 deep");
	s->path[s->depth].key = NULL;
	s->path[s->depth].length = 0;
	s->path[s->depth].index = index;
	s->depth++;
	s->at++;
	return NULL;
}

static struct problem *
close_step(struct scanner *s)
{
	s->depth--;
	return NULL;
}

/* Scan a key and its colon; the object has count keys before it. */
static struct problem *
scan_key(struct scanner *s, size_t count)
{
	struct json_slice *keys = s->keys[s->depth - 1], key;
	struct path_step *step = &s->path[s->depth - 1];
	size_t start = s->at;
	struct problem *p;

	if (peek(s) != '"')
		return unexpected(s, "A key in double quotes is missing");
	if (count == JSON_KEYS_MAX)
		return malformed(s, s->at, "An object has more than 256 members");
	if ((p = scan_string(s, &key)) != NULL)
		return p;
	key = decode(s->arena, key.text, key.length);
	step->key = key.text;
	step->length = key.length;
	for (size_t i = 0; i < count; i++)
		if (keys[i].length == key.length && memcmp(keys[i].text, key.text, key.length) == 0)
			return malformed(s, start, "A key is given twice");
	keys[count] = key;
	skip_space(s);
	return accept(s, ':') ? NULL : unexpected(s, "A colon is missing after a key");
}

static struct problem *scan_value(struct scanner *s); /* objects and arrays hold values */

static struct problem *
scan_object(struct scanner *s)
{
	struct problem *p;

	if ((p = open_step(s, -1)) != NULL)
		return p;
	skip_space(s);
	if (accept(s, '}'))
		return close_step(s);
	for (size_t count = 0;; count++) {
		skip_space(s);
		if ((p = scan_key(s, count)) != NULL || (p = scan_value(s)) != NULL)
			return p;
		s->path[s->depth - 1].key = NULL;
		if (accept(s, '}'))
			return close_step(s);
		if (!accept(s, ','))
			return unexpected(s, "A comma or a closing brace is missing");
	}
}

static struct problem *
scan_array(struct scanner *s)
{
	struct problem *p;

	if ((p = open_step(s, 0)) != NULL)
		return p;
	skip_space(s);
	if (accept(s, ']'))
		return close_step(s);
	for (;; s->path[s->depth - 1].index++) {
		if ((p = scan_value(s)) != NULL)
			return p;
		if (accept(s, ']'))
			return close_step(s);
		if (!accept(s, ','))
			return unexpected(s, "A comma or a closing bracket is missing");
	}
}

/* A tree takes hundreds of times the bytes of a text such as [{},{},...], so values are counted before it is built. */
static struct problem *
count_cost(struct scanner *s, char first)
{
	s->cost += first == '{' ? OBJECT_COST : first == '[' ? ARRAY_COST : OTHER_COST;
	if (s->cost <= s->cost_max)
		return NULL;
	return problem_at(s->arena, PROBLEM_TOO_LARGE, path_of(s),
	    "The text holds more values than can be read at once; please cut it, at byte %zu at the latest.",
	    s->at + 1);
}

/* Scan a value and the space around it. */
static struct problem *
scan_value(struct scanner *s)
{
	struct json_slice content;
	struct problem *p;
	char c;

	skip_space(s);
	c = peek(s);
	if ((p = count_cost(s, c)) != NULL)
		return p;
	if (c == '{')
		p = scan_object(s);
	else if (c == '[')
		p = scan_array(s);
	else if (c == '"')
		p = scan_string(s, &content);
	else if (c == '-' || is_digit(c))
		p = scan_number(s);
	else
		p = scan_word(s);
	skip_space(s);
	return p;
}

/* Ordinary texts take 5 to 30 bytes for each of theirs.  The longest ones that are taken have few values: pictures. */
static size_t
cost_max(size_t length)
{
	size_t most = JSON_TREE_LEAST + JSON_TREE_TIMES * length;

	return most < JSON_TREE_MOST ? most : JSON_TREE_MOST;
}

static struct problem *
scan(struct arena *a, const char *text, size_t length)
{
	struct scanner s; /* 64 KiB of it are for keys: untouched pages cost nothing */
	struct problem *p;

	s.arena = a;
	s.text = text;
	s.length = length;
	s.at = 0;
	s.depth = 0;
	s.cost = 0;
	s.cost_max = cost_max(length);
	skip_space(&s);
	if (at_end(&s))
		return malformed(&s, 0, "The text is empty");
	if ((p = scan_value(&s)) != NULL)
		return p;
	return at_end(&s) ? NULL : malformed(&s, s.at, "Something stands after the end of the JSON value");
}

static void
put_tree(void *tree)
{
	json_object_put(tree);
}

/* Build the tree of a text that was scanned.  json-c accepts all such texts; it only fails for lack of memory.  After a
 * number or literal at the top it needs the NUL to see the end. */
static struct problem *
build(struct arena *a, const char *text, size_t length, struct json_object **tree)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 2);
	enum json_tokener_error error;

	if (tokener == NULL)
		abort();
	*tree = json_tokener_parse_ex(tokener, text, (int)length);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		*tree = json_tokener_parse_ex(tokener, "", 1);
	error = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (error != json_tokener_success)
		return problem_internal(a,
		    "json-c refuses what the scanner let pass: %s", json_tokener_error_desc(error));
	arena_defer(a, put_tree, *tree);
	return NULL;
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
write_object(struct buf *b, struct json_object *object)
{
	size_t count = (size_t)json_object_object_length(object), i = 0;
	const char **keys = arena_alloc(b->arena, count * sizeof(*keys));

	json_object_object_foreach (object, key, value) {
		(void)value;
		keys[i++] = key;
	}
	qsort(keys, count, sizeof(*keys), compare_keys);
	buf_char(b, '{');
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_char(b, ',');
		json_quote(b, keys[i]);
		buf_char(b, ':');
		json_canonical(b, json_object_object_get(object, keys[i]));
	}
	buf_char(b, '}');
}

static void
write_array(struct buf *b, struct json_object *array)
{
	size_t count = json_object_array_length(array);

	buf_char(b, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(b, ',');
		json_canonical(b, json_object_array_get_idx(array, i));
	}
	buf_char(b, ']');
}

/* The position after the closing quote of the string at text, or the end of the text. */
static const char *
skip_string(const char *text)
{
	for (text++; *text != '\0' && *text != '"'; text++)
		if (*text == '\\' && text[1] != '\0')
			text++;
	return *text == '"' ? text + 1 : text;
}

/* The position after the canonical value at text. */
static const char *
skip_value(const char *text)
{
	int open = 0;

	if (*text != '{' && *text != '[' && *text != '"')
		return text + strcspn(text, ",]}");
	do {
		if (*text == '"') {
			text = skip_string(text);
			continue;
		}
		if (*text == '{' || *text == '[')
			open++;
		if (*text == '}' || *text == ']')
			open--;
		text++;
	} while (open > 0 && *text != '\0');
	return text;
}

/* Move *at to the next entry of the object or array.  False when there is none. */
static bool
enter(const char **at, char opening)
{
	const char *text = *at;

	if (*text != opening && *text != ',')
		return false;
	text++;
	if (*text == '\0' || *text == '}' || *text == ']')
		return false;
	*at = text;
	return true;
}

/* The member, or NULL when it is absent or null. */
static struct json_object *
member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

struct problem *
json_parse(struct arena *a, const char *text, size_t length, struct json_object **tree)
{
	struct problem *p;

	*tree = NULL;
	if (length > INT_MAX / 2)
		return problem_new(a, PROBLEM_TOO_LARGE, "The text is too long.");
	if ((p = scan(a, text, length)) != NULL)
		return p;
	return build(a, text, length, tree);
}

struct problem *
json_parse_object(struct arena *a, const char *text, size_t length, struct json_object **tree)
{
	struct problem *p = json_parse(a, text, length, tree);

	if (p != NULL)
		return p;
	if (json_object_is_type(*tree, json_type_object))
		return NULL;
	*tree = NULL;
	return problem_new(a, PROBLEM_MALFORMED, "The text must be a JSON object.");
}

#define EACH_BYTE (UINT64_MAX / 0xff) /* 1 in every byte of a word */

/* How many bytes of text need no escape.  Eight are looked at together: the high bit of a byte becomes 1 in `low` where
 * it is a control character, and in the others where it is a quote or a backslash.  A borrow can make it 1 in a byte
 * that is none of these, above one that is; so bytes are then looked at one by one. */
static size_t
plain_length(const char *text, size_t length)
{
	size_t i = 0;

	for (uint64_t w, quote, slash, low; i + sizeof w <= length; i += sizeof w) {
		memcpy(&w, text + i, sizeof w);
		quote = w ^ EACH_BYTE * '"';
		slash = w ^ EACH_BYTE * '\\';
		low = (w - EACH_BYTE * ' ') & ~w;
		if (((low | ((quote - EACH_BYTE) & ~quote) | ((slash - EACH_BYTE) & ~slash)) & EACH_BYTE << 7) != 0)
			break;
	}
	while (i < length && (unsigned char)text[i] >= ' ' && text[i] != '"' && text[i] != '\\')
		i++;
	return i;
}

static void
escape(struct buf *b, char c)
{
	static const char letters[] = "\b\t\n\f\r\"\\", escapes[] = "btnfr\"\\";
	const char *letter = c == '\0' ? NULL : strchr(letters, c);

	if (letter == NULL)
		buf_printf(b, "\\u%04x", (unsigned char)c);
	else
		buf_printf(b, "\\%c", escapes[letter - letters]);
}

void
json_quote_n(struct buf *b, const char *text, size_t length)
{
	buf_room(b, length + 2);
	buf_char(b, '"');
	for (;;) {
		size_t plain = plain_length(text, length);

		buf_add(b, text, plain);
		if (plain == length)
			break;
		escape(b, text[plain]);
		text += plain + 1;
		length -= plain + 1;
	}
	buf_char(b, '"');
}

void
json_quote(struct buf *b, const char *text)
{
	json_quote_n(b, text, strlen(text));
}

const char *
json_quoted(struct arena *a, const char *text)
{
	struct buf b;

	buf_init(&b, a);
	json_quote(&b, text);
	return b.text;
}

void
json_canonical(struct buf *b, struct json_object *tree)
{
	switch (json_object_get_type(tree)) {
	case json_type_object:
		write_object(b, tree);
		break;
	case json_type_array:
		write_array(b, tree);
		break;
	case json_type_string:
		json_quote_n(b, json_object_get_string(tree), (size_t)json_object_get_string_len(tree));
		break;
	case json_type_int:
	case json_type_double:
		buf_text(b, json_number_text(tree));
		break;
	case json_type_boolean:
		buf_text(b, json_object_get_boolean(tree) ? "true" : "false");
		break;
	case json_type_null:
		buf_text(b, "null");
		break;
	}
}

char *
json_unquote(struct arena *a, const char *value)
{
	const char *end;
	struct json_slice plain;

	if (*value != '"')
		return arena_strdup(a, "");
	end = skip_string(value);
	if (end[-1] == '"' && end > value + 1)
		end--;
	plain = decode(a, value + 1, (size_t)(end - value) - 1);
	return arena_memdup(a, plain.text, plain.length);
}

bool
json_next_member(const char **at, struct json_slice *key, struct json_slice *value)
{
	const char *end;

	if (!enter(at, '{') || **at != '"')
		return false;
	end = skip_string(*at);
	if (*end != ':')
		return false;
	key->text = *at + 1;
	key->length = (size_t)(end - *at) - 2;
	value->text = end + 1;
	*at = skip_value(value->text);
	value->length = (size_t)(*at - value->text);
	return true;
}

bool
json_next_element(const char **at, struct json_slice *value)
{
	if (!enter(at, '['))
		return false;
	value->text = *at;
	*at = skip_value(value->text);
	value->length = (size_t)(*at - value->text);
	return true;
}

struct problem *
json_get_text(struct arena *a, struct json_object *object, const char *key, const char **value)
{
	struct json_object *found = member(object, key);

	*value = NULL;
	if (found == NULL)
		return NULL;
	if (!json_object_is_type(found, json_type_string))
		return problem_at(a, PROBLEM_INVALID, key, "This must be a text.");
	*value = json_object_get_string(found);
	return NULL;
}

struct problem *
json_get_integer(struct arena *a, struct json_object *object, const char *key, int64_t *value, bool *given)
{
	struct json_object *found = member(object, key);

	if (given != NULL)
		*given = found != NULL;
	if (found == NULL)
		return NULL;
	if (!json_object_is_type(found, json_type_int))
		return problem_at(a, PROBLEM_INVALID, key, "This must be a whole number.");
	*value = json_object_get_int64(found);
	return NULL;
}

struct problem *
json_get_boolean(struct arena *a, struct json_object *object, const char *key, bool *value, bool *given)
{
	struct json_object *found = member(object, key);

	if (given != NULL)
		*given = found != NULL;
	if (found == NULL)
		return NULL;
	if (!json_object_is_type(found, json_type_boolean))
		return problem_at(a, PROBLEM_INVALID, key, "This must be true or false.");
	*value = json_object_get_boolean(found);
	return NULL;
}

struct problem *
json_only(struct arena *a, struct json_object *object, const char *const *allowed)
{
	json_object_object_foreach (object, key, value) {
		const char *const *name = allowed;

		(void)value;
		while (*name != NULL && strcmp(*name, key) != 0)
			name++;
		if (*name == NULL)
			return problem_at(a, PROBLEM_UNKNOWN_FIELD, key, "This member is not known here.");
	}
	return NULL;
}

const char *
json_number_text(struct json_object *value)
{
	if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
		return NULL;
	return json_object_to_json_string(value);
}

bool
text_is_clean(const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t size = utf8_size(text + at, length - at);

		if (size == 0)
			return false;
		if ((unsigned char)text[at] < ' ' && text[at] != '\t' && text[at] != '\n' && text[at] != '\r')
			return false;
		at += size;
	}
	return true;
}

void
sql_instant_json(struct buf *b, const char *sql_instant)
{
	size_t length = strlen(sql_instant);
	char *at = buf_room(b, length + 3);

	at[0] = '"';
	memcpy(at + 1, sql_instant, length);
	at[1 + 10] = 'T';
	at[1 + length] = 'Z';
	at[2 + length] = '"';
	buf_took(b, length + 3);
}

/* ---- problems ---- */

static void
add_member(struct buf *b, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(b, ",\"%s\":", key);
	json_quote(b, value);
}

char *
problem_json(struct arena *a, const struct problem *p, const char *request_id)
{
	const struct problem_kind_row *kind = &problem_kinds[p->kind];
	struct buf b;

	buf_init(&b, a);
	buf_printf(&b, "{\"type\":\"%s\",\"title\":\"%s\",\"status\":%d", kind->type, kind->title, kind->status);
	add_member(&b, "detail", p->detail);
	add_member(&b, "field", p->field);
	add_member(&b, "instance", request_id);
	add_member(&b, "error", kind->title);
	if (p->members != NULL && p->members[0] != '\0')
		buf_printf(&b, ",%s", p->members);
	buf_char(&b, '}');
	return b.text;
}
