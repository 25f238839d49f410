/* watch.h -- the round that looks whether something has to be looked at: it takes the measures, raises and clears the
 * alarms that follow from them, and mails the operator. */
#ifndef WATCH_H
#define WATCH_H

#include "base/config.h"
#include "store/db.h"

enum {
	MAIL_STUCK_MINUTES = 30, /* for which a message waits before it is an alarm */
	DISK_SLACK_PERCENT = 2   /* more than disk_percent, before the alarm is over */
};

/* Note that the operator's backup (deploy/backup) is whole, and clear the alarms about it. */
struct problem *watch_backed_up(struct db *db, struct arena *a) MUST_CHECK;

/* Take the measures, and raise or clear alarms: disks, the size of the database, mail that is stuck, stamps that
 * are late, an operator's backup that is too old, spaces that the schedule of backups leaves out.  The user of db has
 * to be the admin. */
struct problem *watch_round(struct db *db, struct arena *a, const struct config *config) MUST_CHECK;

/* Queue one message to the setting operator with all alarms that are new, or were last mailed of a day ago, and all
 * that are over since; *told says of how many.  Nothing is queued when no operator is set, or mail is not set up. */
struct problem *watch_mail(struct db *db, struct arena *a, const struct config *config, int *told) MUST_CHECK;

#endif
