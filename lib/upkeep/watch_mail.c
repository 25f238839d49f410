/* watch_mail.c -- the message that tells the operator of alarms: of each once a day while it is there, and once when it
 * is over. */
#include <inttypes.h>

#include "account/mail.h"
#include "base/buf.h"
#include "base/instant.h"
#include "store/statement.h"
#include "upkeep/alarm.h"
#include "upkeep/watch.h"

/* The alarms of one message; they are marked in the transaction that queues it. */
struct telling {
	const struct config *config;
	int told;
};

static void
add_alarm(struct buf *text, const struct rows *rows, size_t i)
{
	const char *kind = row_text(rows, i, ALARM_KIND), *subject = row_text(rows, i, ALARM_SUBJECT);
	bool over = row_integer(rows, i, TELLING_IS_OVER) != 0;

	buf_printf(text, "%s%s%s%s\n", over ? "Over: " : "", kind, *subject == '\0' ? "" : " ", subject);
	buf_printf(text, "  %s\n  Since %s, %" PRId64 " times.\n", row_text(rows, i, ALARM_DETAIL),
	    instant_text(text->arena, row_instant(rows, i, ALARM_RAISED_AT)), row_integer(rows, i, ALARM_COUNT));
	if (!over)
		buf_printf(text, "  %s\n", alarm_mend(kind));
	buf_char(text, '\n');
}

static int
count_present(const struct rows *rows)
{
	int present = 0;

	for (size_t i = 0; i < rows->count; i++)
		present += row_integer(rows, i, TELLING_IS_OVER) == 0;
	return present;
}

static struct problem *
queue_message(struct db *db, struct arena *a, const struct config *config, const struct rows *rows)
{
	int present = count_present(rows);
	struct buf text;

	buf_init(&text, a);
	buf_printf(&text, "This is the Daybook at %s.\n\n", config->public_url);
	for (size_t i = 0; i < rows->count; i++)
		add_alarm(&text, rows, i);
	buf_text(&text, "What is still there is mailed again in a day; daybookctl alarm list shows it at any time.\n");
	return mail_queue(db, a, config->operator, present == 0 ? "Daybook: alarms are over"
	    : arena_printf(a, "Daybook: %d %s", present, present == 1 ? "alarm" : "alarms"), text.text);
}

static struct problem *
tell(struct db *db, struct arena *a, void *arg)
{
	struct telling *t = arg;
	struct problem *p;
	struct rows *rows;

	t->told = 0;
	if ((p = db_run(db, a, SQL(ALARM_TELL), NULL, 0, &rows)) != NULL || rows->count == 0)
		return p;
	for (size_t i = 0; i < rows->count; i++)
		if ((p = db_run(db, a, SQL(ALARM_TOLD), VALUES(*row_cell(rows, i, ALARM_KIND),
		    *row_cell(rows, i, ALARM_SUBJECT)), NULL)) != NULL)
			return p;
	t->told = (int)rows->count;
	return queue_message(db, a, t->config, rows);
}

struct problem *
watch_mail(struct db *db, struct arena *a, const struct config *config, int *told)
{
	struct telling t = { .config = config };
	struct problem *p = NULL;

	if (config->operator != NULL && mail_address_fits(config->operator) && mail_is_set_up(config))
		p = db_transaction(db, a, tell, &t);
	*told = t.told;
	return p != NULL ? p : db_run(db, a, SQL(ALARM_FORGET), NULL, 0, NULL);
}
