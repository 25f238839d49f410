/* person_export.h -- all that is one person's: their account, and in every space they are in the records that they own,
 * with the private fields, and the names of the files in those.  One JSON object, streamed with flat memory:
 *
 *   {"daybook":"person","at","account":{…},"sessions":[…],"tokens":[…],"devices":[…],"signIns":[…],
 *    "spaces":[{"id","kind","name","role","joinedAt","records":[…],"files":[{"sha256","type","size"}]}]}
 *
 * No password, no token and no hash of one is in it. */
#ifndef PERSON_EXPORT_H
#define PERSON_EXPORT_H

#include "backup/archive.h"

/* Write it for the person of the call. */
struct problem *person_export(const struct call *call, archive_sink sink, void *arg) MUST_CHECK;

#endif
