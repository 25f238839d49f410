/* route.h -- what a row of the route table says of an endpoint.  The rows are in routes.c. */
#ifndef ROUTE_H
#define ROUTE_H

#include "http/request.h"

enum access {
	ACCESS_PUBLIC,  /* no token needed; one that is sent is not looked at */
	ACCESS_HANDHELD, /* the token of a shared handheld, and no other */
	ACCESS_SELF,    /* any good sign-in, by PIN too; API tokens are refused with 403 */
	ACCESS_USER,    /* any good sign-in of one's own; API tokens and PINs are refused with 403: they act in a space, not for the account */
	ACCESS_ANY,     /* any good sign-in or API token, in no space; one that the path names must be theirs */
	ACCESS_READ,    /* a member of the space, token scope read or more */
	ACCESS_WRITE,   /* a member of the space, scope write or more */
	ACCESS_ADMIN,   /* a member of the space, scope admin */
	ACCESS_COUNT
};

enum input {
	INPUT_NONE,     /* no body is read */
	INPUT_JSON,     /* an object */
	INPUT_OPTIONAL, /* an object, or no body at all */
	INPUT_RAW,      /* bytes, for the handler */
	INPUT_COUNT
};

struct route {
	const char *method;
	const char *pattern;    /* "/api/:collection/:id" */
	enum access access;
	enum role role;         /* at least, in the space; the collection's own `may` can only raise it */
	enum input input;
	size_t body_max;        /* 0 = BODY_MAX */
	struct problem *(*run)(struct request *r);
	const char *what;       /* one line for people */
};

#endif
