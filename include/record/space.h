/* space.h -- the settings of a space, which are its record in spaceSettings, and who is a member of it. */
#ifndef SPACE_H
#define SPACE_H

#include "record/record.h"

/* The time zone of the space of the call; "UTC" when its settings name none. */
struct problem *space_zone(const struct call *call, const char **zone) MUST_CHECK;

/* The zone in which a person is in the space of the call: that of their work settings, else the space's, else "UTC". */
struct problem *space_zone_of(const struct call *call, const char *user, const char **zone) MUST_CHECK;

/* The zone of the person of the call where nothing is known yet of the space that they are about to make: that of their
 * work settings in their own space, else that of this space; NULL when neither names one. */
struct problem *home_zone(const struct call *call, const char **zone) MUST_CHECK;

/* Give the own space of the person of the call, which is the space of the call and new, this zone, which is known. */
struct problem *home_zone_set(const struct call *call, const char *zone) MUST_CHECK;

/* What a field of the settings of the space of the call says, as value_plain gives it; NULL when they do not say. */
struct problem *space_setting(const struct call *call, const char *field, const char **value) MUST_CHECK;

/* The currency of the space of the call: the three letters of its settings, or their default. */
struct problem *space_currency(const struct call *call, const char **currency) MUST_CHECK;

/* Whether the user is a member of the space. */
struct problem *space_has_member(const struct call *call, const char *user, bool *is) MUST_CHECK;

#endif
