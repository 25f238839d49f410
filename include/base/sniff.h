/* sniff.h -- what a file is, by its first bytes and never by what somebody calls it.  Only kinds that people photograph or scan are
 * known: everything else, and above all what a browser would run (HTML, SVG, scripts), has no type and is not taken. */
#ifndef SNIFF_H
#define SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SNIFF_BYTES = 512 /* of the beginning that are looked at; a shorter file is looked at whole */
};

/* The media type of a file of size bytes that begins with these: "image/jpeg", "image/png", "image/webp", "image/heic", "image/heif",
 * "application/pdf"; or NULL.  length is SNIFF_BYTES or more, or the whole file. */
const char *sniff_type(const void *bytes, size_t length, int64_t size);

/* What names of such files end in, without a dot. */
const char *sniff_extension(const char *type);

/* True for what may be shown in a page; a PDF is only ever saved. */
bool sniff_is_image(const char *type);

#endif
