/* grants.c -- daybookctl grants: the GRANT statements of the database's users, for its administrator. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl/ctl.h"
#include "store/grants.h"

static const char usage[] =
    "grants [--admin] [NAME[@HOST]]\n\n"
    "Prints what db_user may do, table by table; with --admin what db_admin_user may do in the database.\n"
    "Run migrate first, so that the tables are there, and this again after every migrate that brings a new one:\n"
    "daybookctl grants | mariadb";

/* The server sees users of its own machine as those of localhost. */
static const char *
usual_host(const struct config *config)
{
	static const char *const here[] = { "localhost", "127.0.0.1", "::1" };

	for (size_t i = 0; config->db_socket == NULL && i < sizeof(here) / sizeof(here[0]); i++)
		if (strcmp(config->db_host, here[i]) == 0)
			return "localhost";
	return config->db_socket != NULL ? "localhost" : "%";
}

/* A user as the operator writes them; without a host they come from the usual one. */
static struct grantee
read_user(struct arena *a, const struct config *config, const char *text)
{
	const char *at = strrchr(text, '@');

	if (at == NULL)
		return (struct grantee){ .name = text, .host = usual_host(config) };
	return (struct grantee){ .name = arena_strndup(a, text, (size_t)(at - text)), .host = at + 1 };
}

int
ctl_grants(struct worker *w, int argc, char **argv)
{
	const struct config *config = &w->config;
	bool admin = argc > 1 && strcmp(argv[1], "--admin") == 0;
	const char *text = admin ? config->db_admin_user : config->db_user;
	struct grantee user;
	struct buf sql;

	if (argc > 2 + admin || (argc == 2 + admin && argv[1 + admin][0] == '-'))
		return ctl_usage(usage);
	user = read_user(w->arena, config, argc == 2 + admin ? argv[1 + admin] : text);
	buf_init(&sql, w->arena);
	(admin ? grants_admin : grants_worker)(&sql, config->db_name, &user);
	fputs(sql.text, stdout);
	return CTL_OK;
}
