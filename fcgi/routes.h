/* routes.h -- the whole API: one table, one row an endpoint. */
#ifndef ROUTES_H
#define ROUTES_H

#include "http/route.h"

extern const char *const access_names[ACCESS_COUNT]; /* "public", "handheld" … "admin" */
extern const char *const input_names[INPUT_COUNT];   /* "none", "json", "optional", "raw" */

extern const struct route routes[];
extern const size_t route_count;

/* Find the route of r and its parameters: 404, 405 with allow.  "/api/spaces/:space" in front of a route of a space is taken off
 * r->path and kept in r->space; a pattern that names :space itself means that one. */
struct problem *route_find(struct request *r) MUST_CHECK;

/* ctl_routes.c: print the table.  A command of daybookctl as ctl/ctl.h has them. */
int ctl_routes(struct worker *w, int argc, char **argv);

#endif
