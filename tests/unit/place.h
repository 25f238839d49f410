/* place.h -- where a test program keeps files. */
#ifndef PLACE_H
#define PLACE_H

#include <stddef.h>

/* Put into path the template of a folder or file that mkdtemp or mkstemp makes: under TMPDIR, or under /tmp where that
 * is not set or would not fit.  Returns path; the program removes what it made. */
char *place_of(const char *name, char *path, size_t size);

#endif
