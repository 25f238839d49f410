/* database.h -- what tests with a database have in common: one private server a program,
 * one connection and arena a test. */
#ifndef DATABASE_H
#define DATABASE_H

#include <stdint.h>

#include "base/problem.h"
#include "mariadb.h"
#include "scratch.h"

extern struct mariadb server;   /* from start_all to stop_all */
extern struct db *db, *other;   /* two connections; other: what happens meanwhile */

/* Before the first test of a program, and after the last one. */
int start_all(void **state);
int stop_all(void **state);

/* open_empty, before a test: opens the arena, connections (the server is started again if a test ended it) and an empty
 * database.  close_all, after it: closes them. */
void open_empty(void);
int close_all(void **state);

/* open_empty, then the shipped schema. */
void open_schema(void);

/* The test fails, saying p's cause, unless p is NULL. */
void good(struct problem *p);

/* The test fails, saying p's cause, unless p is a problem of this kind. */
void is_problem(struct problem *p, enum problem_kind kind);

/* The statement with each quoted UUID as the 16 bytes that a column of ids holds.  run_sql and number do the same. */
const char *with_ids(const char *sql);

/* Run a statement that has to work. */
void run_sql(const char *sql);

/* The one number a query gives. */
int64_t number(const char *sql);

#endif
