/* restore.c -- daybookctl restore: the last step of loading a dump.  schema/PROTOCOL.md 5.  Devices have cursors and
 * acknowledged writes that a loaded dump does not know.  So whoever loads a dump sets `live` in the table `meta` to 0,
 * and every request is answered 503 until this command has set it to 1.  Every space gets a new epoch, which follows
 * the one in the dump at the seq that the space had.  Devices notice the new epoch, load everything again, and send
 * again what they had written after that seq.  Sessions that were revoked after the dump would be valid again, so all
 * are revoked: people sign in again, and API tokens must be made again.  The processes of a host remember for a moment
 * what the database said (host/shared.h); the command ends when that moment is over, so that who goes on after it meets
 * nothing of before. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "account/person.h"
#include "ctl/ctl.h"
#include "host/shared.h"
#include "upkeep/witness.h"

struct restored {
	const struct config *config;
	int64_t spaces, sessions;
};

/* All in one transaction: the database becomes live together with its new epochs, or not at all. */
static struct problem *
renew(struct db *db, struct arena *a, void *arg)
{
	struct restored *restored = arg;
	struct rows *epochs, *sessions;
	struct problem *p;

	if ((p = db_run(db, a, SQL(RESTORE_EPOCHS), NULL, 0, &epochs)) != NULL ||
	    (p = db_run(db, a, SQL(RESTORE_SPACES), NULL, 0, NULL)) != NULL ||
	    (p = db_run(db, a, SQL(RESTORE_SESSIONS), NULL, 0, &sessions)) != NULL ||
	    (p = db_run(db, a, SQL(RESTORE_HANDHELDS), NULL, 0, NULL)) != NULL ||
	    (p = witness_accept(db, a, restored->config)) != NULL ||
	    (p = db_run(db, a, SQL(RESTORE_LIVE), NULL, 0, NULL)) != NULL)
		return p;
	restored->spaces = (int64_t)epochs->affected;
	restored->sessions = (int64_t)sessions->affected;
	return NULL;
}

/* Nothing was written after the dump, so nothing in it is old: devices go on, and nobody is signed out. */
static struct problem *
take_as_moved(struct db *db, struct arena *a, void *arg)
{
	struct restored *restored = arg;
	struct problem *p;

	if ((p = witness_accept(db, a, restored->config)) != NULL)
		return p;
	return db_run(db, a, SQL(RESTORE_LIVE), NULL, 0, NULL);
}

static void
outlast_memories(void)
{
	struct timespec moment = { .tv_sec = SHARED_FRESH_MS / 1000, .tv_nsec = SHARED_FRESH_MS % 1000 * 1000000L };

	(void)nanosleep(&moment, NULL);
}

int
ctl_restore(struct worker *w, int argc, char **argv)
{
	bool again = argc == 2 && strcmp(argv[1], "--again") == 0;
	bool moved = argc == 2 && strcmp(argv[1], "--moved") == 0;
	struct restored restored = { .config = &w->config };
	struct problem *p;

	if (argc != 1 && !again && !moved)
		return ctl_usage("restore [--again | --moved]\n\n"
		    "Run it once after a dump was loaded.  "
		    "--again: although this database is in use already, because live\n"
		    "in the table meta was not set to 0 after the dump was loaded.  "
		    "Every device loads everything again,\n"
		    "everybody signs in again, shared handhelds are enrolled again.\n"
		    "--moved: nothing was written after the dump was made; "
		    "devices go on, and everybody stays signed in.");
	if (!again && database_live(w->db, w->arena) == NULL) {
		fputs("daybookctl: this database is in use; if it was loaded from a dump nevertheless, "
		    "say restore --again\n", stderr);
		return CTL_FAILED;
	}
	if ((p = db_transaction(w->db, w->arena, moved ? take_as_moved : renew, &restored)) != NULL)
		return ctl_refuse(p);
	outlast_memories();
	if (moved)
		puts("Everything goes on as it was.  The database is in use.");
	else
		printf("%" PRId64 " spaces have a new epoch, %" PRId64
		    " sessions are revoked.  The database is in use.\n", restored.spaces, restored.sessions);
	return CTL_OK;
}
