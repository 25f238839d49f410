/* statements/all.h -- every statement with a text of its own: a list for each room, in the order of the rooms.
 * It is read more than once, by statement.h and statement.c, and each time a row becomes what the reader has defined:
 *
 *   STATEMENT(NAME, "text")    a statement, with question marks for its values
 *
 * What the reader has not defined is nothing.  A statement stands in the list of the first room that sends it. */
#ifndef STATEMENT
#define STATEMENT(...)
#endif

#include "store/statements/store.h"
#include "store/statements/account.h"
#include "store/statements/record.h"
#include "store/statements/sync.h"
#include "store/statements/transfer.h"
#include "store/statements/team.h"
#include "store/statements/time.h"
#include "store/statements/fleet.h"
#include "store/statements/upkeep.h"
#include "store/statements/rules.h"

#undef STATEMENT
