/* rules.h -- the rule of periods. */
#ifndef PERIOD_RULES_H
#define PERIOD_RULES_H

#include "model/rule.h"

extern const struct rule period_states; /* period_rule.c */

#endif
