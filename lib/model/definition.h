/* definition.h -- reading a definition: definition.c reads the words the server goes by, look.c those that only screens
 * go by.  Private to these two. */
#ifndef DEFINITION_H
#define DEFINITION_H

#include "model/collection.h"

/* Where reading is, for the mistakes it finds. */
struct reader {
	const struct rule *const *rules; /* all there are, NULL-ended */
	struct arena *life;
	const char *file;
	const char *field; /* being read, or NULL */
};

/* A mistake with its file and field. */
PRINTF_LIKE(2, 3)
struct problem *mistake(struct reader *r, const char *format, ...);

/* A problem of a value as a mistake of the definition; NULL stays NULL. */
struct problem *as_mistake(struct reader *r, struct problem *p);

/* A text that is not empty, NULL where there is none. */
struct problem *get_text(struct reader *r, struct json_object *from, const char *key, bool required,
    const char **value) MUST_CHECK;

/* True or false; value stays as it is where there is none. */
struct problem *get_flag(struct reader *r, struct json_object *from, const char *key, bool *value) MUST_CHECK;

/* A list of texts that may be missing, but not be empty. */
struct problem *get_texts(struct reader *r, struct json_object *from, const char *key, struct texts *texts) MUST_CHECK;

/* The words of look.c in a field whose other words have been read: format, pair, sum, tone, past. */
struct problem *look_read_field(struct reader *r, struct json_object *from, struct field *f) MUST_CHECK;

/* The words of look.c that name fields, once all fields have been read: title of the collection, pair of each field. */
struct problem *look_link(struct reader *r, struct json_object *from, const struct collection *c) MUST_CHECK;

#endif
