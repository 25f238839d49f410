/* view.h -- SQL views for people who report with SQL: v_cars, v_mileage, … one for each collection, with a column for
 * each field and only live records.  `daybookctl migrate` creates them again from the definitions.  Daybook itself
 * reads none of them. */
#ifndef VIEW_H
#define VIEW_H

#include "model/call.h"

/* Create or replace the view of every collection.  *made counts them; a database that does not let its user create
 * views leaves *made at 0 and is no problem. */
struct problem *views_create(const struct call *call, size_t *made) MUST_CHECK;

#endif
