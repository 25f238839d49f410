/* mail.h -- mail that Daybook sends: invitations and forgotten passwords.  A request only puts a job into the table, in its own
 * transaction; the housekeeper hands the message to the installation's mail_command (sendmail or anything that takes a message on
 * standard input and finds the recipient in it) and tries again later when that fails. */
#ifndef MAIL_H
#define MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "store/db.h"

enum {
	MAIL_TRIES = 8,         /* after 1, 2, 4, … minutes */
	MAIL_SECONDS = 5,       /* between two looks of the housekeeper */
	RESET_MINUTES = 60,     /* for which the link to a new password is good */
	RESETS_AN_HOUR = 3      /* mails of one person */
};

/* Is there a command, a sender and an address for links? */
bool mail_is_set_up(const struct config *config);

/* An address that stands in a header as it is: printable ASCII without what would begin another address or a comment. */
bool mail_address_fits(const char *address);

/* Queue a message.  text is plain, its lines end in LF. */
struct problem *mail_queue(struct db *db, struct arena *a, const char *to, const char *subject, const char *text) MUST_CHECK;

/* Queue the question for a new password for whoever has this address, if somebody has.  Only the housekeeper looks that up: whoever
 * asked learns nothing, not even by the time it takes. */
struct problem *mail_queue_reset(struct db *db, struct arena *a, const char *email) MUST_CHECK;

/* Send what waits, at most so many; *sent counts what was handed over.  a is emptied on the way.  A message that cannot be sent is
 * logged and tried again later; only a database that fails is a problem. */
struct problem *mail_send(struct db *db, struct arena *a, const struct config *config, int most, int *sent) MUST_CHECK;

/* The message as the command gets it. */
char *mail_message(struct arena *a, const char *from, const char *to, const char *subject, const char *text, const char *id, int64_t now);

#endif
