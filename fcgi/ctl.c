/* ctl.c -- the program daybookctl, the operator's command: one row for each of its commands, which read their own
 * arguments.  Exit status: 0 for success, 1 for a failure, 2 for a command line that was not understood. */
#include "ctl/ctl.h"
#include "routes.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/migrate.h"

enum need {
	NEED_NOTHING,  /* the worker has nothing but its arenas */
	NEED_SETTINGS, /* and a database that is not connected yet */
	NEED_ALL       /* keys and definitions too, as a worker has */
};

struct command {
	const char *name;
	enum need need;
	int (*run)(struct worker *w, int argc, char **argv);
	const char *words;
	const char *what;
};

/* clang-format off */
static const struct command commands[] = {
	{ "migrate", NEED_SETTINGS, ctl_migrate, "",
	    "bring the database to the schema of this version" },
	{ "doctor", NEED_NOTHING, ctl_doctor, "[--cgi] [--url URL]",
	    "check this installation and say how to mend it" },
	{ "grants", NEED_SETTINGS, ctl_grants, "[--admin] [USER]",
	    "print what the database's users may do, as GRANT statements" },
	{ "key", NEED_SETTINGS, ctl_key, "create | list",
	    "the keys that sign access tokens" },
	{ "user", NEED_ALL, ctl_user, "WORD ...",
	    "people: see daybookctl user help" },
	{ "space", NEED_SETTINGS, ctl_space, "list | limit | recount | backup | backups",
	    "how full the spaces are, and limits of one; backups of one" },
	{ "tidy", NEED_ALL, ctl_tidy, "[--shift-days N]",
	    "delete what has expired, erase deleted teams and accounts, send mail" },
	{ "watch", NEED_ALL, ctl_watch, "",
	    "flag cars that are late, raise alarms, tell people of both, as the housekeeper does" },
	{ "alarm", NEED_SETTINGS, ctl_alarm, "list | raise | ...",
	    "what somebody has to look at, and alarms of what runs beside Daybook" },
	{ "stamps", NEED_SETTINGS, ctl_stamps, "",
	    "the newest stamp of each space by an authority, and what waits for one" },
	{ "verify", NEED_ALL, ctl_verify, "[--space | --file [--key] | FOLDER]",
	    "check the audit's hash chain in every space, and the records against it; or a file, or a backup" },
	{ "restore", NEED_SETTINGS, ctl_restore, "[--again]",
	    "put a database into use that was loaded from a dump" },
	{ "restore", NEED_NOTHING, ctl_script, "FOLDER | --drill ...",
	    "put a backup of backup into use, or prove that it can be (restore --drill --help)" },
	{ "backup", NEED_NOTHING, ctl_script, "[WORD ...]",
	    "back up the whole installation, to several targets (backup --help)" },
	{ "settings", NEED_NOTHING, ctl_settings, "",
	    "print the settings file with every key and its default" },
	{ "routes", NEED_NOTHING, ctl_routes, "[--json]",
	    "print the table of the API" },
	{ "statements", NEED_NOTHING, ctl_statements, "",
	    "print every SQL statement" },
};
/* clang-format on */

enum {
	COMMAND_COUNT = sizeof(commands) / sizeof(commands[0])
};

static void
print_usage(FILE *out)
{
	size_t i;

	fputs("usage: daybookctl [--config FILE] COMMAND ...\n\n", out);
	for (i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-11s %-28s %s\n", commands[i].name, commands[i].words, commands[i].what);
	fputs("  version                                  print the version and the schema it works with\n"
	      "  help                                     print this\n"
	      "\nWithout --config: the file that the environment variable DAYBOOK_CONFIG names, "
	      "else /etc/daybook/daybook.conf.\n"
	      "Exit status: 0 done and well, 1 not, 2 the command was not understood.\n", out);
}

/* verify and restore do two things each: one of this program, and one of a script. */
static const struct command *
find_command(int argc, char **argv)
{
	static const struct command script = { .run = ctl_script };
	size_t i;

	if (ctl_is_script(argc, argv))
		return &script;
	for (i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, argv[0]) == 0)
			return &commands[i];
	return NULL;
}

static int
open_worker(struct worker *w, enum need need, const char *config_path)
{
	if (need == NEED_NOTHING) {
		*w = (struct worker){ .life = arena_new(), .arena = arena_new(), .config_path = config_path };
		return 0;
	}
	if ((need == NEED_ALL ? worker_open : worker_open_settings)(w, config_path) != 0)
		return -1;
	worker_as_admin(w);
	return 0;
}

/* An exported file is checked by itself, and scripts read the settings themselves. */
static enum need
need_of(const struct command *command, int argc, char **argv)
{
	if (command->run == ctl_script)
		return NEED_NOTHING;
	if (command->run == ctl_space && argc > 1 && strncmp(argv[1], "backup", 6) == 0)
		return NEED_ALL; /* keys that seal, and what is defined */
	return command->run == ctl_verify && argc > 1 && strcmp(argv[1], "--file") == 0 ? NEED_NOTHING : command->need;
}

static int
run(const struct command *command, const char *config_path, int argc, char **argv)
{
	static struct worker w;
	int status;

	if (open_worker(&w, need_of(command, argc, argv), config_path) != 0)
		return CTL_FAILED;
	status = command->run(&w, argc, argv);
	if (fflush(stdout) != 0 && status == CTL_OK)
		status = CTL_FAILED;
	db_free(w.db);
	arena_free(w.arena);
	arena_free(w.life);
	return status;
}

/* True for a word with or without "--": "help", "--help". */
static bool
is_word(const char *word, const char *name)
{
	return strcmp(word, name) == 0 || (strncmp(word, "--", 2) == 0 && strcmp(word + 2, name) == 0);
}

static int
refuse_words(const char *word)
{
	if (word != NULL)
		fprintf(stderr, "daybookctl: there is no command %s\n\n", word);
	print_usage(stderr);
	return CTL_USAGE;
}

int
main(int argc, char **argv)
{
	const struct command *command;
	const char *config_path = NULL;
	int at = 1;

	if (argc > at + 1 && strcmp(argv[at], "--config") == 0) {
		config_path = argv[at + 1];
		at += 2;
	}
	if (argc <= at)
		return refuse_words(NULL);
	if (is_word(argv[at], "help")) {
		print_usage(stdout);
		return CTL_OK;
	}
	if (is_word(argv[at], "version")) {
		printf("daybook " DAYBOOK_VERSION ", schema %d to %d\n", SCHEMA_OLDEST, SCHEMA_NEWEST);
		return CTL_OK;
	}
	if ((command = find_command(argc - at, argv + at)) == NULL)
		return refuse_words(argv[at]);
	return run(command, config_path, argc - at, argv + at);
}
