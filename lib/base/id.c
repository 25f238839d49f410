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

bool
uuid_valid(const char *text)
{
	if (text == NULL || strlen(text) != UUID_TEXT_SIZE - 1)
		return false;
	for (size_t i = 0; i < UUID_TEXT_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL)
			return false;
	}
	return true;
}
