/* charset.c -- turns what programs of twenty years have written into UTF-8.  The charsets of one byte are tables here
 * and not the C library's: its tables are files that are loaded on first use, and a confined worker may open none. */
#include "base/charset.h"

#include <string.h>
#include <strings.h>
#include <uchar.h>

#include "base/json.h"
#include "base/text.h"

enum {
	HIGH_BYTES = 128,
	NO_CHARACTER = 0xfffd
};

const char *const charset_names[] = {
	"utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "iso-8859-15", "windows-1250", "windows-1251",
	"windows-1252", "macintosh", NULL
};

static const struct {
	const char *name, *charset;
} other_names[] = {
	{ "utf8", "utf-8" }, { "utf16", "utf-16" }, { "unicode", "utf-16" }, { "latin1", "iso-8859-1" },
	{ "latin-1", "iso-8859-1" }, { "iso8859-1", "iso-8859-1" }, { "us-ascii", "utf-8" }, { "ascii", "utf-8" },
	{ "latin9", "iso-8859-15" }, { "latin-9", "iso-8859-15" }, { "iso8859-15", "iso-8859-15" },
	{ "cp1250", "windows-1250" }, { "cp1251", "windows-1251" }, { "cp1252", "windows-1252" },
	{ "ansi", "windows-1252" }, { "macroman", "macintosh" }, { "mac-roman", "macintosh" }, { "mac", "macintosh" },
};

/* The characters of the bytes from 0x80 on. */
struct table {
	const char *charset;
	char16_t characters[HIGH_BYTES + 1];
};

#define NOT_USED_16 \
	u"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd"

static const struct table tables[] = {
	{ "iso-8859-1", {
	    NOT_USED_16 NOT_USED_16
	    u"\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿"
	    u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
	    u"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ" } },
	{ "iso-8859-15", {
	    NOT_USED_16 NOT_USED_16
	    u"\u00a0¡¢£€¥Š§š©ª«¬\u00ad®¯°±²³Žµ¶·ž¹º»ŒœŸ¿"
	    u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
	    u"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ" } },
	{ "windows-1250", {
	    u"€\ufffd‚\ufffd„…†‡\ufffd‰Š‹ŚŤŽŹ\ufffd‘’“”•–—\ufffd™š›śťžź"
	    u"\u00a0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00ad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż"
	    u"ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß"
	    u"ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙" } },
	{ "windows-1251", {
	    u"ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\ufffd™љ›њќћџ"
	    u"\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї"
	    u"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
	    u"абвгдежзийклмнопрстуфхцчшщъыьэюя" } },
	{ "windows-1252", {
	    u"€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ"
	    u"\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿"
	    u"ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß"
	    u"àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ" } },
	{ "macintosh", {
	    u"ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü"
	    u"†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
	    u"¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›\ufb01\ufb02"
	    u"‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ" } },
};

const char *
charset_called(const char *name)
{
	for (size_t i = 0; charset_names[i] != NULL; i++)
		if (strcasecmp(charset_names[i], name) == 0)
			return charset_names[i];
	for (size_t i = 0; i < sizeof other_names / sizeof other_names[0]; i++)
		if (strcasecmp(other_names[i].name, name) == 0)
			return other_names[i].charset;
	return NULL;
}

static const struct table *
table_of(const char *charset)
{
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		if (strcmp(tables[i].charset, charset) == 0)
			return &tables[i];
	return NULL;
}

/* Write a code point as UTF-8.  Returns the place behind it. */
static char *
put_point(char *at, unsigned point)
{
	size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = size; i-- > 1; point >>= 6)
		at[i] = (char)(0x80 | (point & 0x3f));
	at[0] = (char)(leads[size] | point);
	return at + size;
}

static size_t
line_at(const char *text, size_t length)
{
	size_t line = 1;

	for (size_t i = 0; i < length; i++)
		line += text[i] == '\n';
	return line;
}

static struct problem *
not_in(struct arena *a, size_t line, const char *charset)
{
	return problem_at(a, PROBLEM_INVALID, "charset", "Line %zu holds bytes that are no text in %s.", line, charset);
}

/* ---- one byte a character ---- */

static struct problem *
read_table(struct arena *a, const char *bytes, size_t length, const struct table *table, char **out)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		unsigned point = byte < HIGH_BYTES ? byte : table->characters[byte - HIGH_BYTES];

		if (point == NO_CHARACTER || point == 0)
			return not_in(a, line_at(bytes, i), table->charset);
		*out = put_point(*out, point);
	}
	return NULL;
}

/* ---- UTF-16 ---- */

/* The order of bytes of UTF-16 without a mark.  Most characters of a table are ASCII, so most of the bytes at one of
 * the two places are zero. */
static const char *
order_of(const char *bytes, size_t length)
{
	size_t zeros[2] = { 0 };

	for (size_t i = 0; i < length; i++)
		zeros[i % 2] += bytes[i] == '\0';
	if (zeros[1] > 2 * zeros[0] + 1)
		return "utf-16le";
	return zeros[0] > 2 * zeros[1] + 1 ? "utf-16be" : NULL;
}

static unsigned
unit_at(const char *bytes, size_t at, bool little)
{
	unsigned first = (unsigned char)bytes[at], second = (unsigned char)bytes[at + 1];

	return little ? second << 8 | first : first << 8 | second;
}

static struct problem *
read_wide(struct arena *a, const char *bytes, size_t length, bool little, char **out)
{
	size_t line = 1;

	for (size_t at = 0; at + 1 < length; at += 2) {
		unsigned point = unit_at(bytes, at, little);

		if (point >= 0xd800 && point < 0xdc00 && at + 3 < length) {
			unsigned low = unit_at(bytes, at + 2, little);

			if (low >= 0xdc00 && low < 0xe000) {
				point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
				at += 2;
			}
		}
		if (point == 0 || (point >= 0xd800 && point < 0xe000))
			return not_in(a, line, "utf-16");
		line += point == '\n';
		*out = put_point(*out, point);
	}
	return length % 2 == 0 ? NULL : not_in(a, line, "utf-16");
}

/* ---- the file ---- */

struct mark {
	const char *charset;
	size_t size;
};

/* The byte order mark at the beginning, or one without a charset. */
static struct mark
mark_of(const char *bytes, size_t length)
{
	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return (struct mark){ "utf-8", 3 };
	if (length >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
		return (struct mark){ "utf-16le", 2 };
	if (length >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
		return (struct mark){ "utf-16be", 2 };
	return (struct mark){ NULL, 0 };
}

/* The number of the first line with a byte that is no UTF-8 text; 0 when there is none. */
static size_t
broken_line(const char *text, size_t length)
{
	const char *end = text + length;

	for (size_t line = 1; text < end; line++) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));
		size_t size = feed == NULL ? (size_t)(end - text) : (size_t)(feed - text) + 1;

		if (!text_is_clean(text, size))
			return line;
		text += size;
	}
	return 0;
}

static struct problem *
keep_utf8(struct arena *a, const char *bytes, size_t length, bool said, struct charset_text *text)
{
	size_t line = broken_line(bytes, length);

	*text = (struct charset_text){ bytes, length, "utf-8" };
	if (line == 0)
		return NULL;
	if (said)
		return not_in(a, line, "utf-8");
	return problem_at(a, PROBLEM_INVALID, "charset",
	    "Line %zu holds bytes that are not UTF-8 text. Say which charset the file has, behind its Content-Type: "
	    "charset=windows-1252, iso-8859-1, iso-8859-15, windows-1250, windows-1251, macintosh or utf-16.", line);
}

/* Room for all of the text: so many bytes of UTF-8 at most. */
static size_t
bytes_needed(const char *bytes, size_t length, const struct table *table)
{
	size_t high = 0;

	if (table == NULL)
		return length / 2 * 3;
	for (size_t i = 0; i < length; i++)
		high += (unsigned char)bytes[i] >= HIGH_BYTES;
	return length + 2 * high;
}

struct problem *
charset_read(struct arena *a, const char *bytes, size_t length, const char *charset, struct charset_text *text)
{
	struct mark mark = mark_of(bytes, length);
	bool said = charset != NULL || mark.charset != NULL;
	const struct table *table;
	struct problem *p;
	char *start, *end;

	charset = mark.charset != NULL ? mark.charset : charset != NULL ? charset : "utf-8";
	bytes += mark.size;
	length -= mark.size;
	if (strcmp(charset, "utf-8") == 0)
		return keep_utf8(a, bytes, length, said, text);
	if (strcmp(charset, "utf-16") == 0 && (charset = order_of(bytes, length)) == NULL)
		return problem_at(a, PROBLEM_INVALID, "charset",
		    "The order of bytes is not to be seen. Say charset=utf-16le or charset=utf-16be.");
	table = table_of(charset);
	start = end = arena_raw(a, bytes_needed(bytes, length, table) + 1);
	p = table != NULL ? read_table(a, bytes, length, table, &end)
	    : read_wide(a, bytes, length, strcmp(charset, "utf-16le") == 0, &end);
	*end = '\0';
	*text = (struct charset_text){ start, (size_t)(end - start), charset };
	return p;
}
