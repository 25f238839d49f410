/* list.h -- the records of a collection: filtered, in order, page by page.
 *
 * Filters name declared fields (or owner): "value" or "eq.value" equal, "ne.", "gt.", "ge.", "lt.", "le." compared by type, "in.a,b"
 * one of, an empty value = empty; a field may be filtered more than once, for ranges.  Fields that are absent count as their default.
 * sort is the definition's order, id, lastUpdatedAt, or any field while the collection has at most 20,000 records for the person.
 * Pages are by key, not by number: a record that moves is met at most once more, none is skipped that stayed. */
#ifndef LIST_H
#define LIST_H

#include "record/record.h"

enum {
	LIST_LIMIT_DEFAULT = 100,
	LIST_LIMIT_MAX = 1000,
	LIST_SORTED_MAX = 20000,
	LIST_FILTERS_MAX = 32
};

struct list_filter {
	const char *field, *value; /* as the query has them */
};

struct list {
	const struct collection *collection;
	struct list_filter filters[LIST_FILTERS_MAX];
	size_t filter_count;
	const char *sort;   /* "field" or "-field", or NULL */
	const char *after;  /* `next` of the page before, or NULL */
	const char *search; /* q: in texts, choices and the id, without regard to case; or NULL */
	int64_t limit;
	/* answered */
	struct record *records;
	size_t count;
	const char *next;   /* or NULL at the end */
};

/* Read one page.  Problems name the parameter at fault. */
struct problem *list_read(const struct call *call, struct list *list) MUST_CHECK;

#endif
