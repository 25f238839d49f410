/* cell_number.c -- numbers as people write them: with a comma or a point before the decimals, with thousands divided by
 * the other one, by blanks or by apostrophes, with a minus before or behind them or in parentheses, money with its
 * currency.  1,015 is two numbers.  Which one it is, the cells around it tell, or the query, or nobody: then it is
 * asked. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/unicode.h"
#include "cells.h"

enum {
	MONEY_SCALE = 2,
	NUMBER_BYTES_MAX = 60
};

const char *const decimal_sign_names[DECIMALS_COUNT] = { "", "comma", "point" };

static const char *const currencies[] = {
	"us$", "ca$", "nz$", "hk$", "a$", "c$", "r$", "$", "€", "£", "¥", "₹", "₺", "₩", "₪", "₱", "₫", "฿",
	"usd", "eur", "gbp", "chf", "cad", "aud", "nzd", "sek", "nok", "dkk", "isk", "pln", "czk", "huf", "ron", "bgn",
	"jpy", "cny", "inr", "try", "mxn", "brl", "zar", "sgd", "hkd", "krw", "ils", "sfr.", "fr.", "kr.", "kr", "zł",
	"kč", "ft", "lei", "euros", "euro", "dollars", "dollar",
};

/* text without the currency before or behind it, and without the blanks between them. */
static const char *
without_currency(struct arena *a, const char *text)
{
	const char *lower = unicode_lower(a, text);

	for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++) {
		size_t length = strlen(currencies[i]), all = strlen(lower);

		if (strncmp(lower, currencies[i], length) == 0)
			return lower + length + strspn(lower + length, " ");
		if (all > length && strcmp(lower + all - length, currencies[i]) == 0)
			return text_trimmed(a, arena_strndup(a, lower, all - length));
	}
	return lower;
}

/* text without a minus or plus before it, a minus behind it, or parentheses around it.  Each minus turns *negative. */
static const char *
without_signs(struct arena *a, const char *text, size_t *minuses)
{
	size_t length = strlen(text);

	if (length > 1 && text[0] == '(' && text[length - 1] == ')') {
		++*minuses;
		return text_trimmed(a, arena_strndup(a, text + 1, length - 2));
	}
	if (*text == '-' || *text == '+') {
		*minuses += *text == '-';
		return text + 1 + strspn(text + 1, " ");
	}
	if (length > 1 && text[length - 1] == '-') {
		++*minuses;
		return text_trimmed(a, arena_strndup(a, text, length - 1));
	}
	return text;
}

/* What is left of a number without its signs and its currency; NULL when it has two minuses. */
static const char *
bare_number(struct arena *a, const struct field *f, const char *text, bool *negative)
{
	size_t minuses = 0;

	text = without_signs(a, text, &minuses);
	if (f->type == FIELD_MONEY)
		text = without_signs(a, without_currency(a, text), &minuses);
	*negative = minuses > 0;
	return minuses > 1 ? NULL : text;
}

/* text without the sign that divides its whole part into groups of three; NULL where the sign does not do so.
 * *groups says whether it occurs at all. */
static const char *
without_groups(struct arena *a, const char *text, char sign, bool *groups)
{
	char *all = arena_alloc(a, strlen(text) + 1);
	size_t n = 0, digits = 0;

	*groups = false;
	for (; isdigit((unsigned char)*text) || *text == sign; text++) {
		if (*text != sign) {
			all[n++] = *text;
			digits++;
			continue;
		}
		if (digits == 0 || digits > 3 || (*groups && digits != 3) || all[0] == '0')
			return NULL;
		*groups = true;
		digits = 0;
	}
	if ((*groups && digits != 3) || strchr(text, sign) != NULL)
		return NULL;
	memcpy(all + n, text, strlen(text) + 1);
	return all;
}

/* text without blanks and apostrophes between its thousands, or NULL. */
static const char *
without_gaps(struct arena *a, const char *text, bool *gaps)
{
	bool blanks, apostrophes;

	if ((text = without_groups(a, text, ' ', &blanks)) == NULL)
		return NULL;
	text = without_groups(a, text, '\'', &apostrophes);
	*gaps = blanks || apostrophes;
	return text;
}

static size_t
count_of(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

/* The decimal sign that the number itself proves; DECIMALS_UNSAID when it has neither, or when *doubtful. */
static enum decimal_sign
proven_sign(struct arena *a, const char *text, bool gaps, bool *doubtful)
{
	size_t commas = count_of(text, ','), points = count_of(text, '.');
	char sign = commas > 0 ? ',' : '.';
	bool groups;

	*doubtful = false;
	if (commas > 0 && points > 0)
		return strrchr(text, ',') > strrchr(text, '.') ? DECIMALS_COMMA : DECIMALS_POINT;
	if (commas + points > 1)
		return commas > 0 ? DECIMALS_POINT : DECIMALS_COMMA;
	if (commas + points == 0)
		return DECIMALS_UNSAID;
	*doubtful = !gaps && strpbrk(text, "eE") == NULL && without_groups(a, text, sign, &groups) != NULL;
	return *doubtful ? DECIMALS_UNSAID : sign == ',' ? DECIMALS_COMMA : DECIMALS_POINT;
}

/* What a doubtful number proves in a field of whole numbers: 48,213 has no decimals there.  48,000 could have. */
static enum decimal_sign
proven_by_field(const struct field *f, const char *text)
{
	const char *sign = strpbrk(text, ",.");

	if (f->type != FIELD_INTEGER || field_is_duration(f) || strcmp(sign + 1, "000") == 0)
		return DECIMALS_UNSAID;
	return *sign == ',' ? DECIMALS_POINT : DECIMALS_COMMA;
}

/* The decimal sign of a doubtful number: that of its column, else the one of the query, else the one that its field or
 * the kind of file leaves. */
static enum decimal_sign
sign_in_doubt(const struct field *f, const struct cell_rules *rules, const char *text)
{
	enum decimal_sign sign = rules->forms == NULL ? DECIMALS_UNSAID : rules->forms[f->index].decimals;

	if (sign == DECIMALS_UNSAID)
		sign = rules->decimals;
	if (sign == DECIMALS_UNSAID)
		sign = proven_by_field(f, text);
	if (sign == DECIMALS_UNSAID && strchr(text, '.') != NULL && !rules->semicolons)
		sign = DECIMALS_POINT;
	return sign;
}

static struct problem *
ask_for_sign(struct arena *a, const struct field *f, const char *plain, struct cell_notes *notes)
{
	notes->asks = "decimals";
	return problem_at(a, PROBLEM_INVALID, f->name,
	    "\"%s\" can be read with thousands or with decimals. Say decimals=comma or decimals=point.",
	    text_short(a, plain));
}

/* Bring digits with their signs to the form of JSON: a point before the decimals, no leading zeros, a digit before the
 * point.  NULL when the other sign is no divider of thousands. */
static const char *
json_number(struct arena *a, const char *text, enum decimal_sign sign, bool negative)
{
	char *comma, *copy;
	bool groups;

	if (sign != DECIMALS_UNSAID &&
	    (text = without_groups(a, text, sign == DECIMALS_COMMA ? '.' : ',', &groups)) == NULL)
		return NULL;
	while (text[0] == '0' && isdigit((unsigned char)text[1]))
		text++;
	copy = arena_printf(a, "%s%s%s", negative ? "-" : "", *text == '.' || *text == ',' ? "0" : "", text);
	if ((comma = strchr(copy, ',')) != NULL)
		*comma = '.';
	return copy;
}

struct problem *
number_find(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **number)
{
	enum decimal_sign sign;
	bool negative, doubtful, gaps;
	const char *text = strlen(plain) > NUMBER_BYTES_MAX ? NULL : bare_number(a, f, plain, &negative);

	if (text == NULL || (text = without_gaps(a, text, &gaps)) == NULL || *text == '\0')
		return cell_bad(a, f, "must be a number");
	sign = proven_sign(a, text, gaps, &doubtful);
	if (doubtful && (sign = sign_in_doubt(f, rules, text)) == DECIMALS_UNSAID)
		return ask_for_sign(a, f, plain, notes);
	*number = json_number(a, text, sign, negative);
	return *number == NULL ? cell_bad(a, f, "must be a number") : NULL;
}

/* Round half away from zero to scale digits; notes->rounded says whether that changed the value. */
static struct problem *
round_number(struct arena *a, const struct field *f, const char *number, int scale, struct cell_notes *notes,
    int64_t *scaled)
{
	switch (decimal_round(number, scale, scaled, &notes->rounded)) {
	case DECIMAL_OK:
		return NULL;
	case DECIMAL_OUT_OF_RANGE:
		return cell_bad(a, f, "is too large a number");
	case DECIMAL_NOT_A_NUMBER:
	case DECIMAL_TOO_MANY_DIGITS:
	default:
		return cell_bad(a, f, "must be a number");
	}
}

struct problem *
number_keep(struct arena *a, const struct field *f, const char *number, struct cell_notes *notes,
    const char **canonical)
{
	struct problem *p;
	int64_t scaled;
	int scale = f->type == FIELD_MONEY ? MONEY_SCALE : f->scale;

	if (f->type == FIELD_INTEGER && f->unit == NULL)
		return field_read_text(a, f, number, canonical);
	if ((p = round_number(a, f, number, scale, notes, &scaled)) != NULL)
		return p;
	return field_read_text(a, f, decimal_format(a, scaled, f->type == FIELD_MONEY ? 0 : scale), canonical);
}

struct problem *
number_read(struct arena *a, const struct field *f, const struct cell_rules *rules, const char *plain,
    struct cell_notes *notes, const char **canonical)
{
	struct problem *p;
	const char *number;

	if (field_has_units(f))
		return quantity_read(a, f, rules, plain, notes, canonical);
	if ((p = number_find(a, f, rules, plain, notes, &number)) != NULL)
		return p;
	return number_keep(a, f, number, notes, canonical);
}

/* ---- a column ---- */

bool
cell_has_decimals(const struct field *f)
{
	return f->type == FIELD_INTEGER || f->type == FIELD_DECIMAL || f->type == FIELD_MONEY;
}

static void
weigh_number(struct arena *a, const struct field *f, const char *text, struct cell_signs *signs)
{
	enum decimal_sign sign;
	bool negative, doubtful, gaps;

	if (strlen(text) > NUMBER_BYTES_MAX || (text = bare_number(a, f, text, &negative)) == NULL ||
	    (text = without_gaps(a, text, &gaps)) == NULL || text[strspn(text, "0123456789.,")] != '\0')
		return;
	sign = proven_sign(a, text, gaps, &doubtful);
	if (doubtful)
		sign = proven_by_field(f, text);
	else if (json_number(a, text, sign, false) == NULL)
		return;
	signs->comma = signs->comma || sign == DECIMALS_COMMA;
	signs->point = signs->point || sign == DECIMALS_POINT;
}

void
cell_weigh(struct arena *a, const struct field *f, const char *text, struct cell_signs *signs)
{
	struct quantity_part parts[QUANTITY_PARTS_MAX];
	const char *plain = csv_unguard(cell_plain(a, text));
	size_t count;

	if (!cell_has_decimals(f) || *plain == '\0')
		return;
	if (f->type == FIELD_MONEY) {
		weigh_number(a, f, plain, signs);
		return;
	}
	if (!quantity_split(a, plain, parts, &count))
		return;
	for (size_t i = 0; i < count; i++)
		weigh_number(a, f, parts[i].number, signs);
}

enum decimal_sign
cell_sign_of(const struct cell_signs *signs)
{
	if (signs->comma == signs->point)
		return DECIMALS_UNSAID;
	return signs->comma ? DECIMALS_COMMA : DECIMALS_POINT;
}
