/* ticket.h -- the cookie of a ticket (account/ticket.h), which a browser sends along when it fetches a file by a plain
 * link.  It is sent to that file's path alone. */
#ifndef HTTP_TICKET_H
#define HTTP_TICKET_H

#include "http/request.h"

/* The path that was asked for, with its space: what a ticket is for. */
const char *ticket_path(struct request *r);

/* The ticket that a page of this site made the browser show, if the route takes one; else NULL. */
const char *ticket_shown(struct request *r);

/* Set the cookie of a ticket for a path of "/api/", letters, digits, "/" and "-". */
void ticket_send(struct request *r, const char *ticket, const char *path, int64_t seconds);

#endif
