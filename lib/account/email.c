/* email.c -- the normal form of e-mail addresses, and finding an account by one. */
#include "account/email.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/unicode.h"
#include "store/statement.h"

enum {
	TYPED_MAX = 4 * EMAIL_MAX /* bytes that are looked at: more is no address in any form */
};

static bool
letters_fit(const char *text)
{
	while (*text != '\0') {
		unsigned point = utf8_next(&text);

		if (unicode_is_control(point) || unicode_is_blank(point))
			return false;
	}
	return true;
}

static char *
trimmed(struct arena *a, const char *text)
{
	size_t length = strlen(text);

	if (length > TYPED_MAX || !text_is_clean(text, length))
		return arena_strdup(a, text);
	return unicode_trimmed(a, text);
}

/* As addresses were stored before there was a normal form. */
static char *
ascii_lower(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);

	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

char *
email_key(struct arena *a, const char *text)
{
	return strlen(text) > TYPED_MAX ? ascii_lower(a, text) : unicode_lower(a, trimmed(a, text));
}

struct problem *
email_normal(struct arena *a, const char *text, const char **email)
{
	const char *key = email_key(a, text), *at = strchr(key, '@');

	if (strlen(key) > EMAIL_MAX)
		return problem_at(a, PROBLEM_INVALID, "email", "An e-mail address has at most %d bytes.", EMAIL_MAX);
	if (at == NULL || at == key || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    !text_is_clean(key, strlen(key)) || !letters_fit(key))
		return problem_at(a, PROBLEM_INVALID, "email", "This is not an e-mail address.");
	*email = key;
	return NULL;
}

bool
email_same(struct arena *a, const char *one, const char *other)
{
	return strcmp(email_key(a, one), email_key(a, other)) == 0;
}

struct problem *
email_find_user(struct db *db, struct arena *a, const char *text, struct rows **rows)
{
	const char *typed = ascii_lower(a, trimmed(a, text)), *key = email_key(a, text);

	return db_run(db, a, SQL(USER_BY_EMAIL),
	    VALUES(value_text(typed), value_text(key), value_text(unicode_decomposed(a, key)), value_text(typed)),
	    rows);
}
