/* call.c -- the moment that a call is of; copies of it with another arena or another person. */
#include "model/call.h"

#include "base/instant.h"
#include "base/json_out.h"

int64_t
call_now(const struct call *call)
{
	return call->then_at != 0 ? call->then_at : instant_now();
}

void
call_put_moment(const struct call *call, struct json_out *out)
{
	if (call->then_at == 0)
		return;
	put_instant(out, "at", call->then_at);
	put_integer(out, "seq", call->then_seq);
	if (call->then_missing > 0)
		put_integer(out, "missing", call->then_missing);
}

struct call
call_in(const struct call *call, struct arena *a)
{
	struct call copy = *call;

	copy.a = a;
	copy.batch = NULL;
	return copy;
}

struct call
call_as(const struct call *call, struct person *person)
{
	struct call copy = *call;

	copy.person = person;
	copy.batch = NULL;
	return copy;
}
