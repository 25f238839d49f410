/* fuzz_json.c -- arbitrary bytes for the JSON scanner.  json-c accepts what the scanner accepts, the canonical form of
 * a canonical form is the same and can be walked, and a problem is itself valid JSON. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static struct buf
write_canonical(struct arena *a, struct json_object *tree)
{
	struct buf b;

	buf_init(&b, a);
	json_canonical(&b, tree);
	return b;
}

/* The walkers see as many entries as json-c, and each value is a canonical text again. */
static void
walk(struct arena *a, const char *text, struct json_object *tree)
{
	struct json_slice key, value;
	struct json_object *part;
	const char *at = text;
	int count = 0;

	while (json_object_is_type(tree, json_type_object)
	    ? json_next_member(&at, &key, &value) : json_next_element(&at, &value)) {
		demand(json_parse(a, value.text, value.length, &part) == NULL);
		count++;
	}
	if (json_object_is_type(tree, json_type_object))
		demand(count == json_object_object_length(tree));
	if (json_object_is_type(tree, json_type_array))
		demand((size_t)count == json_object_array_length(tree));
}

static void
check_tree(struct arena *a, struct json_object *tree)
{
	struct buf once = write_canonical(a, tree), twice;
	struct json_object *again;

	demand(once.length == strlen(once.text));
	demand(json_parse(a, once.text, once.length, &again) == NULL);
	twice = write_canonical(a, again);
	demand(once.length == twice.length && memcmp(once.text, twice.text, once.length) == 0);
	walk(a, once.text, tree);
	if (json_object_is_type(tree, json_type_string))
		demand(strcmp(json_unquote(a, once.text), json_object_get_string(tree)) == 0);
}

static void
check_problem(struct arena *a, const struct problem *p)
{
	char *text = problem_json(a, p, "8f2c");
	struct json_object *tree;

	demand(p->kind == PROBLEM_MALFORMED);
	demand(json_parse_object(a, text, strlen(text), &tree) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *a = arena_new();
	char *exact = malloc(size); /* no byte behind the last */
	struct json_object *tree;
	struct problem *p;

	if (size > 0)
		memcpy(exact, bytes, size);
	p = json_parse(a, exact, size, &tree);
	if (p == NULL)
		check_tree(a, tree);
	else
		check_problem(a, p);
	demand(p != NULL || text_is_clean(exact, size));
	free(exact);
	arena_free(a);
	return 0;
}
