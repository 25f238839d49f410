/* unicode.h -- what Unicode says about characters: normal forms, lower case, and which ones nobody sees.  The texts are
 * UTF-8 that ends with a NUL. */
#ifndef UNICODE_H
#define UNICODE_H

#include <stdbool.h>

#include "base/arena.h"

/* text in lower case and in the normal form NFC (UAX #15), in a.  Two texts that look the same but for their case give
 * the same one.  Text that is not UTF-8 is copied as it is. */
char *unicode_lower(struct arena *a, const char *text);

/* text in the normal form NFD: an accent follows its letter. */
char *unicode_decomposed(struct arena *a, const char *text);

/* A control character or a line break. */
bool unicode_is_control(unsigned point);

/* Whitespace or an invisible character: two texts that differ only in these look the same. */
bool unicode_is_blank(unsigned point);

/* text without blanks and control characters at its ends, in a.  It is valid UTF-8. */
char *unicode_trimmed(struct arena *a, const char *text);

#endif
