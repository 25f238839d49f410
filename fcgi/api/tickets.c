/* tickets.c -- a browser fetches a file by a plain link: it asks for a ticket first, and gets it as a cookie. */
#include <string.h>

#include "account/ticket.h"
#include "api/api.h"
#include "http/member.h"
#include "http/origin.h"
#include "http/reply.h"
#include "http/ticket.h"

enum { PATH_MOST = 200 };

const struct member auth_ticket_takes[] = {
	BODY("path", TEXT, "of the file: /api/spaces/ID/backups/ID", .max = PATH_MOST,
	  .required = "path says which file is fetched."),
	MEMBERS_END
};

/* It becomes a part of a header. */
static bool
is_plain(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-";

	return strncmp(path, "/api/", sizeof "/api/" - 1) == 0 && path[strspn(path, plain)] == '\0';
}

/* POST /api/auth/ticket {"path"} -- only for that path; whether there is such a file, and for whom, is found out when
 * it is fetched. */
struct problem *
auth_ticket(struct request *r)
{
	const char *path = given_text(r, "path");

	if (!is_plain(path))
		return problem_at(r->a, PROBLEM_INVALID, "path", "path is that of a file below /api/.");
	if (r->person.session_id == NULL || !origin_is_ours(r))
		return problem_new(r->a, PROBLEM_FORBIDDEN,
		    "Tickets are for pages of this site; other programs send \"Authorization: Bearer …\".");
	ticket_send(r, ticket_make(r->worker->ring, r->a, &r->person, path), path, TICKET_SECONDS);
	reply_nothing(r);
	return NULL;
}
