/* route.h -- what a row of the route table says about an endpoint.  The rows are in routes.c.
 *
 * A row is the contract of its endpoint.  It says who may ask, which body is read, and in `takes` which members that
 * body and which parameters the query may have.  `takes` is a table above the handler (member.h), with rows such as
 * BODY("name", TEXT, "what it is called", .required = "A name is needed.").  The request is checked by it before the
 * handler runs: what the table does not name is refused, and what it names has its type and its bounds.  Where a
 * definition says what a body or a query may have (records, filters), the table has "*".  Where the body is a file or a
 * list of rows, the table says nothing about the body, which has a reader of its own. */
#ifndef ROUTE_H
#define ROUTE_H

#include "host/turn.h"
#include "http/request.h"

/* Who may ask: which token is needed. */
enum access {
	ACCESS_PUBLIC,  /* no token needed; one that is sent is ignored */
	ACCESS_HANDHELD, /* the token of a shared handheld, and no other */
	ACCESS_SELF,    /* any sign-in, by PIN too; API tokens are refused with 403 */
	ACCESS_USER,    /* a sign-in by password or external issuer; API tokens and PINs are refused with 403, because
	                 * they act in a space and not for the account */
	ACCESS_ANY,     /* any sign-in or API token; no space is needed, but if the path names one, the person must be a
	                 * member of it */
	ACCESS_READ,    /* a member of the space, token scope read or more */
	ACCESS_WRITE,   /* a member of the space, scope write or more */
	ACCESS_ADMIN,   /* a member of the space, scope admin */
	ACCESS_COUNT
};

/* Which body is read. */
enum input {
	INPUT_NONE,     /* no body is read */
	INPUT_JSON,     /* an object */
	INPUT_OPTIONAL, /* an object, or no body at all */
	INPUT_RAW,      /* bytes, for the handler */
	INPUT_COUNT
};

/* A row of the route table. */
struct route {
	const char *method;
	const char *pattern;    /* "/api/:collection/:id" */
	enum access access;
	enum role role;         /* at least, in the space; the collection's own `may` can only raise it */
	bool again;             /* it only writes records, and the write reads who asks again (person_again) */
	bool by_ticket;         /* a file that a browser may fetch by a plain link, with a ticket (account/ticket.h) */
	enum input input;
	size_t body_max;        /* bytes; 0 = BODY_MAX */
	enum turn_class turns;  /* which turns it takes while it is answered */
	struct problem *(*run)(struct request *r);
	const struct member *takes; /* the members of its body and the parameters of its query: member.h */
	const char *what;       /* one line for people */
};

#endif
