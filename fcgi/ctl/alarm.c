/* alarm.c -- daybookctl alarm: what somebody has to look at; and alarms of what runs beside Daybook, as deploy/backup
 * raises them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/json.h"
#include "ctl/ctl.h"
#include "upkeep/alarm.h"
#include "upkeep/watch.h"

enum {
	KIND_MOST = 32, /* characters, as the columns have */
	SUBJECT_MOST = 64
};

static const char usage[] =
    "alarm list                        exit status 1 when there is one\n"
    "       daybookctl alarm raise KIND SUBJECT DETAIL\n"
    "       daybookctl alarm clear KIND SUBJECT\n"
    "       daybookctl alarm backed-up        a backup of all is whole: clears the alarms about that\n"
    "KIND is a word such as backup-failed; SUBJECT says of what, and may be empty.";

static int
list(struct worker *w)
{
	struct alarm *alarms;
	size_t count;
	struct problem *p = alarms_read(w->db, w->arena, NULL, &alarms, &count);

	if (p != NULL)
		return ctl_refuse(p);
	for (size_t i = 0; i < count; i++)
		printf("%s  %s%s%s  since %s, %" PRId64 " times\n    -> %s\n", alarms[i].kind, alarms[i].subject,
		    *alarms[i].subject == '\0' ? "" : "  ", alarms[i].detail,
		    instant_text(w->arena, alarms[i].raised_at), alarms[i].count, alarm_mend(alarms[i].kind));
	if (count == 0)
		puts("There is no alarm.");
	return count == 0 ? CTL_OK : CTL_FAILED;
}

/* Printable ASCII that a column of so many characters holds. */
static bool
is_word(const char *text, size_t most)
{
	for (const char *at = text; *at != '\0'; at++)
		if (*at < ' ' || *at > '~' || (size_t)(at - text) >= most)
			return false;
	return true;
}

static int
change(struct worker *w, int argc, char **argv)
{
	bool raises = strcmp(argv[0], "raise") == 0;
	struct problem *p;

	if (argc != (raises ? 4 : 3) || *argv[1] == '\0' || !is_word(argv[1], KIND_MOST) ||
	    !is_word(argv[2], SUBJECT_MOST) || (raises && !text_is_clean(argv[3], strlen(argv[3]))))
		return ctl_usage(usage);
	p = raises ? alarm_raise(w->db, w->arena, argv[1], argv[2], argv[3])
	    : alarm_clear(w->db, w->arena, argv[1], argv[2]);
	return p == NULL ? CTL_OK : ctl_refuse(p);
}

int
ctl_alarm(struct worker *w, int argc, char **argv)
{
	struct problem *p;

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list(w);
	if (argc == 2 && strcmp(argv[1], "backed-up") == 0)
		return (p = watch_backed_up(w->db, w->arena)) == NULL ? CTL_OK : ctl_refuse(p);
	if (argc > 1 && (strcmp(argv[1], "raise") == 0 || strcmp(argv[1], "clear") == 0))
		return change(w, argc - 1, argv + 1);
	return ctl_usage(usage);
}
