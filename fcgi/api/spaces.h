/* spaces.h -- spaces as JSON, for GET /api/spaces and GET /api/auth/me. */
#ifndef SPACES_H
#define SPACES_H

#include "account/session.h"
#include "http/request.h"

/* Put one space as an object, or its members into an object that is open. */
void space_put_members(struct json_out *out, const struct space_row *space);
void space_put(struct json_out *out, const char *name, const struct space_row *space);

/* Put "spaces":[…]: those of the caller that their token enters. */
struct problem *spaces_put(struct request *r, struct json_out *out) MUST_CHECK;

#endif
