/* routine.c -- GET /api/reports/routine/today: what a person's routine looks like today.  The figures are computed in
 * lib/routine/. */
#include "api/api.h"
#include "base/instant.h"
#include "http/member.h"
#include "http/reply.h"
#include "routine/home.h"

const struct member routine_today_takes[] = {
	PARAM("person", TEXT, "of whom; without it mine"),
	MEMBERS_END
};

/* GET /api/reports/routine/today?person= -- the tasks of today, the last seven days, streak, points, weight. */
struct problem *
routine_today_show(struct request *r)
{
	struct routine_home *home = arena_alloc(r->a, sizeof *home);
	struct problem *p;

	if ((p = routine_home_read(&r->call, given_text(r, "person"), instant_now(), home)) == NULL)
		routine_home_put(home, reply_object(r, 200));
	return p;
}
