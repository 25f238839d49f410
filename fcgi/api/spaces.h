/* spaces.h -- how a list of spaces looks on the wire: in GET /api/spaces and in GET /api/auth/me. */
#ifndef SPACES_H
#define SPACES_H

#include "account/session.h"
#include "http/request.h"

/* Append one space as an object. */
void space_write(struct buf *b, struct arena *a, const struct space_row *space);

/* Append "spaces":[…] to b: those of the caller that his token enters. */
struct problem *spaces_write(struct request *r, struct buf *b) MUST_CHECK;

#endif
