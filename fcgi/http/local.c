/* local.c -- whether a request is the operator's: by the connection as the web server passes it, or by a token. */
#include "http/local.h"

#include <string.h>

#include "base/crypto.h"
#include "base/file.h"
#include "base/log.h"
#include "http/io.h"

enum {
	TOKEN_LEAST = 16, /* characters of the token, and bytes of its file */
	TOKEN_MOST = 1024
};

/* What proxies say of the client that they asked for.  If one stands before the web server, its own address says
 * nothing. */
static const char *const of_proxies[] = { "Forwarded", "Via", "X-Forwarded-For", "X-Real-IP" };

static bool
from_this_machine(struct request *r)
{
	const char *address = io_param(r->io, "REMOTE_ADDR");

	for (size_t i = 0; i < sizeof(of_proxies) / sizeof(of_proxies[0]); i++)
		if (request_header(r, of_proxies[i]) != NULL)
			return false;
	return address != NULL && (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
	    strncmp(address, "::ffff:127.", 11) == 0);
}

static bool
is_token(const char *given, char *kept, size_t length)
{
	while (length > 0 && strchr(" \t\r\n", kept[length - 1]) != NULL)
		length--;
	return length >= TOKEN_LEAST && strlen(given) == length && secret_equal(given, kept, length);
}

/* The file is read each time, so that a new token holds at once. */
static bool
carries_token(struct request *r)
{
	const char *file = r->worker->config.metrics_token_file, *given = request_header(r, "Authorization");
	char kept[TOKEN_MOST];
	size_t length;
	bool is;

	if (file == NULL || given == NULL || strncmp(given, "Bearer ", 7) != 0)
		return false;
	if (file_read(file, kept, sizeof(kept), &length) != 0) {
		log_line(LOG_LEVEL_WARN, "metrics", "cause=\"metrics_token_file cannot be read\"");
		return false;
	}
	is = is_token(given + 7, kept, length);
	explicit_bzero(kept, sizeof(kept));
	return is;
}

bool
operator_asks(struct request *r)
{
	return r->worker->config.metrics && (from_this_machine(r) || carries_token(r));
}
