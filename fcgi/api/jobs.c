/* jobs.c -- how far long work for a space is. */
#include "api/api.h"
#include "backup/jobs.h"
#include "http/reply.h"

/* GET /api/jobs/:id -- for who asked, and for owners. */
struct problem *
jobs_read(struct request *r)
{
	bool found = false;
	struct problem *p;
	struct job job;

	if (uuid_valid(r->params[0]) && (p = job_find(&r->call, r->params[0], &job, &found)) != NULL)
		return p;
	if (!found)
		return problem_new(r->a, PROBLEM_NOT_FOUND, "There is no such job.");
	job_put(reply_object(r, 200), "job", &job);
	return NULL;
}
