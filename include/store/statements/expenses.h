/* statements/expenses.h -- what the rules, reports and state machine of expenses read. */
