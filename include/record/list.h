/* list.h -- the records of a collection: filtered, in order, page by page.  schema/PROTOCOL.md 8.
 *
 * Filters name declared fields or owner; their values are as in the query ("ge.2026-01-01").  An absent field counts as
 * its default.  The order is the definition's, or by id or lastUpdatedAt; by any other field, only while the person
 * sees at most LIST_SORTED_MAX records.  Pages go by key, not by number: a record that moves meanwhile may occur twice,
 * one that stays is never missed. */
#ifndef LIST_H
#define LIST_H

#include "host/turn.h"
#include "record/record.h"

enum {
	LIST_LIMIT_DEFAULT = 100,
	LIST_LIMIT_MAX = 1000,
	LIST_SORTED_MAX = 20000,
	LIST_FEW = 5000,            /* rows of a collection, tombstones too, over which any request may pass */
	LIST_FILTERS_MAX = 16,      /* in all, */
	LIST_FIELD_FILTERS_MAX = 4, /* and of one field */
	LIST_CHOICES_MAX = 100,     /* values of one in. */
	LIST_SEARCH_MAX = 100,      /* characters of q */
	LIST_IDS_MAX = 16
};

struct list_filter {
	const char *field, *value; /* as they are in the query */
};

/* A request for a page of records, and the page. */
struct list {
	const struct collection *collection;
	struct list_filter filters[LIST_FILTERS_MAX];
	size_t filter_count;
	const char *sort;   /* "field" or "-field", or NULL */
	const char *after;  /* `next` of the page before, or NULL */
	const char *search; /* q: part of the id, a text, choice, date or list, ignoring case and accents; or NULL */
	int64_t limit;
	const char *const *ids; /* of these records alone, at most LIST_IDS_MAX; or NULL */
	size_t id_count;
	/* answered */
	struct record *records;
	size_t count;
	const char *next;   /* or NULL at the end */
};

/* What may pass over all rows of a collection is as slow as a report where it has more than LIST_FEW of them, and takes
 * a heavy turn, unless it has a slow one already.  The caller gives it back with turn_end(call->turns, turn), unless
 * call->turns is NULL.  A 429 when there is none. */
struct problem *list_take_turn(const struct call *call, const struct collection *c, struct turn *turn) MUST_CHECK;

/* Read one page; the records are in call->a.  PROBLEM_FORBIDDEN when the person may not read the collection,
 * a 429 where a turn is needed and there is none; other problems name the parameter at fault. */
struct problem *list_read(const struct call *call, struct list *list) MUST_CHECK;

#endif
