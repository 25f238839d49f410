/* rules.h -- the rules of expenses. */
#ifndef EXPENSES_RULES_H
#define EXPENSES_RULES_H

#include "model/rule.h"

extern const struct rule expense_report;
extern const struct rule expenses_lock;
extern const struct rule mileage_rates;

#endif
