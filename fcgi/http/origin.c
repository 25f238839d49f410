/* origin.c -- whether a page of this site sent a request, and its cookies. */
#include "http/origin.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "http/io.h"
#include "http/reply.h"

static bool
is_listed(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (list != NULL && *list != '\0') {
		size_t size;

		list += strspn(list, " ");
		size = strcspn(list, " ");
		if (size == length && strncmp(list, word, length) == 0)
			return true;
		list += size;
	}
	return false;
}

bool
request_is_https(struct request *r)
{
	const char *https = io_param(r->io, "HTTPS");
	const char *scheme = io_param(r->io, "REQUEST_SCHEME");

	return (https != NULL && strcasecmp(https, "on") == 0) || (scheme != NULL && strcasecmp(scheme, "https") == 0);
}

static bool
is_own(struct request *r, const char *origin)
{
	const char *host = request_header(r, "Host");
	const char *authority = strstr(origin, "://");
	bool https = strncmp(origin, "https://", 8) == 0;

	if (host == NULL || *host == '\0' || authority == NULL || (!https && strncmp(origin, "http://", 7) != 0))
		return false;
	return (https || !request_is_https(r)) && strcasecmp(authority + 3, host) == 0;
}

bool
origin_is_ours(struct request *r)
{
	const char *origin = request_header(r, "Origin");

	return origin != NULL && (is_own(r, origin) || is_listed(r->worker->config.origins, origin));
}

bool
origin_is_foreign(struct request *r)
{
	const char *site = request_header(r, "Sec-Fetch-Site");

	if (request_header(r, "Origin") != NULL)
		return !origin_is_ours(r);
	return site != NULL && strcmp(site, "cross-site") == 0;
}

const char *
cookie_value(struct request *r, const char *name)
{
	const char *at = request_header(r, "Cookie");
	size_t length = strlen(name);

	while (at != NULL && *at != '\0') {
		at += strspn(at, "; ");
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return arena_strndup(r->a, at + length + 1, strcspn(at + length + 1, "; "));
		at += strcspn(at, ";");
	}
	return NULL;
}

void
cookie_send(struct request *r, const char *name, const char *value, const char *path, const char *same_site,
    int64_t seconds)
{
	const char *origin = request_header(r, "Origin");
	bool secure = request_is_https(r) || (origin != NULL && strncmp(origin, "https://", 8) == 0);

	reply_header(r, "Set-Cookie", arena_printf(r->a, "%s=%s; Path=%s; Max-Age=%" PRId64 "; HttpOnly; SameSite=%s%s",
	    name, value, path, seconds, same_site, secure ? "; Secure" : ""));
}
