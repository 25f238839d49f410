/* stage.h -- a fake web server: CGI variables and a body go in, the bytes of the response come out. */
#ifndef STAGE_H
#define STAGE_H

#include "http/io.h"
#include "http/request.h"
#include "model/collection.h"

enum {
	STAGE_PARAMS_MAX = 100
};

struct stage {
	struct worker worker;          /* without keys and without a database that answers */
	struct io io;
	const char *names[STAGE_PARAMS_MAX], *values[STAGE_PARAMS_MAX];
	size_t count;
	const char *body;
	size_t body_size, body_at, piece; /* a read gives at most piece bytes */
	struct buf sent;               /* what the client got */
	bool gone;                     /* the client has left: writes fail */
	bool spoiled;                  /* the answer was broken off */
};

extern struct stage stage;

/* Before a test and after it.  Two collections are known: tasks and cars. */
int open_stage(void **state);
int close_stage(void **state);

/* Set a CGI variable; NULL takes it away. */
void stage_set(struct stage *s, const char *name, const char *value);

/* The body and its CONTENT_LENGTH. */
void stage_body(struct stage *s, const char *type, const char *body);

/* A request line, and a request that is still to be read. */
struct request *stage_request(struct stage *s, const char *method, const char *uri);

/* Let answer() do all of it; what was sent. */
const char *stage_answer(struct stage *s, const char *method, const char *uri);

#endif
