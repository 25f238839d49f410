/* near.h -- for the rules of expenses: the records of one person on one day, where a rule judges several together. */
#ifndef NEAR_H
#define NEAR_H

#include "model/rule.h"
#include "record/record.h"

enum {
	NEAR_MAX = 200 /* records of a person on one day, of each collection */
};

/* Find the records of this owner and day but the one that changes, in the order of their ids.  PROBLEM_INVALID at field
 * for a day that has NEAR_MAX of them. */
struct problem *near_find(struct change *ch, const char *owner, const char *date, const char *field,
    struct kin **all, size_t *count) MUST_CHECK;

/* record_kindred, without the record that changes. */
struct problem *near_ask(struct change *ch, struct kindred *kindred, const char *sql, const struct value *values,
    size_t count) MUST_CHECK;

/* Of a dry run: what earlier rows of the same file would add under a name that is made of the owner, the day and key;
 * and to add to it.  Outside a dry run there is nothing, and nothing is added. */
int64_t near_promised(struct change *ch, const char *date, const char *key);
void near_promise(struct change *ch, const char *date, const char *key, int64_t amount);

/* A value of the change after it, as plain text; NULL where it is empty. */
const char *near_text(struct change *ch, const char *field);

/* A number of the change, before or after it, as its field scales it. */
int64_t near_number(struct change *ch, const char *const *values, const char *field);

/* Whether the write changes a field; any field of a new record that is not empty is changed. */
bool near_changes(const struct change *ch, const char *field);

#endif
