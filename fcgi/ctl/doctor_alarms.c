/* doctor_alarms.c -- prints each alarm with what to do next, and how old the last backup of the database is. */
#include <inttypes.h>

#include "account/mail.h"
#include "base/instant.h"
#include "ctl/doctor.h"
#include "upkeep/alarm.h"
#include "upkeep/measure.h"

static void
say_alarm(struct doctor *d, const struct alarm *alarm)
{
	const char *subject = *alarm->subject == '\0' ? "" : arena_printf(d->worker->arena, " (%s)", alarm->subject);

	doctor_bad(d, alarm->kind, alarm_mend(alarm->kind), "%s%s since %s, %" PRId64 " times",
	    alarm->detail, subject, instant_text(d->worker->arena, alarm->raised_at), alarm->count);
}

static struct problem *
check_alarms(struct doctor *d)
{
	struct alarm *alarms;
	struct problem *p;
	size_t count;

	if ((p = alarms_read(d->admin, d->worker->arena, NULL, &alarms, &count)) != NULL)
		return p;
	for (size_t i = 0; i < count; i++)
		say_alarm(d, &alarms[i]);
	if (count == 0)
		doctor_good(d, "alarms", "none");
	return NULL;
}

static struct problem *
check_backup(struct doctor *d)
{
	struct measures measures;
	const struct measure *whole;
	struct problem *p;

	if ((p = measures_read(d->admin, d->worker->arena, &measures)) != NULL)
		return p;
	if ((whole = measure_find(&measures, "operator_backup", "")) != NULL)
		doctor_good(d, "backup", "the last whole one of the database is %" PRId64 " hours old",
		    (instant_now() - whole->at) / (3600 * 1000));
	else
		doctor_good(d, "backup", "none by deploy/backup is known: see that there are others");
	return NULL;
}

/* Whoever gets no mail has to look here. */
static void
check_operator(struct doctor *d)
{
	const struct config *config = &d->worker->config;

	if (config->operator == NULL)
		doctor_good(d, "operator", "nobody is mailed of alarms: see the setting operator");
	else if (!mail_is_set_up(config) || !mail_address_fits(config->operator))
		doctor_bad(d, "operator", "Set mail_command, mail_from and public_url, and one plain address.",
		    "%s gets no mail of alarms", config->operator);
	else
		doctor_good(d, "operator", "%s is mailed of alarms", config->operator);
}

void
doctor_alarms(struct doctor *d)
{
	struct problem *p;

	if ((p = check_alarms(d)) != NULL || (p = check_backup(d)) != NULL)
		doctor_bad(d, "alarms", "Run daybookctl migrate.", "%s", p->cause != NULL ? p->cause : p->detail);
	check_operator(d);
}
