/* id.h -- the form of ids: those of records, ops and devices, which clients choose, and the UUIDs that Daybook makes
 * itself.  schema/PROTOCOL.md 1. */
#ifndef ID_H
#define ID_H

#include <stdbool.h>

#include "base/arena.h"

enum {
	ID_BYTES_MAX = 64, /* of a record, op or device id */
	UUID_BYTES = 16
};

/* True for 1–64 of [A-Za-z0-9._:@-], the first alphanumeric: the ids of records, ops and devices. */
bool id_valid(const char *id);

/* True for words that can be neither a record id nor a collection's name (import, export, history, …). */
bool id_reserved(const char *id);

/* True for a UUID in lower case, the form of the ids of users, spaces and sessions.  False for NULL. */
bool uuid_valid(const char *text);

/* The 16 bytes of such a UUID.  False, and bytes are as they were, for any other text. */
bool uuid_pack(const char *text, unsigned char bytes[UUID_BYTES]);

/* The UUID of 16 bytes, in lower case.  text needs UUID_TEXT_SIZE bytes (base/crypto.h). */
void uuid_unpack(const unsigned char bytes[UUID_BYTES], char *text);
char *uuid_text(struct arena *a, const unsigned char bytes[UUID_BYTES]);

#endif
