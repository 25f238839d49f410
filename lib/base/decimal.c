/* decimal.c -- exact decimals as scaled integers.  Digits are read one by one; no double is ever involved. */
#include "base/decimal.h"

#include <inttypes.h>

static const uint64_t LIMIT = UINT64_C(1) << 53; /* the first magnitude that JavaScript cannot hold exactly */

enum {
	/* Larger exponents count as this one: the value is out of range, or zero, in any case. */
	EXPONENT_MAX = 1000000000
};

/* The parts of a number's text.  The digits may contain the point, which gather skips. */
struct number_parts {
	const char *digits; /* the first digit */
	const char *end;    /* after the last digit of the mantissa */
	int64_t count;      /* digits of the mantissa */
	int64_t fraction;   /* of them after the point */
	int64_t exponent;
	bool negative;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *
skip_digits(const char *text)
{
	while (is_digit(*text))
		text++;
	return text;
}

/* Read an exponent such as "e+12" at *at, if there is one. */
static bool
split_exponent(const char **at, int64_t *exponent)
{
	const char *text = *at;
	bool negative;

	*exponent = 0;
	if (*text != 'e' && *text != 'E')
		return true;
	text++;
	negative = *text == '-';
	if (*text == '-' || *text == '+')
		text++;
	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++)
		if (*exponent < EXPONENT_MAX)
			*exponent = *exponent * 10 + (*text - '0');
	if (negative)
		*exponent = -*exponent;
	*at = text;
	return true;
}

/* Split a number into its parts.  False when text is not a number as JSON writes it. */
static bool
split(const char *text, struct number_parts *parts)
{
	const char *point;

	parts->negative = *text == '-';
	if (parts->negative)
		text++;
	parts->digits = text;
	point = skip_digits(text);
	if (point == text || (*text == '0' && point - text > 1))
		return false;
	parts->end = point;
	if (*point == '.') {
		parts->end = skip_digits(point + 1);
		if (parts->end == point + 1)
			return false;
	}
	parts->fraction = parts->end == point ? 0 : parts->end - point - 1;
	parts->count = point - text + parts->fraction;
	text = parts->end;
	return split_exponent(&text, &parts->exponent) && *text == '\0';
}

/* Read the first keep digits as an integer.  *exact is true when the digits cut off are all zero, *half when they are a
 * half or more. */
static enum decimal_result
gather(const struct number_parts *parts, int64_t keep, uint64_t *whole, bool *exact, bool *half)
{
	const char *at = parts->digits;

	*whole = 0;
	*exact = true;
	*half = false;
	for (int64_t i = 0; i < parts->count; i++, at++) {
		if (*at == '.')
			at++;
		if (i >= keep) {
			*exact = *exact && *at == '0';
			*half = *half || (i == keep && *at >= '5');
			continue;
		}
		*whole = *whole * 10 + (uint64_t)(*at - '0');
		if (*whole >= LIMIT)
			return DECIMAL_OUT_OF_RANGE;
	}
	for (int64_t i = parts->count; i < keep && *whole > 0; i++) {
		*whole *= 10;
		if (*whole >= LIMIT)
			return DECIMAL_OUT_OF_RANGE;
	}
	return DECIMAL_OK;
}

enum decimal_result
decimal_round(const char *text, int scale, int64_t *value, bool *rounded)
{
	enum decimal_result result;
	struct number_parts parts;
	uint64_t whole;
	bool exact, half;

	if (!split(text, &parts))
		return DECIMAL_NOT_A_NUMBER;
	result = gather(&parts, parts.count - parts.fraction + parts.exponent + scale, &whole, &exact, &half);
	if (result != DECIMAL_OK)
		return result;
	if (half && ++whole >= LIMIT)
		return DECIMAL_OUT_OF_RANGE;
	*value = parts.negative ? -(int64_t)whole : (int64_t)whole;
	*rounded = !exact;
	return DECIMAL_OK;
}

enum decimal_result
decimal_parse(const char *text, int scale, int64_t *value)
{
	enum decimal_result result;
	int64_t read;
	bool rounded;

	result = decimal_round(text, scale, &read, &rounded);
	if (result != DECIMAL_OK)
		return result;
	if (rounded)
		return DECIMAL_TOO_MANY_DIGITS;
	*value = read;
	return DECIMAL_OK;
}

char *
decimal_format(struct arena *a, int64_t value, int scale)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = 1;
	const char *sign = value < 0 ? "-" : "";

	while (scale > 0 && magnitude % 10 == 0) {
		magnitude /= 10;
		scale--;
	}
	if (scale <= 0)
		return arena_printf(a, "%s%" PRIu64, sign, magnitude);
	for (int i = 0; i < scale; i++)
		unit *= 10;
	return arena_printf(a, "%s%" PRIu64 ".%0*" PRIu64, sign, magnitude / unit, scale, magnitude % unit);
}
