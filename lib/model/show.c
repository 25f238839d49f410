/* show.c -- one function for each kind of value that people read otherwise than programs. */
#include "model/show.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/instant.h"
#include "model/cell.h"

enum {
	CENTS = 100
};

char *
duration_text(struct arena *a, int64_t seconds)
{
	return arena_printf(a, "%" PRId64 ":%02d", seconds / 3600, (int)(seconds / 60 % 60));
}

char *
money_text(struct arena *a, int64_t cents)
{
	uint64_t size = cents < 0 ? -(uint64_t)cents : (uint64_t)cents;

	return arena_printf(a, "%s%" PRIu64 ".%02d", cents < 0 ? "-" : "", size / CENTS, (int)(size % CENTS));
}

char *
clock_text(struct arena *a, const char *zone, int64_t instant)
{
	char date[DATE_TEXT_SIZE];
	int seconds;

	if (!zone_date(zone, instant, date, &seconds, NULL))
		return arena_strdup(a, "");
	return arena_printf(a, "%s %02d:%02d", date, seconds / 3600, seconds / 60 % 60);
}

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

char *
name_words(struct arena *a, const char *name)
{
	struct buf b;

	buf_init(&b, a);
	for (const char *at = name; *at != '\0'; at++) {
		bool begins = at > name && is_capital(*at) && !is_capital(at[-1]);

		if (begins)
			buf_char(&b, ' ');
		if (at == name && *at >= 'a' && *at <= 'z')
			buf_char(&b, (char)(*at - 'a' + 'A'));
		else
			buf_char(&b, begins ? (char)(*at - 'A' + 'a') : *at);
	}
	return b.text;
}

static const char *
list_shown(struct arena *a, const char *list)
{
	struct json_slice element;
	struct buf b;
	const char *comma = "";

	buf_init(&b, a);
	for (; json_next_element(&list, &element); comma = ", ")
		buf_printf(&b, "%s%s", comma, value_plain(a, arena_strndup(a, element.text, element.length)));
	return csv_guard(a, b.length == 0 ? "" : b.text);
}

static const char *
place_shown(struct arena *a, const char *place)
{
	struct json_slice key, value;
	const char *lat = "", *lng = "";

	while (json_next_member(&place, &key, &value)) {
		if (strncmp(key.text, "lat", key.length) == 0)
			lat = arena_strndup(a, value.text, value.length);
		else if (strncmp(key.text, "lng", key.length) == 0)
			lng = arena_strndup(a, value.text, value.length);
	}
	return arena_printf(a, "%s, %s", lat, lng);
}

const char *
value_shown(struct arena *a, const struct field *f, const char *value, const char *zone)
{
	if (value == NULL)
		return "";
	switch (f->type) {
	case FIELD_BOOLEAN:
		return value_true(value) ? "Yes" : "No";
	case FIELD_INSTANT:
		return clock_text(a, zone, value_instant_of(value));
	case FIELD_MONEY:
		return money_text(a, value_scaled(f, value));
	case FIELD_INTEGER:
		if (f->format != NULL && strcmp(f->format, "duration") == 0)
			return duration_text(a, value_scaled(f, value));
		return cell_text(a, f, value);
	case FIELD_CHOICE:
		return csv_guard(a, name_words(a, value_plain(a, value)));
	case FIELD_LIST:
		return list_shown(a, value);
	case FIELD_PLACE:
		return place_shown(a, value);
	case FIELD_FILE:
		return "A file";
	default:
		return cell_text(a, f, value);
	}
}
