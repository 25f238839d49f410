/* ticket.h -- tickets.  A browser that fetches a file by a plain link sends no token, and only so it stores a file of
 * any size without holding it.  A ticket goes along in a cookie instead: it is good for one address, for the sign-in
 * that asked for it, and for TICKET_SECONDS.  Nothing about it is stored. */
#ifndef TICKET_H
#define TICKET_H

#include "account/person.h"

enum { TICKET_SECONDS = 60 };

/* A ticket of the person's sign-in for the path of a request, in a: letters, digits, ".", "-" and "_".  The person has
 * a session. */
const char *ticket_make(const struct token_ring *ring, struct arena *a, const struct person *person, const char *path);

/* Find the person who holds a ticket for that path.  space is as person_of_token has it.  PROBLEM_UNAUTHORIZED when it
 * is for something else, over, or not ours, and when the sign-in has ended. */
struct problem *person_of_ticket(struct db *db, struct arena *a, const struct token_ring *ring, const char *ticket,
    const char *path, const char *space, struct person *person) MUST_CHECK;

#endif
