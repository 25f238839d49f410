/* back_fields.h -- how the fields of a record go back to what they were: shared by the taking back of an import and by
 * undo.  Private to the room. */
#ifndef BACK_FIELDS_H
#define BACK_FIELDS_H

#include "record/op.h"

/* A span goes back as a whole: an old start before an end that somebody mended since is a time that nobody said.  With
 * start and end goes the duration between them.  spared, by field: it stays as it is. */
void back_spare_spans(struct op *op, const bool *spared);

/* Whether one of so many is set; flags may be NULL. */
bool back_any(const bool *flags, size_t count);

#endif
