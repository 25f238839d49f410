/* rules.h -- the rules of routines. */
#ifndef ROUTINE_RULES_H
#define ROUTINE_RULES_H

#include "model/rule.h"

#endif
