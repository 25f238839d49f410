/* ticket.c -- "USER.SESSION.SECONDS.SEAL".  SECONDS is when it ends; the seal is of what is before it and of the path.
 */
#include "account/ticket.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/text.h"

static const char purpose[] = "tickets";

static const char *
sealed_text(struct arena *a, const char *said, size_t length, const char *path)
{
	return arena_printf(a, "%.*s %s", (int)length, said, path);
}

const char *
ticket_make(const struct token_ring *ring, struct arena *a, const struct person *person, const char *path)
{
	unsigned char seal[SHA256_SIZE];
	const char *said = arena_printf(a, "%s.%s.%" PRId64, person->user_id, person->session_id,
	    instant_now() / 1000 + TICKET_SECONDS);
	const char *text = sealed_text(a, said, strlen(said), path);

	token_seal(ring, purpose, text, strlen(text), seal);
	return arena_printf(a, "%s.%s", said, base64url_text(a, seal, sizeof seal));
}

static bool
seal_fits(const struct token_ring *ring, struct arena *a, const char *ticket, const char *dot, const char *path)
{
	const char *text = sealed_text(a, ticket, (size_t)(dot - ticket), path);
	const unsigned char *seal;
	size_t size;

	seal = base64url_parse(a, dot + 1, strlen(dot + 1), &size);
	return seal != NULL && size == SHA256_SIZE && token_seal_fits(ring, purpose, text, strlen(text), seal);
}

/* One part, up to its dot. */
static const char *
take_part(struct arena *a, const char **at)
{
	size_t length = strcspn(*at, ".");
	const char *part = arena_strndup(a, *at, length);

	*at += length;
	*at += **at == '.';
	return part;
}

struct problem *
person_of_ticket(struct db *db, struct arena *a, const struct token_ring *ring, const char *ticket, const char *path,
    const char *space, struct person *person)
{
	const char *dot = strrchr(ticket, '.'), *at = ticket;
	struct claims claims = { .issuer = NULL };
	int64_t ends = 0;

	if (dot == NULL || !seal_fits(ring, a, ticket, dot, path))
		return sign_in_again(a, "the ticket is not one for this path");
	claims.subject = take_part(a, &at);
	claims.session = take_part(a, &at);
	if (!text_take_number(&at, &ends) || ends <= instant_now() / 1000)
		return sign_in_again(a, "the ticket is over");
	return person_of_session(db, a, &claims, space, person);
}
