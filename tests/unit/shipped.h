/* shipped.h -- the definitions that Daybook comes with, for tests of what is done by them. */
#ifndef SHIPPED_H
#define SHIPPED_H

#include "model/collection.h"
#include "model/rule.h"
#include "scratch.h"

extern const struct collections *set; /* from open_shipped to close_arena */

/* Before all tests of a program: open_arena, and the definitions are read with all rules. */
int open_shipped(void **state);

/* Whether check of the rule reads records for every change, so that it cannot run without a database. */
bool rule_looks_up(const struct rule *rule);

#endif
