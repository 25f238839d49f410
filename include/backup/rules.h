/* rules.h -- the rules of backups. */
#ifndef BACKUP_RULES_H
#define BACKUP_RULES_H

#include "model/rule.h"

extern const struct rule backup_owner; /* settings.c */

#endif
