/* statements/all.h -- every statement with a text of its own: a list for each room, in the order of the rooms.  It is
 * an X-macro list: statement.h and statement.c include it with definitions of their own for these macros:
 *
 *   STATEMENT(NAME, "text")         a statement that writes, with question marks for its values
 *   CHANGE(NAME, WHOSE, "text")     one that writes what requests are let in by; WHOSE says whose: statement.h
 *   QUERY(NAME, COLUMNS, "text")    one that reads, and the list of the columns it reads
 *   COLUMNS(LIST, COLUMN, ...)      the names of columns in their order, for row_text(rows, i, COLUMN) and the like.
 *                                   To continue another list, the first column is = OTHER_COLUMNS_COUNT
 *
 * A macro that the includer has not defined expands to nothing.  A statement is in the list of the first room that
 * sends it.  tests/unit/test_statements.c asks the server whether each query reads as many columns as its list has
 * names. */
#ifndef STATEMENT
#define STATEMENT(...)
#endif
#ifndef CHANGE
#define CHANGE(...)
#endif
#ifndef QUERY
#define QUERY(...)
#endif
#ifndef COLUMNS
#define COLUMNS(...)
#endif

#include "store/statements/store.h"
#include "store/statements/account.h"
#include "store/statements/record.h"
#include "store/statements/sync.h"
#include "store/statements/transfer.h"
#include "store/statements/team.h"
#include "store/statements/period.h"
#include "store/statements/time.h"
#include "store/statements/fleet.h"
#include "store/statements/expenses.h"
#include "store/statements/routine.h"
#include "store/statements/upkeep.h"
#include "store/statements/backup.h"
#include "store/statements/rules.h"

#undef STATEMENT
#undef CHANGE
#undef QUERY
#undef COLUMNS
