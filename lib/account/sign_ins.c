/* sign_ins.c -- what happened to an account, in the table sign_in, and the mail about it.  Texts that others chose,
 * such as the name of a device, are in quotes in a mail. */
#include "account/sign_ins.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "account/mail.h"
#include "base/crypto.h"
#include "base/instant.h"
#include "store/statement.h"

const char *const sign_in_names[SIGN_IN_KINDS] = { "sign-up", "sign-in", "failed", "token" };

char *
network_short(struct arena *a, const char *network)
{
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN];
	char *address = arena_strndup(a, network, strcspn(network, "/"));

	if (inet_pton(AF_INET, address, bytes) == 1) {
		bytes[3] = 0;
		inet_ntop(AF_INET, bytes, text, sizeof text);
		return arena_printf(a, "%s/24", text);
	}
	if (inet_pton(AF_INET6, address, bytes) != 1)
		return arena_strdup(a, "");
	memset(bytes + 6, 0, 10);
	inet_ntop(AF_INET6, bytes, text, sizeof text);
	return arena_printf(a, "%s/48", text);
}

/* ---- writing down ---- */

/* Delete what is beyond SIGN_IN_ROWS_MAX. */
static struct problem *
keep_bound(const struct gate *g, const char *user_id)
{
	struct problem *p;
	struct rows *rows;

	p = db_run(g->db, g->a, SQL(SIGN_IN_BEYOND), VALUES(value_id(user_id), value_integer(SIGN_IN_ROWS_MAX)), &rows);
	if (p != NULL || rows->count == 0)
		return p;
	return db_run(g->db, g->a, SQL(SIGN_INS_DROP),
	    VALUES(value_id(user_id), value_id(row_text(rows, 0, ID_FOUND))), NULL);
}

static struct problem *
note(const struct gate *g, enum sign_in_kind kind, const char *user_id, const char *session_id, const char *device_id,
    const char *name, bool mailed)
{
	struct problem *p;

	p = db_run(g->db, g->a, SQL(SIGN_IN_NOTE),
	    VALUES(value_id(user_id), value_id(uuid7_text(g->a)), value_text(sign_in_names[kind]), value_text(name),
	        value_text(device_id), value_text(network_short(g->a, g->network)), value_id(session_id),
	        value_integer(mailed)), NULL);
	return p != NULL ? p : keep_bound(g, user_id);
}

struct problem *
sign_in_failed(const struct gate *g, const char *user_id, const char *name)
{
	return db_run(g->db, g->a, SQL(SIGN_IN_FAILED),
	    VALUES(value_id(uuid7_text(g->a)), value_text(name), value_text(network_short(g->a, g->network)),
	        value_id(user_id)), NULL);
}

/* ---- mail ---- */

/* "29 Nov 2026, 14:22 UTC" */
static char *
moment_text(struct arena *a, int64_t instant)
{
	time_t seconds = (time_t)(instant / 1000);
	char text[40];
	struct tm t;

	gmtime_r(&seconds, &t);
	strftime(text, sizeof text, "%e %b %Y, %H:%M UTC", &t);
	return arena_strdup(a, text[0] == ' ' ? text + 1 : text);
}

static bool
may_mail(const struct gate *g, const char *email, const struct rows *known)
{
	return mail_is_set_up(g->config) && mail_address_fits(email) &&
	    row_integer(known, 0, KNOWN_MAILS) < SIGN_IN_MAILS_A_DAY;
}

/* What the database knows of this device, and how much mail the user got today. */
static struct problem *
read_known(const struct gate *g, const char *user_id, const char *session_id, const char *device_id, const char *name,
    struct rows **rows)
{
	struct value user = value_id(user_id), device = value_text(device_id);

	return db_run(g->db, g->a, SQL(SIGN_IN_KNOWN),
	    VALUES(user, device, device, value_text(name), value_text(network_short(g->a, g->network)),
	        user, value_id(session_id), device, user, device, user), rows);
}

static const char *
place_text(const struct gate *g)
{
	const char *network = network_short(g->a, g->network);

	return *network != '\0' ? network : "unknown";
}

static struct problem *
mail_sign_in(const struct gate *g, const struct entry *entry, const char *name)
{
	return mail_queue(g->db, g->a, entry->email, "New sign-in to Daybook", arena_printf(g->a,
	    "Someone signed in to your Daybook account on a device that wasn't used with it before.\n\n"
	    "When: %s\nDevice: \"%s\"\nNetwork: %s\n\n"
	    "If this was you, there's nothing to do.\n\n"
	    "If it wasn't, change your password now: %s/settings/account\n"
	    "That signs out all other devices and ends your API tokens.\n",
	    moment_text(g->a, instant_now()), name, place_text(g), g->config->public_url));
}

static struct problem *
mail_token(const struct gate *g, const struct person *person, const struct session_row *token, const char *name)
{
	const char *end = token->expires_at != 0 ? moment_text(g->a, token->expires_at) : "never";

	return mail_queue(g->db, g->a, person->email, "New API token for Daybook", arena_printf(g->a,
	    "An API token was created for your Daybook account. Programs that have it can use one of your spaces.\n\n"
	    "Name: \"%s\"\nAccess: %s\nExpires: %s\nCreated: %s\nDevice: \"%s\"\nNetwork: %s\n\n"
	    "If this was you, there's nothing to do.\n\n"
	    "If it wasn't, change your password now: %s/settings/account\n"
	    "That signs out all other devices and ends your API tokens.\n",
	    token->name, token->scope, end, moment_text(g->a, token->created_at), name, place_text(g),
	    g->config->public_url));
}

struct problem *
sign_in_note(const struct gate *g, enum sign_in_kind kind, const struct entry *entry, const char *device_id,
    const char *name)
{
	struct problem *p;
	struct rows *known;
	bool mailed;

	if ((p = read_known(g, entry->user_id, entry->session_id, device_id, name, &known)) != NULL)
		return p;
	mailed = kind == SIGN_IN_PASSWORD && row_integer(known, 0, KNOWN_DEVICE) == 0 &&
	    may_mail(g, entry->email, known);
	if ((p = note(g, kind, entry->user_id, entry->session_id, device_id, name, mailed)) != NULL || !mailed)
		return p;
	return mail_sign_in(g, entry, name);
}

struct problem *
sign_in_token(const struct gate *g, const struct person *person, const struct session_row *token, const char *name)
{
	struct problem *p;
	struct rows *known;
	bool mailed;

	if ((p = read_known(g, person->user_id, token->id, NULL, name, &known)) != NULL)
		return p;
	mailed = may_mail(g, person->email, known);
	p = note(g, SIGN_IN_TOKEN, person->user_id, token->id, person->device_id, token->name, mailed);
	return p != NULL || !mailed ? p : mail_token(g, person, token, name);
}

/* ---- reading ---- */

struct problem *
sign_ins_of_user(struct db *db, struct arena *a, const char *user_id, const char *after, int64_t most,
    struct sign_in_row **sign_ins, size_t *count)
{
	struct problem *p;
	struct rows *rows;
	struct value id = value_id(after);

	if ((p = db_run(db, a, SQL(SIGN_INS_OF_USER), VALUES(value_id(user_id), id, id, value_integer(most)), &rows))
	    != NULL)
		return p;
	*count = rows->count;
	*sign_ins = arena_alloc(a, rows->count * sizeof(**sign_ins));
	for (size_t i = 0; i < rows->count; i++)
		(*sign_ins)[i] = (struct sign_in_row){
			.id = row_text(rows, i, SIGNED_ID),
			.kind = row_text(rows, i, SIGNED_KIND),
			.at = row_instant(rows, i, SIGNED_AT),
			.name = row_text(rows, i, SIGNED_NAME),
			.device_id = row_text(rows, i, SIGNED_DEVICE),
			.network = row_text(rows, i, SIGNED_NETWORK),
			.session_id = row_text(rows, i, SIGNED_SESSION),
			.count = row_integer(rows, i, SIGNED_COUNT),
		};
	return NULL;
}
