/* file.h -- reading a small file whole. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

/* Read all of the file at path into room, which has size bytes; *length is how many were read.  No other copy is made,
 * so the caller can wipe a secret.  Returns 0, or an errno number: EFBIG for a file of more than size bytes. */
int file_read(const char *path, void *room, size_t size, size_t *length);

#endif
