/* pin.h -- a PIN for each person and team, and signing in with it on a shared handheld.
 *
 * A PIN is not a password: it is valid only together with a handheld's token and for one space, and it gives access to
 * the work there, not to the account (policy.h).  A sign-in on a handheld ends the one before.  It lasts for
 * pin_idle_minutes from its last renewal and for PIN_HOURS_MAX altogether.  The app renews it only while somebody uses
 * the device; syncing does not renew it.  There is no refresh token: a page that was closed asks for the PIN again. */
#ifndef PIN_H
#define PIN_H

#include "model/call.h"
#include "team/handheld.h"

enum {
	PIN_DIGITS_MIN = 4,
	PIN_DIGITS_MAX = 8,
	PIN_HOURS_MAX = 16
};

/* PROBLEM_REQUIRED at "pin" when it is NULL; PROBLEM_INVALID unless it is 4 to 8 digits and not what a guesser tries
 * first: one digit repeated, consecutive digits up or down, a short group repeated, the middle column of the keypad. */
struct problem *pin_check(struct arena *a, const char *pin) MUST_CHECK;

/* Set or change the person's own PIN in their space.  The password is checked if they have one (account_prove), and
 * sign-ins with the former PIN end.  PROBLEM_FORBIDDEN in a personal space, with an API token, and after a sign-in by
 * PIN. */
struct problem *pin_set(const struct gate *g, const struct person *person, const char *pin,
    const char *password) MUST_CHECK;

/* Remove the PIN of a user in the space of the call, and end the sign-ins made with it.  Which role may do that for
 * another is in the route table.  PROBLEM_NOT_FOUND when there is none. */
struct problem *pin_remove(const struct call *call, const char *user_id) MUST_CHECK;

/* A person with a PIN. */
struct pin_row {
	const char *user_id, *name;
	int64_t changed_at;
};

/* The members of a space who have a PIN and can sign in, by name. */
struct problem *pins_list(struct db *db, struct arena *a, const char *space_id, struct pin_row **pins,
    size_t *count) MUST_CHECK;

/* When the person's own PIN was set; 0 when they have none. */
struct problem *pin_read(const struct call *call, int64_t *changed_at) MUST_CHECK;

/* "AB" for "Anna von Berg": the first letters of the first and the last word, unchanged, in a; "" for a blank name. */
const char *initials(struct arena *a, const char *name);

/* Sign in on the handheld.  entry has no refresh token.  PROBLEM_UNAUTHORIZED, the same and at the same cost for every
 * reason.  PROBLEM_THROTTLED counts the person on this handheld, and the handheld (throttle_init_pin). */
struct problem *pin_sign_in(const struct gate *g, const struct handheld *h, const char *user_id, const char *pin,
    struct entry *entry) MUST_CHECK;

/* Renew the person's sign-in by PIN: it lasts longer, and entry gets a new access token.  token is the handheld's.
 * PROBLEM_UNAUTHORIZED when it is not the handheld they signed in on, or the sign-in has expired. */
struct problem *pin_renew(const struct gate *g, const struct person *person, const char *token,
    struct entry *entry) MUST_CHECK;

#endif
