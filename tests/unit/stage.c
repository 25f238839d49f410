/* stage.c -- see stage.h. */
#include "stage.h"

#include <string.h>

#include "answer.h"
#include "base/log.h"

static const struct collection all[] = { { .name = "cars" }, { .name = "tasks" } };
static const struct collections known = { .all = all, .count = 2 };

static const char *
param(struct io *io, const char *name)
{
	const struct stage *s = io->state;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->names[i], name) == 0)
			return s->values[i];
	return NULL;
}

static long
read_piece(struct io *io, char *bytes, size_t room)
{
	struct stage *s = io->state;
	size_t n = s->body_size - s->body_at;

	n = n < room ? n : room;
	n = n < s->piece ? n : s->piece;
	if (n == 0)
		return 0;
	memcpy(bytes, s->body + s->body_at, n);
	s->body_at += n;
	return (long)n;
}

static int
take_bytes(struct io *io, const char *bytes, size_t size)
{
	struct stage *s = io->state;

	if (s->gone)
		return -1;
	buf_add(&s->sent, bytes, size);
	return 0;
}

static void
spoil(struct io *io)
{
	struct stage *s = io->state;

	s->spoiled = true;
}

static const struct io_way stage_way = { param, read_piece, take_bytes, spoil };

struct stage stage;

int
open_stage(void **state)
{
	struct stage *s = &stage;

	(void)state;
	*s = (struct stage){ .piece = 7, .body = "" };
	log_set_level(LOG_LEVEL_ERROR);
	s->worker.life = arena_new();
	s->worker.arena = arena_new();
	s->worker.config.origins = "https://app.example.org https://other.example.org";
	s->worker.collections = &known;
	s->worker.db_settings = (struct db_settings){
		.socket = "/nowhere/mysqld.sock", .user = "nobody", .name = "nothing",
	};
	s->worker.db = db_new(&s->worker.db_settings);
	s->io = (struct io){ &stage_way, s };
	buf_init(&s->sent, s->worker.life);
	stage_set(s, "REMOTE_ADDR", "192.0.2.7");
	return 0;
}

int
close_stage(void **state)
{
	(void)state;
	db_free(stage.worker.db);
	arena_free(stage.worker.arena);
	arena_free(stage.worker.life);
	return 0;
}

void
stage_set(struct stage *s, const char *name, const char *value)
{
	size_t i = 0;

	while (i < s->count && strcmp(s->names[i], name) != 0)
		i++;
	s->names[i] = name;
	s->values[i] = value;
	if (i == s->count)
		s->count++;
}

void
stage_body(struct stage *s, const char *type, const char *body)
{
	s->body = body;
	s->body_size = strlen(body);
	s->body_at = 0;
	stage_set(s, "CONTENT_TYPE", type);
	stage_set(s, "CONTENT_LENGTH", arena_printf(s->worker.life, "%zu", s->body_size));
}

struct request *
stage_request(struct stage *s, const char *method, const char *uri)
{
	struct request *r = arena_alloc(s->worker.arena, sizeof(*r));

	stage_set(s, "REQUEST_METHOD", method);
	stage_set(s, "REQUEST_URI", uri);
	r->worker = &s->worker;
	r->a = s->worker.arena;
	r->db = s->worker.db;
	r->io = &s->io;
	r->body = "";
	buf_init(&r->out, r->a);
	return r;
}

const char *
stage_answer(struct stage *s, const char *method, const char *uri)
{
	stage_set(s, "REQUEST_METHOD", method);
	stage_set(s, "REQUEST_URI", uri);
	buf_clear(&s->sent);
	answer(&s->worker, &s->io);
	return s->sent.text;
}
