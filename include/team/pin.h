/* pin.h -- a PIN for each person and team, and signing in with it on a shared handheld.  No HTTP here.
 *
 * A PIN is no password: it is good only together with a handheld's token, for one space, and what it opens (policy.h) is the work
 * there and not the account.  Who signs in on a handheld ends whatever sign-in stood there.  Such a sign-in lasts for
 * pin_idle_minutes from its last renewal and PIN_HOURS_MAX in all; the app renews it while somebody uses the device, and only then,
 * however often it syncs.  There is no refresh token: a page that was closed asks for the PIN again. */
#ifndef PIN_H
#define PIN_H

#include "model/call.h"
#include "team/handheld.h"

enum {
	PIN_DIGITS_MIN = 4,
	PIN_DIGITS_MAX = 8,
	PIN_HOURS_MAX = 16
};

/* PROBLEM_INVALID at "pin" for what is not 4 to 8 digits or is what a guesser tries first: one digit again and again, digits in a
 * row up or down, a short group repeated, the middle column of the keys. */
struct problem *pin_check(struct arena *a, const char *pin) MUST_CHECK;

/* Choose or change one's own PIN in the space.  The password is asked for, if there is one (account_prove); sign-ins by the PIN of
 * before end.  PROBLEM_FORBIDDEN in a personal space, for API tokens and for who came in by PIN. */
struct problem *pin_set(const struct gate *g, const struct person *person, const char *pin, const char *password) MUST_CHECK;

/* Take away a PIN in the space of person, his own or another's, and end what was signed in with it.  PROBLEM_NOT_FOUND when there is
 * none.  Whose role may is the route's to say. */
struct problem *pin_remove(const struct call *call, const char *user_id) MUST_CHECK;

struct pin_row {
	const char *user_id, *name;
	int64_t changed_at;
};

/* The members of a space who have one and can sign in, by name. */
struct problem *pins_list(struct db *db, struct arena *a, const char *space_id, struct pin_row **pins, size_t *count) MUST_CHECK;

/* When the person's own was set; 0 when he has none. */
struct problem *pin_read(const struct call *call, int64_t *changed_at) MUST_CHECK;

/* "AB" for "Anna von Berg": the first letters of the first and the last word, as they are written. */
const char *initials(struct arena *a, const char *name);

/* Sign in on the handheld.  entry has no refresh token.  PROBLEM_UNAUTHORIZED, the same and at the same cost for every reason;
 * PROBLEM_THROTTLED by person and handheld, and by handheld. */
struct problem *pin_sign_in(const struct gate *g, const struct handheld *h, const char *user_id, const char *pin, struct entry *entry) MUST_CHECK;

/* The person still works there: his sign-in lasts on, with a new access token.  token is the handheld's.  PROBLEM_UNAUTHORIZED when it
 * is not the one he signed in at, or the time is over. */
struct problem *pin_renew(const struct gate *g, const struct person *person, const char *token, struct entry *entry) MUST_CHECK;

#endif
