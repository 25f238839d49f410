/* rules.h -- the table of all rules, and the rules of no area. */
#ifndef RULES_H
#define RULES_H

#include "model/rule.h"

/* All rules, NULL-ended, for collections_load. */
extern const struct rule *const rules[];

extern const struct rule acknowledged;
extern const struct rule currency;
extern const struct rule employee;
extern const struct rule end_after_start;
extern const struct rule known_zone; /* zone.c */
extern const struct rule message;
extern const struct rule nobodys;
extern const struct rule status_by_assignee;
extern const struct rule trip_miles; /* trip.c */

#endif
