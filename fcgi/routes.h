/* routes.h -- the whole API: one table, one row for each endpoint. */
#ifndef ROUTES_H
#define ROUTES_H

#include "http/route.h"

extern const char *const access_names[ACCESS_COUNT]; /* "public", "handheld" … "admin" */
extern const char *const input_names[INPUT_COUNT];   /* "none", "json", "optional", "raw" */

extern const struct route routes[];
extern const size_t route_count;

/* Find the route of r->path and set route, params, collection and record_id: 404, or 405 with Allow.  For a route of a
 * space, "/api/spaces/:space" is removed from the front of r->path, and r->space is that space. */
struct problem *route_find(struct request *r) MUST_CHECK;

/* ctl_routes.c: print the table.  A command of daybookctl, of the shape that ctl/ctl.h describes. */
int ctl_routes(struct worker *w, int argc, char **argv);

#endif
