/* fuzz_foreign.c -- arbitrary JSON as the backup of another program (backup/foreign.h), with the definitions that
 * Daybook comes with.  The first byte chooses the order of its dates.  It is read or refused, the same way each time,
 * and what is read are values that can be stored. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backup/foreign.h"
#include "base/id.h"
#include "base/json.h"
#include "base/sniff.h"
#include "base/text.h"
#include "rules/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static const struct collections *
shipped(void)
{
	static const struct collections *set;
	static struct arena *life;

	if (set == NULL) {
		life = arena_new();
		demand(collections_load(life, "schema/collections", rules, &set) == NULL);
	}
	return set;
}

static void
check_record(struct arena *a, const struct foreign_record *r)
{
	struct json_object *value;

	demand(r->id != NULL && id_valid(r->id));
	for (size_t i = 0; i < r->collection->field_count; i++)
		if (r->values[i] != NULL) {
			demand(r->touched[i]);
			demand(json_parse(a, r->values[i], strlen(r->values[i]), &value) == NULL);
		}
}

static void
check_file(const struct foreign_file *f)
{
	demand(strlen(f->name) == 64 && f->size <= FOREIGN_PHOTO_MAX);
	demand(sniff_type(f->bytes, f->size, (int64_t)f->size) != NULL);
}

/* What is said of it, as the answer has it. */
static const char *
check_notes(struct arena *a, const struct foreign *f)
{
	struct json_object *tree;
	struct json_out put;
	struct buf said;

	demand(f->note_count <= FOREIGN_NOTES_MAX);
	buf_init(&said, a);
	json_out_start(&put, &said);
	put_object(&put, NULL);
	foreign_put(&put, f);
	put_end(&put);
	demand(json_parse_object(a, said.text, said.length, &tree) == NULL);
	return said.text;
}

/* NULL where it is refused. */
static const char *
read_once(struct arena *a, const char *text, size_t length, enum date_order dates)
{
	const struct foreign_options options = { .zone = "America/New_York", .dates = dates };
	struct foreign *f = arena_alloc(a, sizeof *f);
	struct json_object *tree;
	struct problem *p;

	if (json_parse_object(a, text, length, &tree) != NULL || !foreign_is(tree))
		return NULL;
	if ((p = foreign_read(a, shipped(), tree, &options, f)) != NULL) {
		demand(p->kind == PROBLEM_INVALID || p->kind == PROBLEM_TOO_LARGE || p->kind == PROBLEM_MALFORMED);
		return NULL;
	}
	for (size_t i = 0; i < f->record_count; i++)
		check_record(a, &f->records[i]);
	for (size_t i = 0; i < f->file_count; i++)
		check_file(&f->files[i]);
	return check_notes(a, f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *first, *second;
	enum date_order dates;
	struct arena *a;

	if (size == 0)
		return 0;
	a = arena_new();
	dates = bytes[0] % DATES_COUNT;
	first = read_once(a, (const char *)bytes + 1, size - 1, dates);
	second = read_once(a, (const char *)bytes + 1, size - 1, dates);
	demand(first == NULL ? second == NULL : second != NULL && strcmp(first, second) == 0);
	arena_free(a);
	return 0;
}
