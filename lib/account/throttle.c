/* throttle.c -- counts failures and makes guessing slow.  A failure is counted only after the password was found wrong.
 * Waits are measured by the database's clock, the one clock that all hosts share. */
#include "account/throttle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "store/statement.h"

/* The hash of kind, account and network, each ended by a NUL, so that no text can run into the next. */
static void
hash_subject(const char *kind, const char *account, const char *network, unsigned char subject[SHA256_SIZE])
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, kind, strlen(kind) + 1);
	sha256_add(&h, account, strlen(account) + 1);
	sha256_add(&h, network, strlen(network) + 1);
	sha256_end(&h, subject);
}

void
throttle_init(struct throttle *t, const char *account, const char *network)
{
	if (network == NULL)
		network = "";
	hash_subject("network", "", network, t->network);
	t->account_free = THROTTLE_ACCOUNT_FREE;
	t->network_free = THROTTLE_NETWORK_FREE;
	if (account != NULL)
		hash_subject("account", account, network, t->account);
	else
		memcpy(t->account, t->network, sizeof(t->account));
}

void
throttle_init_sign_up(struct throttle *t, const char *network, int64_t free)
{
	throttle_init(t, NULL, network);
	hash_subject("sign-up", "", network != NULL ? network : "", t->account);
	t->account_free = free;
}

void
throttle_init_pin(struct throttle *t, const char *handheld, const char *user)
{
	char day[24];

	snprintf(day, sizeof day, "%" PRId64, instant_now() / 86400000);
	hash_subject("pin", user, handheld, t->account);
	hash_subject("handheld", day, handheld, t->network);
	t->account_free = THROTTLE_ACCOUNT_FREE;
	t->network_free = THROTTLE_NETWORK_FREE;
}

void
throttle_init_refresh(struct throttle *t, const char *session)
{
	hash_subject("refresh", session, "", t->network);
	memcpy(t->account, t->network, sizeof(t->account));
	t->account_free = t->network_free = THROTTLE_ACCOUNT_FREE;
}

int
throttle_delay(int64_t failures, int64_t free)
{
	int64_t beyond = failures - free;

	if (beyond < 0)
		return 0;
	if (beyond >= 10) /* 2^10 is more than the longest wait */
		return THROTTLE_LONGEST;
	return 1 << beyond < THROTTLE_LONGEST ? 1 << beyond : THROTTLE_LONGEST;
}

static bool
account_counts(const struct throttle *t)
{
	return memcmp(t->account, t->network, sizeof(t->account)) != 0;
}

struct problem *
throttle_check(struct db *db, struct arena *a, const struct throttle *t)
{
	struct problem *p;
	struct rows *rows;
	int64_t wait = 0; /* milliseconds */

	p = db_run(db, a, SQL(THROTTLE_READ),
	    VALUES(value_bytes(t->account, sizeof(t->account)), value_bytes(t->network, sizeof(t->network))), &rows);
	if (p != NULL)
		return p;

	for (size_t i = 0; i < rows->count; i++) {
		bool network = memcmp(row_cell(rows, i, THROTTLE_SUBJECT)->bytes, t->network, sizeof(t->network)) == 0;
		int64_t delay = throttle_delay(row_integer(rows, i, THROTTLE_FAILURES),
		    network ? t->network_free : t->account_free);
		int64_t age = row_integer(rows, i, THROTTLE_MILLISECONDS), left = delay * 1000 - age;

		/* A clock that was set back makes ages negative: nobody waits for it. */
		if (age >= 0 && left > wait)
			wait = left;
	}
	if (wait <= 0)
		return NULL;

	p = problem_new(a, PROBLEM_THROTTLED, "Too many attempts; please wait a little.");
	p->retry_after = (int)((wait + 999) / 1000);
	return p;
}

struct problem *
throttle_failed(struct db *db, struct arena *a, const struct throttle *t)
{
	struct problem *p;

	if (account_counts(t)) {
		p = db_run(db, a, SQL(THROTTLE_FAILED), VALUES(value_bytes(t->account, sizeof(t->account))), NULL);
		if (p != NULL)
			return p;
	}
	return db_run(db, a, SQL(THROTTLE_FAILED), VALUES(value_bytes(t->network, sizeof(t->network))), NULL);
}

struct problem *
throttle_signed_up(struct db *db, struct arena *a, const struct throttle *t)
{
	return db_run(db, a, SQL(THROTTLE_FAILED), VALUES(value_bytes(t->account, sizeof(t->account))), NULL);
}

struct problem *
throttle_passed(struct db *db, struct arena *a, const struct throttle *t)
{
	if (!account_counts(t))
		return NULL;
	return db_run(db, a, SQL(THROTTLE_PASSED), VALUES(value_bytes(t->account, sizeof(t->account))), NULL);
}
