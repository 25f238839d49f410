/* scripts.c -- daybookctl backup, restore FOLDER and verify FOLDER: the operator's scripts deploy/backup and
 * deploy/restore, which run MariaDB's own programs, under the name that operators know.  They are found beside this
 * program: in the tree it was built in, or where make install put them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/ctl.h"

/* Words of restore that are of the script alone.  It says itself that a folder is not there. */
static bool
is_of_script(const char *word)
{
	struct stat file;

	return strcmp(word, "--drill") == 0 || strcmp(word, "--check") == 0 || strchr(word, '/') != NULL ||
	    (stat(word, &file) == 0 && S_ISDIR(file.st_mode));
}

bool
ctl_is_script(int argc, char **argv)
{
	if (strcmp(argv[0], "backup") == 0)
		return true;
	if (strcmp(argv[0], "restore") != 0 && strcmp(argv[0], "verify") != 0)
		return false;
	for (int i = 1; i < argc; i++)
		if (is_of_script(argv[i]))
			return strcmp(argv[0], "restore") == 0 || argc == 2;
	return false;
}

/* The folder of this program, for the scripts: they use the daybookctl that is there. */
static const char *
own_folder(struct arena *a)
{
	char *path = arena_raw(a, PATH_MAX);
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length <= 0)
		return ".";
	path[length] = '\0';
	*strrchr(path, '/') = '\0';
	return path;
}

static const char *
find_script(struct arena *a, const char *folder, const char *name)
{
	static const char *const places[] = { "../../deploy", "../share/daybook/deploy", "deploy" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = arena_printf(a, "%s/%s/%s", folder, places[i], name);

		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

int
ctl_script(struct worker *w, int argc, char **argv)
{
	const char *name = strcmp(argv[0], "backup") == 0 ? "backup" : "restore", *folder = own_folder(w->life);
	const char *script = find_script(w->life, folder, name);
	char **words = arena_raw(w->life, ((size_t)argc + 4) * sizeof *words);
	int count = 0;

	if (script == NULL) {
		fprintf(stderr, "daybookctl: deploy/%s is not installed beside this program\n", name);
		return CTL_FAILED;
	}
	words[count++] = arena_strdup(w->life, script);
	if (w->config_path != NULL) {
		words[count++] = arena_strdup(w->life, "--config");
		words[count++] = arena_strdup(w->life, w->config_path);
	}
	for (int i = 1; i < argc; i++)
		words[count++] = argv[i];
	if (strcmp(argv[0], "verify") == 0)
		words[count++] = arena_strdup(w->life, "--check");
	words[count] = NULL;
	setenv("DAYBOOK_BUILD", folder, 0);
	execv(script, words);
	fprintf(stderr, "daybookctl: %s: %s\n", script, strerror(errno));
	return CTL_FAILED;
}
