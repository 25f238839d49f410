/* seal.h -- sealed backups: an archive that only who has a secret key can read.  The server knows the public key alone.
 *
 * A sealed file is:
 *
 *   DAYBOOK-SEALED-1 and LF
 *   32 bytes   the public key
 *   80 bytes   a key of this file, in a box for the public key (box_close)
 *   24 bytes   the header of a stream under that key
 *   pieces     each a length (4 bytes, the highest first) and so many bytes: a piece of the archive, closed.  Pieces
 *              are of SEAL_PIECE bytes before they are closed; the last one may be shorter, but is not empty
 *   4 bytes    zeros: no further piece
 *   32 bytes   SHA-256 of everything before it
 *
 * So everybody can check that a sealed file is as it was written, and what is in it can be checked with the secret key.
 * A key file is {"format":"daybook-key-1","space","publicKey","secretKey"}: a name for people, and keys in base64url.
 * www/backup/seal.js makes keys and reads the same. */
#ifndef SEAL_H
#define SEAL_H

#include "backup/archive.h"

enum {
	SEAL_PIECE = 512 << 10,
	SEAL_KEY_FILE_MAX = 16 << 10
};

struct seal_keys {
	unsigned char public[BOX_KEY_SIZE], secret[BOX_KEY_SIZE];
};

/* Whether text is a public key in base64url; key is set to it. */
bool seal_public(const char *text, unsigned char key[BOX_KEY_SIZE]);

/* Read a key file.  PROBLEM_INVALID for anything else, or for keys that do not belong together. */
struct problem *seal_keys_read(struct arena *a, const char *text, size_t length, struct seal_keys *keys) MUST_CHECK;

/* ---- sealing ---- */

struct sealer;

/* Begin a sealed file.  sealer_add is an archive_sink whose argument is the sealer: what is written to it is sealed and
 * goes on to sink, at most SEAL_PIECE bytes later. */
struct problem *sealer_begin(struct arena *a, const unsigned char public[BOX_KEY_SIZE], archive_sink sink, void *arg,
    struct sealer **sealer) MUST_CHECK;
struct problem *sealer_add(void *sealer, const void *bytes, size_t size) MUST_CHECK;

/* Write the last piece and the end.  *bytes and sha256 are those of the whole sealed file. */
struct problem *sealer_end(struct sealer *sealer, int64_t *bytes, unsigned char sha256[SHA256_SIZE]) MUST_CHECK;

/* ---- reading ---- */

enum {
	SEAL_MAGIC_SIZE = 17
};

/* Whether a file that begins with these bytes is a sealed one. */
bool seal_begins(const void *bytes, size_t size);

/* Read a sealed file without its secret key, and check that it is as it was written.  PROBLEM_INVALID names the piece
 * where that is known.  *bytes and sha256 are those of the whole file, and public is the key that it is sealed to. */
struct problem *seal_check(struct arena *a, archive_source source, void *arg, unsigned char public[BOX_KEY_SIZE],
    int64_t *bytes, unsigned char sha256[SHA256_SIZE]) MUST_CHECK;

struct opener;

/* Begin to read a sealed file with its secret key.  opener_read is an archive_source whose argument is the opener: it
 * gives the archive, and gives its end only if the whole file is as it was written. */
struct problem *opener_begin(struct arena *a, const struct seal_keys *keys, archive_source source, void *arg,
    struct opener **opener) MUST_CHECK;
struct problem *opener_read(void *opener, void *room, size_t size, size_t *got) MUST_CHECK;

#endif
