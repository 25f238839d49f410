/* local.h -- whether the operator asks: for what is told to nobody else. */
#ifndef LOCAL_H
#define LOCAL_H

#include "http/request.h"

/* True when the setting `metrics` is on, and the request comes from this machine by the word of the web server (its
 * connection, never a header) and through no other proxy, or carries the token of metrics_token_file. */
bool operator_asks(struct request *r);

#endif
