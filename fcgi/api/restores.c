/* restores.c -- a whole space or a whole person out as one file, and a whole space in: export, import, restore. */
#include <string.h>

#include "api/api.h"
#include "backup/person_export.h"
#include "backup/space_export.h"
#include "base/instant.h"
#include "http/member.h"
#include "http/reply.h"

/* ---- export ---- */

/* A file on its way to the client. */
struct sending {
	struct request *r;
	const char *type, *name;
	bool stopped;       /* nobody wants the rest */
};

/* The first piece is ready before anything is sent, so what goes wrong until then is an ordinary answer. */
static struct problem *
send_bytes(void *arg, const void *bytes, size_t size)
{
	struct sending *s = arg;
	struct request *r = s->r;
	char today[INSTANT_TEXT_SIZE];

	if (!r->streaming) {
		instant_format(instant_now(), today);
		reply_stream_start(r, 200, s->type);
		reply_header(r, "Content-Disposition",
		    arena_printf(r->a, "attachment; filename=\"daybook-%.10s%s\"", today, s->name));
	}
	reply_stream(r, bytes, size);
	s->stopped = r->head || r->client_gone;
	return s->stopped ? problem_new(r->a, PROBLEM_UNAVAILABLE, "Nobody reads the rest.") : NULL;
}

const struct member space_export_takes[] = {
	PARAM("format", CHOICE, "archive where it is not said, which has the files too", .choices = "archive json"),
	MEMBERS_END
};

/* GET /api/export?format= */
struct problem *
space_export_show(struct request *r)
{
	bool json = given_is(r, "format", "json");
	struct sending sending = { r, json ? "application/json" : "application/x-tar", json ? ".json" : ".tar", false };
	struct space_export export = { .call = &r->call, .json = json, .sink = send_bytes, .arg = &sending };
	struct problem *p;

	export.secret = token_ring_seals(r->worker->ring, &export.secret_size);
	p = space_export(&export);
	return sending.stopped ? NULL : p;
}

/* GET /api/auth/export */
struct problem *
auth_export(struct request *r)
{
	struct sending sending = { r, "application/json", "-me.json", false };
	struct problem *p = person_export(&r->call, send_bytes, &sending);

	return sending.stopped ? NULL : p;
}
