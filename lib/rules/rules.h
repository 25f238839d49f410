/* rules.h -- the rules, one file each.  Private to this folder. */
#ifndef RULES_H
#define RULES_H

#include "rule.h"

extern const struct rule car_flags;    /* car_flags.c */
extern const struct rule known_zone;   /* zone.c */
extern const struct rule work_session; /* work_session.c */

#endif
