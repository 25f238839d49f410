/* accounts.h -- for all endpoints about accounts, sign-ins and PINs. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "account/session.h"
#include "http/request.h"

/* The struct gate (account/session.h) of this request. */
struct gate account_gate(struct request *r);

#endif
