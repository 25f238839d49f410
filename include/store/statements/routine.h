/* statements/routine.h -- what the rules and reports of routines read. */
