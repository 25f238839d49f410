/* people.h -- whose expenses a report is about. */
#ifndef EXPENSES_PEOPLE_H
#define EXPENSES_PEOPLE_H

#include "model/call.h"
#include "store/statement.h"

/* Find the people who have records of c (columns EXPENSE_PERSON), by name; the caller passes over those whom the asking
 * person does not see.  With only, that member, or former member with such records, alone: PROBLEM_NOT_FOUND where
 * there is none whose records of c the asking person sees. */
struct problem *expense_people(const struct call *call, const struct collection *c, const char *only,
    struct rows **people) MUST_CHECK;

#endif
