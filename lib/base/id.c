/* id.c -- which texts are valid ids. */
#include "base/id.h"

#include <string.h>

#include "base/crypto.h"

/* Words of the API: neither ids of records nor names of collections. */
static const char *const reserved_words[] = {
	"admin", "apply", "audit", "auth", "backup", "backups", "client-errors", "collections", "compat", "devices",
	"end", "export", "files", "handhelds", "health", "heads", "history", "import", "invitations", "me", "metrics",
	"new", "pin", "pins", "presence", "push", "reports", "reset", "restore", "sessions", "spaces", "start", "sync",
	"tokens", "transfer", "usage", "users",
};

bool
id_valid(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@-");

	return n >= 1 && n <= ID_BYTES_MAX && id[n] == '\0' && strchr("._:@-", id[0]) == NULL;
}

bool
id_reserved(const char *id)
{
	for (size_t i = 0; i < sizeof reserved_words / sizeof reserved_words[0]; i++)
		if (strcmp(reserved_words[i], id) == 0)
			return true;
	return false;
}

/* 0 to 15, or -1. */
static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
dash_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool
uuid_pack(const char *text, unsigned char bytes[UUID_BYTES])
{
	unsigned char packed[UUID_BYTES];

	for (size_t i = 0; i < UUID_BYTES; i++) {
		int high, low;

		if (dash_before(i) && *text++ != '-')
			return false;
		if ((high = nibble(*text++)) < 0 || (low = nibble(*text++)) < 0)
			return false;
		packed[i] = (unsigned char)(high << 4 | low);
	}
	if (*text != '\0')
		return false;
	memcpy(bytes, packed, UUID_BYTES);
	return true;
}

void
uuid_unpack(const unsigned char bytes[UUID_BYTES], char *text)
{
	static const char digits[] = "0123456789abcdef";
	static const unsigned char places[UUID_BYTES] = { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34 };

	for (size_t i = 0; i < UUID_BYTES; i++) {
		text[places[i]] = digits[bytes[i] >> 4];
		text[places[i] + 1] = digits[bytes[i] & 15];
	}
	text[8] = text[13] = text[18] = text[23] = '-';
	text[UUID_TEXT_SIZE - 1] = '\0';
}

char *
uuid_text(struct arena *a, const unsigned char bytes[UUID_BYTES])
{
	char *text = arena_alloc(a, UUID_TEXT_SIZE);

	uuid_unpack(bytes, text);
	return text;
}

bool
uuid_valid(const char *text)
{
	unsigned char bytes[UUID_BYTES];

	return text != NULL && uuid_pack(text, bytes);
}
