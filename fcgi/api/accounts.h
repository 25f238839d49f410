/* accounts.h -- what every endpoint about accounts, sign-ins and PINs begins with. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "account/session.h"
#include "http/request.h"

/* What calls at the door (account/session.h) work with, of this request. */
struct gate account_gate(struct request *r);

#endif
