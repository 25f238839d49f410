/* sniff.h -- the media type of a file, by its first bytes and never by its name.  Only photos and scans are known.
 * Everything else is refused, above all what a browser would execute: HTML, SVG, scripts. */
#ifndef SNIFF_H
#define SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SNIFF_BYTES = 512 /* at the beginning that are looked at */
};

/* The media type of a file of size bytes that begins with bytes: "image/jpeg", "image/png", "image/webp", "image/heic",
 * "image/heif" or "application/pdf"; or NULL.  length is at least SNIFF_BYTES, or the whole file. */
const char *sniff_type(const void *bytes, size_t length, int64_t size);

/* The usual ending of a file name for this type, without a dot. */
const char *sniff_extension(const char *type);

/* True for a type that a page may show; a PDF is only saved. */
bool sniff_is_image(const char *type);

#endif
