/* file.h -- reading a small file whole. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

/* Read all of the file at path into room, which has size bytes; *length is how many there were.  Nothing is kept
 * elsewhere, so that a caller can wipe a secret.  0, or the number of the system's error: EFBIG for a file of more than
 * size bytes. */
int file_read(const char *path, void *room, size_t size, size_t *length);

#endif
