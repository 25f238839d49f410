/* receipt_needs.c -- reads the lists of categories in the settings of a space. */
#include "expenses/receipt_needs.h"

#include "base/json.h"
#include "record/space.h"

enum {
	CATEGORIES_MAX = 100 /* as many as a list has */
};

/* A list of the settings, or this one category where it is empty; NULL for none. */
static struct problem *
read_list(const struct call *call, const char *field, const char *usual, struct texts *texts)
{
	struct arena *a = call->a;
	struct json_slice element;
	struct problem *p;
	const char *list, **all = arena_alloc(a, CATEGORIES_MAX * sizeof *all);

	*texts = (struct texts){ .all = all };
	if ((p = space_setting(call, field, &list)) != NULL)
		return p;
	while (list != NULL && texts->count < CATEGORIES_MAX && json_next_element(&list, &element))
		all[texts->count++] = value_plain(a, arena_strndup(a, element.text, element.length));
	if (texts->count == 0 && usual != NULL)
		all[texts->count++] = usual;
	return NULL;
}

struct problem *
receipt_needs_read(const struct call *call, struct receipt_needs *needs)
{
	struct problem *p;

	if ((p = read_list(call, "needDescription", "Other", &needs->description)) != NULL ||
	    (p = read_list(call, "needFile", NULL, &needs->file)) != NULL)
		return p;
	return read_list(call, "notReimbursed", "EES", &needs->not_reimbursed);
}
