/* mail.h -- mail that Daybook sends: invitations and forgotten passwords.  A request only queues a job, in its own
 * transaction.  The housekeeper hands the message to the setting mail_command (sendmail, or any program that takes a
 * message on standard input and finds the recipient in it) and tries again later when that fails. */
#ifndef MAIL_H
#define MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "store/db.h"

enum {
	MAIL_TRIES = 8,         /* the pause doubles: 1, 2, 4, … minutes */
	MAIL_SECONDS = 5,       /* between two rounds of the housekeeper */
	RESET_MINUTES = 60,     /* for which the link to a new password is valid */
	RESETS_AN_HOUR = 3      /* mails to one person */
};

/* True when the settings have a command, a sender and an address for links. */
bool mail_is_set_up(const struct config *config);

/* True for an address that can be put into a header unchanged: printable ASCII, without anything that would begin
 * another address or a comment. */
bool mail_address_fits(const char *address);

/* Queue a message.  text is plain text, and its lines end in LF. */
struct problem *mail_queue(struct db *db, struct arena *a, const char *to, const char *subject,
    const char *text) MUST_CHECK;

/* Queue the request for a new password.  Only the housekeeper looks up whether somebody has this address, so the person
 * who asks learns nothing, not even from the time it takes. */
struct problem *mail_queue_reset(struct db *db, struct arena *a, const char *email) MUST_CHECK;

/* Send at most `most` queued messages; *sent counts those that the command took.  a is reset on the way.  A message
 * that cannot be sent is logged and tried again later; only a failure of the database is a problem. */
struct problem *mail_send(struct db *db, struct arena *a, const struct config *config, int most, int *sent) MUST_CHECK;

/* The message with its headers, in a, as the command gets it (RFC 5322). */
char *mail_message(struct arena *a, const char *from, const char *to, const char *subject, const char *text,
    const char *id, int64_t now);

#endif
