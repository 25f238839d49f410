/* rules.h -- the rules, one file each.  Private to this folder. */
#ifndef RULES_H
#define RULES_H

#include "rule.h"

extern const struct rule acknowledged;       /* acknowledged.c */
extern const struct rule car_flags;          /* car_flags.c */
extern const struct rule car_late;           /* car_late.c */
extern const struct rule car_shift;          /* car_shift.c */
extern const struct rule currency;           /* currency.c */
extern const struct rule employee;           /* employee.c */
extern const struct rule end_after_start;    /* end_after_start.c */
extern const struct rule geofence;           /* geofence.c */
extern const struct rule known_zone;         /* zone.c */
extern const struct rule message;            /* message.c */
extern const struct rule nobodys;            /* nobodys.c */
extern const struct rule status_by_assignee; /* status_by_assignee.c */
extern const struct rule work_session;       /* work_session.c */
extern const struct rule work_settings;      /* work_settings.c */

#endif
