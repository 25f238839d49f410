/* origin.h -- cookies, and the pages whose requests may use them.  A browser adds the cookies of a site to requests
 * that other sites make it send, so a request that acts by a cookie must come from a page of this site. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include "http/request.h"

/* True when the web server itself speaks https with the client.  Behind a proxy that does so, it does not know. */
bool request_is_https(struct request *r);

/* True when the header Origin names the host that the request went to, or is in the setting `origins`.  http://host is
 * not the origin of https://host.  Browsers send the header with everything but a plain GET or HEAD. */
bool origin_is_ours(struct request *r);

/* True when a browser says that a page of another site made it send this, and that page is not in `origins`. */
bool origin_is_foreign(struct request *r);

/* The value of a cookie, in the arena of the request, or NULL. */
const char *cookie_value(struct request *r, const char *name);

/* Set a cookie that scripts cannot read, with "; Secure" where the client speaks https: by the web server's word, or by
 * the scheme of Origin, for the browser knows it even behind several proxies.  same_site is "Strict" or "Lax";
 * seconds 0 deletes it. */
void cookie_send(struct request *r, const char *name, const char *value, const char *path, const char *same_site,
    int64_t seconds);

#endif
