/* space_export.h -- a whole space as one file that an import reads back: an archive with its files (archive.h), or JSON
 * without them:
 *
 *   {"daybook":1,"space":{"id","name"},"seq":n,"epoch":"…","at":"…","records":[lines of an archive],
 *    "files":[{"sha256","type","size"}]}
 *
 * It is the space at one moment, whatever is written meanwhile, and is streamed with flat memory. */
#ifndef SPACE_EXPORT_H
#define SPACE_EXPORT_H

#include "backup/archive.h"

struct space_export {
	const struct call *call;
	const void *secret;          /* of the seal, as archive_begin takes it */
	size_t secret_size;
	bool json;
	archive_sink sink;
	void *arg;
};

/* Write all of it to the sink. */
struct problem *space_export(const struct space_export *export) MUST_CHECK;

/* An export in JSON, parsed, as the bytes of an archive that nobody has sealed: so there is one way to read both.
 * PROBLEM_INVALID says what it is not. */
struct problem *space_export_as_archive(struct arena *a, struct json_object *body, const char **bytes, size_t *size)
    MUST_CHECK;

#endif
