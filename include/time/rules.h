/* rules.h -- the rules of working time, a file each. */
#ifndef TIME_RULES_H
#define TIME_RULES_H

#include "model/rule.h"

extern const struct rule geofence;
extern const struct rule hours_handed_in;
extern const struct rule hours_lock;
extern const struct rule work_overlap;
extern const struct rule work_project;
extern const struct rule work_rules; /* work_dated.c */
extern const struct rule work_session;
extern const struct rule work_terms; /* work_dated.c */

#endif
