/* email.h -- e-mail addresses as people type them, and finding an account by one.  Every address is compared, stored
 * and throttled in one normal form: without blanks at its ends, in lower case, NFC. */
#ifndef EMAIL_H
#define EMAIL_H

#include "store/db.h"

enum {
	EMAIL_MAX = 254 /* bytes, of the normal form */
};

/* The normal form of any text, in a.  It does not check that the text is an address. */
char *email_key(struct arena *a, const char *text);

/* *email is the normal form of text, in a.  PROBLEM_INVALID at "email" unless it has one @ with something on both
 * sides, no blank, no control or invisible character, and at most EMAIL_MAX bytes. */
struct problem *email_normal(struct arena *a, const char *text, const char **email) MUST_CHECK;

/* Whether two texts are the same address. */
bool email_same(struct arena *a, const char *one, const char *other);

/* The user with this address, as a row of USER_BY_EMAIL; no row when there is none.  Accounts from before there was a
 * normal form are stored as they were typed, in lower case as far as ASCII goes: they are found by that text too, and
 * it comes first where it belongs to another account. */
struct problem *email_find_user(struct db *db, struct arena *a, const char *text, struct rows **rows) MUST_CHECK;

#endif
