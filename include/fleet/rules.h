/* rules.h -- the rules of package cars, a file each. */
#ifndef FLEET_RULES_H
#define FLEET_RULES_H

#include "model/rule.h"

extern const struct rule car_flags;
extern const struct rule car_late;
extern const struct rule car_shift;

#endif
