/* ticket.c -- the cookie of a ticket. */
#include "http/ticket.h"

#include "http/origin.h"
#include "http/route.h"

#define COOKIE_NAME "daybook_ticket"

const char *
ticket_path(struct request *r)
{
	if (r->space == NULL)
		return r->path;
	return arena_printf(r->a, "/api/spaces/%s%s", r->space, r->path + sizeof "/api" - 1);
}

const char *
ticket_shown(struct request *r)
{
	return r->route->by_ticket && !origin_is_foreign(r) ? cookie_value(r, COOKIE_NAME) : NULL;
}

void
ticket_send(struct request *r, const char *ticket, const char *path, int64_t seconds)
{
	cookie_send(r, COOKIE_NAME, ticket, path, "Strict", seconds);
}
