/* unicode.c -- normal forms and lower case by the tables of utf8proc.  The only file that includes <utf8proc.h>. */
#include "base/unicode.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"

/* The library decomposes, calls `each` for every character, and composes again if the options say so. */
static char *
map(struct arena *a, const char *text, utf8proc_custom_func each, int options)
{
	utf8proc_uint8_t *mapped = NULL;
	char *copy;

	if (utf8proc_map_custom((const utf8proc_uint8_t *)text, 0, &mapped,
	        (utf8proc_option_t)(UTF8PROC_NULLTERM | UTF8PROC_STABLE | options), each, NULL) < 0)
		return arena_strdup(a, text);
	copy = arena_strdup(a, (const char *)mapped);
	free(mapped);
	return copy;
}

static utf8proc_int32_t
lower_point(utf8proc_int32_t point, void *unused)
{
	(void)unused;
	return utf8proc_tolower(point);
}

char *
unicode_lower(struct arena *a, const char *text)
{
	return map(a, text, lower_point, UTF8PROC_COMPOSE);
}

char *
unicode_decomposed(struct arena *a, const char *text)
{
	return map(a, text, NULL, UTF8PROC_DECOMPOSE);
}

bool
unicode_is_control(unsigned point)
{
	return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029;
}

bool
unicode_is_blank(unsigned point)
{
	return point == ' ' || point == 0xA0 || point == 0xAD || point == 0x1680 ||
	    (point >= 0x2000 && point <= 0x200F) ||
	    (point >= 0x202A && point <= 0x202F) || (point >= 0x205F && point <= 0x206F) ||
	    point == 0x3000 || point == 0xFEFF;
}

char *
unicode_trimmed(struct arena *a, const char *text)
{
	const char *start = NULL, *end = text, *at = text;

	while (*at != '\0') {
		const char *character = at;
		unsigned point = utf8_next(&at);

		if (unicode_is_blank(point) || unicode_is_control(point))
			continue;
		if (start == NULL)
			start = character;
		end = at;
	}
	return start == NULL ? arena_strdup(a, "") : arena_strndup(a, start, (size_t)(end - start));
}
