/* rows_csv.c -- the rows of a file of CSV. */
#include <string.h>

#include "base/crypto.h"
#include "reading.h"

static bool
takes(const struct import *im, const struct csv_row *cells)
{
	size_t i = im->where_column == NULL ? 0 : (size_t)(im->where_column - im->columns);

	if (im->where_column == NULL)
		return true;
	return i < cells->count && cell_matches(cells->cells[i], im->where_value);
}

static void
hash_cells(struct import_row *row, const struct csv_row *cells)
{
	struct sha256 h;
	unsigned char digest[SHA256_SIZE];

	sha256_start(&h);
	for (size_t i = 0; i < cells->count; i++)
		sha256_add(&h, cells->cells[i], strlen(cells->cells[i]) + 1);
	sha256_end(&h, digest);
	memcpy(row->hash, digest, sizeof row->hash);
}

/* A row must have as many cells as the header, or values could end up in the wrong fields. */
static struct problem *
check_width(const struct import *im, struct arena *a, const struct csv_row *cells)
{
	size_t count = cells->count;

	while (count > im->column_count && cells->cells[count - 1][0] == '\0')
		count--;
	if (count != im->column_count)
		return problem_new(a, PROBLEM_INVALID,
		    "The row has %zu cells, the first line has %zu.", count, im->column_count);
	for (size_t i = 0; i < im->column_count; i++)
		if (column_is_nameless(&im->columns[i]) && cells->cells[i][0] != '\0')
			return problem_new(a, PROBLEM_INVALID,
			    "Column %zu has no name in the first line, and this row has a value there.", i + 1);
	return NULL;
}

struct problem *
csv_row_next(struct import *im, struct arena *a, struct import_row *row, bool *found)
{
	struct problem *p;
	struct csv_row *cells = arena_alloc(a, sizeof *cells);

	if ((p = csv_next(&im->csv, a, cells, found)) != NULL || !*found)
		return p;
	row->line = cells->line;
	row->taken = takes(im, cells);
	hash_cells(row, cells);
	if ((row->bad = check_width(im, a, cells)) != NULL)
		return NULL;
	for (size_t i = 0; i < im->column_count; i++)
		for (size_t j = 0; j < im->columns[i].target_count; j++)
			if ((p = value_keep_cell(im, a, row, &im->columns[i].targets[j], cells->cells[i])) != NULL)
				return p;
	return NULL;
}
