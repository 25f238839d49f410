/* worker.c -- opens what a process needs before its first request.  Every mistake in settings, keys or definitions is
 * found here, before the socket is used, and reported in one sentence. */
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "base/log.h"
#include "http/worker.h"
#include "model/collection.h"
#include "rules/rules.h"

static int
not_started(const struct problem *p)
{
	fprintf(stderr, "daybook: %s\n", p->cause != NULL ? p->cause : p->detail);
	return -1;
}

static const char *
default_path(void)
{
	const char *path = getenv("DAYBOOK_CONFIG");

	return path != NULL && *path != '\0' ? path : "/etc/daybook/daybook.conf";
}

static struct db_settings
settings_of(const struct config *config)
{
	return (struct db_settings){
		.socket = config->db_socket,
		.host = config->db_host,
		.port = config->db_port,
		.user = config->db_user,
		.password_file = config->db_password_file,
		.name = config->db_name,
		.ca_file = config->db_ca_file,
	};
}

int
worker_open_settings(struct worker *w, const char *config_path)
{
	enum log_level level;

	*w = (struct worker){ .life = arena_new(), .arena = arena_new() };
	w->config_path = config_path != NULL ? config_path : default_path();
	if (config_read(w->life, w->config_path, &w->config) != 0)
		return -1;
	if (log_level_named(w->config.log_level, &level))
		log_set_level(level);
	crypto_init();
	turns_start(&w->turns, w->config.run_dir, w->config.workers, w->config.requests_at_once);
	w->space_quota = (struct amount){ w->config.space_records, w->config.space_bytes };
	w->db_settings = settings_of(&w->config);
	w->db = db_new(&w->db_settings);
	return 0;
}

void
worker_as_admin(struct worker *w)
{
	w->db_settings.user = w->config.db_admin_user;
	w->db_settings.password_file = w->config.db_admin_password_file;
}

int
worker_open(struct worker *w, const char *config_path)
{
	struct problem *p;

	if (worker_open_settings(w, config_path) != 0)
		return -1;
	if ((p = token_ring_load(w->life, w->config.keys, w->config.issuers, w->config.issuer, &w->ring)) != NULL ||
	    (p = collections_load(w->life, w->config.definitions, rules, &w->collections)) != NULL ||
	    (p = formats_load(w->life, formats_folder(w->life, w->config.schema), w->collections, &w->formats)) != NULL)
		return not_started(p);
	return 0;
}

struct call
worker_call(const struct worker *w)
{
	return (struct call){ .db = w->db, .a = w->arena, .set = w->collections, .quota = &w->space_quota };
}
