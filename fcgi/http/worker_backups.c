/* worker_backups.c -- what of a worker is needed for backups.  It stands alone so that a program with requests, but
 * without a worker (tests/fuzz), needs no rules. */
#include "account/token.h"
#include "http/worker.h"

struct backup_server
worker_backups(const struct worker *w)
{
	struct backup_server server = {
		.db = &w->db_settings, .bytes_max = w->config.backup_bytes_max, .minutes = w->config.backup_minutes,
	};

	server.secret = token_ring_seals(w->ring, &server.secret_size);
	return server;
}
