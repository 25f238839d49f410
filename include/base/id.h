/* id.h -- the form of ids: those of records, ops and devices, which clients choose, and the UUIDs that Daybook makes itself. */
#ifndef ID_H
#define ID_H

#include <stdbool.h>

enum {
	ID_BYTES_MAX = 64 /* of a record, op or device id */
};

/* True for 1–64 of [A-Za-z0-9._:@-], starting alphanumeric.  Op, device and record ids. */
bool id_valid(const char *id);

/* True for words that can be neither a record id nor a collection's name (import, export, history, …). */
bool id_reserved(const char *id);

/* Lower-case UUID text, the form of our user, space and session ids.  NULL is none. */
bool uuid_valid(const char *text);

#endif
