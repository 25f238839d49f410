/* text.c -- bytes as characters, without a locale. */
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* True for a byte that continues a character. */
static bool
continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t
utf8_size(const char *bytes, size_t room)
{
	const unsigned char *c = (const unsigned char *)bytes;
	unsigned char least = 0x80, most = 0xbf; /* of the second byte */
	size_t size;

	if (room == 0)
		return 0;
	if (c[0] < 0x80)
		return 1;
	if (c[0] < 0xc2 || c[0] > 0xf4)
		return 0;
	size = c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	if (size > room)
		return 0;
	if (c[0] == 0xe0)
		least = 0xa0;
	if (c[0] == 0xed)
		most = 0x9f;
	if (c[0] == 0xf0)
		least = 0x90;
	if (c[0] == 0xf4)
		most = 0x8f;
	if (c[1] < least || c[1] > most)
		return 0;
	for (size_t i = 2; i < size; i++)
		if (!continues(bytes[i]))
			return 0;
	return size;
}

unsigned
utf8_next(const char **at)
{
	unsigned char lead = (unsigned char)*(*at)++;
	unsigned point = lead;
	int more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;

	if (more > 0)
		point = lead & (0x3fU >> more);
	for (; more > 0 && **at != '\0'; more--)
		point = point << 6 | ((unsigned char)*(*at)++ & 0x3fU);
	return point;
}

size_t
utf8_count(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += !continues(*text);
	return n;
}

size_t
utf8_bytes(const char *text, size_t characters)
{
	size_t n = 0, bytes = 0;

	while (text[bytes] != '\0' && (continues(text[bytes]) || ++n <= characters))
		bytes++;
	return bytes;
}

size_t
utf8_cut(const char *text, size_t length)
{
	while (length > 0 && continues(text[length]))
		length--;
	return length;
}

char *
text_digits(char *at, uint64_t n, unsigned digits)
{
	static const char pairs[] =
	    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
	    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
	unsigned left = digits;

	for (; left >= 2; n /= 100)
		memcpy(at + (left -= 2), pairs + 2 * (n % 100), 2);
	if (left == 1)
		*at = (char)('0' + n % 10);
	return at + digits;
}

size_t
unsigned_text(char *text, uint64_t n)
{
	unsigned digits = 1;

	for (uint64_t rest = n; rest >= 10; rest /= 10)
		digits++;
	*text_digits(text, n, digits) = '\0';
	return digits;
}

size_t
integer_text(char *text, int64_t n)
{
	if (n >= 0)
		return unsigned_text(text, (uint64_t)n);
	*text = '-';
	return 1 + unsigned_text(text + 1, -(uint64_t)n);
}

int
hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

bool
text_take_number(const char **text, int64_t *number)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*number = strtoll(*text, &end, 10);
	*text = end;
	return errno == 0;
}

bool
text_take(const char **text, const char *expected)
{
	size_t length = strlen(expected);

	if (strncmp(*text, expected, length) != 0)
		return false;
	*text += length;
	return true;
}

char *
percent_decode(struct arena *a, const char *from, size_t *length, bool form, bool *strict)
{
	char *text = arena_alloc(a, *length + 1);
	size_t n = 0;

	*strict = true;
	for (size_t i = 0; i < *length; i++) {
		bool escape = from[i] == '%';
		int high = escape && i + 2 < *length ? hex_value(from[i + 1]) : -1;
		int low = high >= 0 ? hex_value(from[i + 2]) : -1;

		if (low >= 0) {
			text[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			text[n++] = form && from[i] == '+' ? ' ' : from[i];
			*strict = *strict && !escape;
		}
	}
	*length = n;
	return text;
}

uint64_t
text_hash(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash;
}
