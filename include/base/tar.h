/* tar.h -- archives of plain files (POSIX ustar), written and read in one order without looking back.  There is only
 * one way to write each header, so one that is not exactly as tar_header makes it is refused: no byte of an archive can
 * change unseen. */
#ifndef TAR_H
#define TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TAR_BLOCK = 512,
	TAR_END = 2 * TAR_BLOCK,     /* zero bytes after the last member */
	TAR_NAME_MAX = 99            /* bytes */
};

/* The header of a member: an ordinary file, mode 0644, of user and group 0, changed at `seconds` of Unix time. */
void tar_header(unsigned char block[TAR_BLOCK], const char *name, int64_t size, int64_t seconds);

/* Read a header.  False unless it is byte by byte what tar_header makes of the name, size and time in it. */
bool tar_read(const unsigned char block[TAR_BLOCK], char name[TAR_NAME_MAX + 1], int64_t *size, int64_t *seconds);

/* How many zero bytes follow so many bytes of content. */
size_t tar_padding(int64_t size);

#endif
