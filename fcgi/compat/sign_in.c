/* sign_in.c -- a password for a token of one space, and back. */
#include "compat/sign_in.h"

#include <string.h>
#include <strings.h>

#include "account/account.h"

static struct gate
gate_of(struct request *r)
{
	return (struct gate){
		.db = r->db,
		.a = r->a,
		.config = &r->worker->config,
		.ring = r->worker->ring,
		.turns = &r->worker->turns,
		.network = r->network,
	};
}

static const struct space_row *
only_team(const struct space_row *spaces, size_t count)
{
	const struct space_row *team = NULL;

	for (size_t i = 0; i < count; i++)
		if (strcmp(spaces[i].kind, "team") == 0) {
			if (team != NULL)
				return NULL;
			team = &spaces[i];
		}
	return team;
}

static struct problem *
choose_space(struct request *r, const struct entry *entry, const struct compat_sign_in *form, const char **space)
{
	struct problem *p;
	struct space_row *spaces;
	const struct space_row *team;
	size_t count;

	*space = form->space != NULL ? form->space : entry->space;
	if (form->space != NULL || !form->team)
		return NULL;
	if ((p = spaces_of_user(r->db, r->a, entry->user_id, &spaces, &count)) != NULL)
		return p;
	if ((team = only_team(spaces, count)) != NULL)
		*space = team->id;
	return NULL;
}

struct problem *
compat_sign_in(struct request *r, const struct compat_sign_in *form, const char **token)
{
	const struct gate g = gate_of(r);
	const struct sign_in sign_in = {
		.email = form->email,
		.password = form->password,
		.device_name = form->name,
	};
	const char *space;
	struct entry entry;
	struct session_row row;
	struct problem *p;

	if ((p = account_login(&g, &sign_in, &entry)) != NULL)
		return p;
	if ((p = session_end(&g, entry.session_id)) != NULL ||
	    (p = choose_space(r, &entry, form, &space)) != NULL ||
	    (p = api_token_lend(r->db, r->a, entry.user_id, form->name, SCOPE_WRITE, space, form->seconds, &row,
	    token)) != NULL)
		return p;
	return person_of_token(r->db, r->a, r->worker->ring, *token, NULL, &r->person);
}

struct problem *
compat_sign_out(struct request *r, const char *token)
{
	const struct gate g = gate_of(r);
	struct person person;
	struct problem *p;

	if (token == NULL || *token == '\0')
		return NULL;
	p = person_of_token(r->db, r->a, r->worker->ring, token, NULL, &person);
	if (p != NULL)
		return p->kind == PROBLEM_UNAUTHORIZED ? NULL : p;
	return person.session_id == NULL ? NULL : session_end(&g, person.session_id);
}

const char *
compat_shown_token(struct request *r)
{
	static const char bearer[] = "Bearer ";
	const char *authorization = request_header(r, "Authorization");

	if (authorization == NULL || strncasecmp(authorization, bearer, sizeof bearer - 1) != 0)
		return request_header(r, "X-API-Key");
	return authorization + sizeof bearer - 1 + strspn(authorization + sizeof bearer - 1, " ");
}
