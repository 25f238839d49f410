/* multipart.h -- the parts of a body of multipart/form-data (RFC 7578), as forms send files. */
#ifndef MULTIPART_H
#define MULTIPART_H

#include "base/problem.h"

enum {
	MULTIPART_PARTS_MAX = 32,       /* of a body */
	MULTIPART_HEADER_MAX = 8 << 10, /* bytes of the headers of a part */
	MULTIPART_BOUNDARY_MAX = 70     /* bytes, by RFC 2046 */
};

struct multipart_part {
	const char *name, *filename; /* in a; NULL where the part has none */
	const char *bytes;           /* within the body */
	size_t length;
};

/* True when the Content-Type of a body says that it has parts. */
bool multipart_is(const char *content_type);

/* Read the parts of a body.  PROBLEM_MALFORMED for a body that does not follow the form to its closing boundary, that
 * has too many parts, or whose Content-Type names no boundary. */
struct problem *multipart_read(struct arena *a, const char *content_type, const char *body, size_t length,
    struct multipart_part parts[MULTIPART_PARTS_MAX], size_t *count) MUST_CHECK;

#endif
