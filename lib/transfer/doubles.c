/* doubles.c -- notices rows that were imported before and were read in another way then: in another zone, with another
 * column.  Their values differ now, so their ids do, and they would be there twice.  The record of an import keeps the
 * smallest hashes of its rows, however they were read; a row of a later file is compared with them.  Rows that were
 * read in the same way need no notice: they have the same ids. */
#include "work.h"

#include <string.h>

#include "base/json_out.h"
#include "store/statement.h"

enum {
	IMPORTS_MAX = 100 /* the latest of a person into a collection */
};

/* An earlier import. */
struct former {
	struct intake_doubles told;
	size_t rows, sampled;        /* all of its rows; those in its sample */
	size_t hits;                 /* of these, in this file */
};

struct doubles {
	struct seen marks;           /* of hashes in hex, to the number of the import, from 1 */
	struct former all[IMPORTS_MAX];
	size_t count;
};

static void
mark(struct doubles *d, struct arena *a, const char *sample)
{
	struct former *f = &d->all[d->count];
	struct json_slice element;

	while (json_next_element(&sample, &element)) {
		struct seen_entry *entry = seen_entry(&d->marks, arena_strndup(a, element.text, element.length));

		f->sampled++;
		if (entry->count == 0)
			entry->count = (uint32_t)d->count + 1;
	}
}

static void
add(struct work *w, struct doubles *d, const struct rows *rows, size_t i)
{
	struct arena *a = w->call->a;
	const char *doc = row_text(rows, i, FORMER_DOC), *reading = json_quoted(a, w->options->reading);
	const char *const *values = (const char *const *)values_parse(a, w->imports, doc, NULL);
	const char *sample = value_named(w->imports, values, "sample"), *at = value_named(w->imports, values, "at");
	const struct field *count = collection_field(w->imports, "rows");

	if (sample == NULL || value_equal(value_named(w->imports, values, "reading"), reading))
		return;
	d->all[d->count] = (struct former){
		.told = {
			.import = arena_strdup(a, row_text(rows, i, FORMER_ID)),
			.file = value_plain(a, value_named(w->imports, values, "file")),
			.at = at == NULL ? "null" : at,
		},
		.rows = (size_t)value_scaled(count, values[count->index]),
	};
	mark(d, a, sample);
	d->count++;
}

struct problem *
doubles_load(struct work *w)
{
	const struct person *person = w->call->person;
	struct problem *p;
	struct rows *rows;

	if (w->imports == NULL || w->options->reading == NULL || w->options->anyway || w->written_to > 0)
		return NULL;
	p = db_run(w->call->db, w->call->a, SQL(IMPORTS_FORMER),
	    VALUES(value_id(person->space_id), value_text(w->imports->name), value_id(person->user_id),
	        value_text(w->c->name)), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	w->doubles = arena_alloc(w->call->a, sizeof *w->doubles);
	seen_start(&w->doubles->marks, w->call->a);
	for (size_t i = 0; i < rows->count && w->doubles->count < IMPORTS_MAX; i++)
		add(w, w->doubles, rows, i);
	return NULL;
}

static const char *
hash_json(const unsigned char hash[IMPORT_HASH_SIZE], char text[2 * IMPORT_HASH_SIZE + 3])
{
	static const char digits[] = "0123456789abcdef";
	char *at = text;

	*at++ = '"';
	for (size_t i = 0; i < IMPORT_HASH_SIZE; i++) {
		*at++ = digits[hash[i] >> 4];
		*at++ = digits[hash[i] & 15];
	}
	*at++ = '"';
	*at = '\0';
	return text;
}

void
doubles_meet(struct work *w, const struct import_row *row)
{
	char text[2 * IMPORT_HASH_SIZE + 3];
	const struct seen_entry *entry =
	    w->doubles == NULL ? NULL : seen_find(&w->doubles->marks, hash_json(row->hash, text));

	if (entry != NULL)
		w->doubles->all[entry->count - 1].hits++;
}

/* The sample is of a part of a long file: the rest has as many in proportion. */
static size_t
estimate(const struct former *f)
{
	if (f->sampled < SAMPLE_MAX || f->rows < f->sampled)
		return f->hits;
	return f->hits * f->rows / f->sampled;
}

void
doubles_tell(struct work *w)
{
	const struct former *most = NULL;

	for (size_t i = 0; w->doubles != NULL && i < w->doubles->count; i++)
		if (w->doubles->all[i].hits > (most == NULL ? 0 : most->hits))
			most = &w->doubles->all[i];
	if (most == NULL)
		return;
	w->report->doubles = most->told;
	w->report->doubles.rows = estimate(most) < w->report->rows ? estimate(most) : w->report->rows;
}

struct problem *
doubles_refuse(struct work *w)
{
	const struct intake_doubles *d = &w->report->doubles;

	if (d->import == NULL)
		return NULL;
	return report_with(w, problem_new(w->call->a, PROBLEM_DOUBLED,
	    "%zu row%s of this file came with an earlier import, which read %s in another way; nothing was imported "
	    "now. Take that import back first, or say anyway=1 to have both.", d->rows, d->rows == 1 ? "" : "s",
	    d->rows == 1 ? "it" : "them"));
}

/* ---- the sample ---- */

void
sample_add(struct sample *sample, const unsigned char hash[IMPORT_HASH_SIZE])
{
	size_t at = sample->count;
	int order = 1;

	while (at > 0 && (order = memcmp(hash, sample->hashes[at - 1], IMPORT_HASH_SIZE)) < 0)
		at--;
	if (order == 0 || at == SAMPLE_MAX)
		return;
	if (sample->count < SAMPLE_MAX)
		sample->count++;
	memmove(sample->hashes[at + 1 < SAMPLE_MAX ? at + 1 : at], sample->hashes[at],
	    (sample->count - at - 1) * IMPORT_HASH_SIZE);
	memcpy(sample->hashes[at], hash, IMPORT_HASH_SIZE);
}

const char *
sample_json(struct arena *a, const struct sample *sample)
{
	char text[2 * IMPORT_HASH_SIZE + 3];
	struct buf b;
	struct json_out out;

	buf_init(&b, a);
	json_out_start(&out, &b);
	put_array(&out, NULL);
	for (size_t i = 0; i < sample->count; i++)
		put_json(&out, NULL, hash_json(sample->hashes[i], text));
	put_end(&out);
	return b.text;
}
