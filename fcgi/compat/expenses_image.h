/* expenses_image.h -- images on the wire of the expenses API: bytes as base64, data: URLs, and the addresses of images
 * that were uploaded. */
#ifndef COMPAT_EXPENSES_IMAGE_H
#define COMPAT_EXPENSES_IMAGE_H

#include "compat/expenses.h"
#include "record/file.h"

/* Store bytes as a file of the person; file says its name, type and size.  Problems as those of upload_take. */
struct problem *image_store(struct request *r, const char *bytes, size_t length, struct file *file) MUST_CHECK;

/* The name of the file that an address means: one of an uploaded image, or a data: URL, which is stored.  NULL for an
 * empty one; PROBLEM_INVALID for any other address. */
struct problem *image_of_uri(struct request *r, const char *uri, const char **name) MUST_CHECK;

/* The address of a file; type may be NULL. */
const char *image_uri(struct arena *a, const char *name, const char *type);

/* The bytes of base64, with or without a data: URL around it; NULL when it is none. */
const char *image_decode(struct arena *a, const char *text, size_t *length);

/* A small file as a data: URL, a large one as its address; NULL for one that the person may not read. */
struct problem *image_data_url(struct request *r, const char *name, const char **url) MUST_CHECK;

#endif
