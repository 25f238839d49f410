/* definition.h -- reading a definition: definition.c reads the members that the server uses, look.c those that only
 * screens use.  Private to these two. */
#ifndef DEFINITION_H
#define DEFINITION_H

#include "model/collection.h"

/* What is being read, for messages about mistakes. */
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

/* Read a text, which must not be empty; NULL when the member is absent. */
struct problem *get_text(struct reader *r, struct json_object *from, const char *key, bool required,
    const char **value) MUST_CHECK;

/* Read a boolean; *value is unchanged when the member is absent. */
struct problem *get_flag(struct reader *r, struct json_object *from, const char *key, bool *value) MUST_CHECK;

/* Read a list of texts, which may be absent but not empty. */
struct problem *get_texts(struct reader *r, struct json_object *from, const char *key, struct texts *texts) MUST_CHECK;

/* Read the members of a field that only screens use, after its other members: format, pair, sum, tone, past, with. */
struct problem *look_read_field(struct reader *r, struct json_object *from, struct field *f) MUST_CHECK;

/* Resolve those that name fields, after all fields are read: the title of the collection, the pair of each field. */
struct problem *look_link(struct reader *r, struct json_object *from, struct collection *c) MUST_CHECK;

#endif
