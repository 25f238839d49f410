/* undated.h -- rates and rules that had no day from which they hold, from versions before workRules and workTerms. */
#ifndef UNDATED_H
#define UNDATED_H

#include "model/call.h"

/* Write what spaceSettings, workSettings and employees say of pay as workRules and workTerms that hold from 1970-01-01,
 * once for a database, so that old reports stay what they were.  *count is the number of spaces that got some; 0 when
 * it was done before.  Cut short, it goes on when it is called again.  call has no person. */
struct problem *undated_convert(const struct call *call, size_t *count) MUST_CHECK;

#endif
