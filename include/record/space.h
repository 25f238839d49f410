/* space.h -- what a space's own settings say. */
#ifndef SPACE_H
#define SPACE_H

#include "record/record.h"

/* The zone of a space's settings; "UTC" where they name none. */
struct problem *space_zone(const struct call *call, const char **zone) MUST_CHECK;

#endif
