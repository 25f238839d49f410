/* call.c -- copies of a call with another arena or another person. */
#include "model/call.h"

#include "base/instant.h"

int64_t
call_now(const struct call *call)
{
	return call->then_at != 0 ? call->then_at : instant_now();
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
