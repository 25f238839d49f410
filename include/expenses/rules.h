/* rules.h -- the rules of expenses. */
#ifndef EXPENSES_RULES_H
#define EXPENSES_RULES_H

#include "model/rule.h"

extern const struct rule expense_report;
extern const struct rule expenses_lock;
extern const struct rule mileage_rates;
extern const struct rule odometer_reading;
extern const struct rule per_diem_tiers; /* per_diem_rules.c */
extern const struct rule receipt;
extern const struct rule timesheet;
extern const struct rule trip_context;
extern const struct rule trip_distance;
extern const struct rule vehicle_main;

#endif
