/* view.h -- SQL views for people who report with SQL: v_cars, v_mileage, … one a collection, live records only, a column a field.
 * Made anew from the definitions by `daybookctl migrate`.  Nothing in Daybook reads them. */
#ifndef VIEW_H
#define VIEW_H

#include "model/call.h"

/* Create or replace the view of every collection.  *made counts them; a database that does not let its user create views leaves
 * *made at 0 and is no problem. */
struct problem *views_create(const struct call *call, size_t *made) MUST_CHECK;

#endif
