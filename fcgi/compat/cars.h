/* cars.h -- shared by the files of the package-car API. */
#ifndef COMPAT_CARS_H
#define COMPAT_CARS_H

#include "http/member.h"

/* The format of its errors, and what a preflight allows. */
extern const struct dialect cars_dialect;

/* The collection of that name.  PROBLEM_NOT_FOUND when the definitions have none. */
struct problem *compat_collection(struct request *r, const char *name, const struct collection **c) MUST_CHECK;

/* Answer {"error": words} with this status, for errors that only that API has.  Always NULL. */
struct problem *compat_say(struct request *r, int status, const char *words);

/* Answer {"success":true}.  Always NULL. */
struct problem *compat_succeed(struct request *r);

/* Put a time in that API's format, "2026-11-21 08:34:00" in UTC, or null.  sql is an instant as SQL has it. */
void compat_put_time(struct json_out *out, const char *name, const char *sql);

#endif
