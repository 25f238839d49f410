/* user.c -- daybookctl user: the operator's commands for accounts.  Passwords come from a file, from standard input or
 * from the keyboard without echo; never from the command line, where every user of the machine could read them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "account/account.h"
#include "account/email.h"
#include "base/instant.h"
#include "base/json.h"
#include "ctl/ctl.h"
#include "upkeep/erase.h"

enum {
	PASSWORD_ROOM = 4 * PASSWORD_MAX + 2 /* with a line break and a NUL */
};

struct options {
	const char *words[3]; /* the arguments that are not options */
	int count;
	const char *name, *password_file;
	bool no_password, now, keep_tokens;
};

static void
print_usage(FILE *out)
{
	fputs("usage: daybookctl user add EMAIL [--name NAME] [--password-file FILE | --no-password]\n"
	      "       daybookctl user password EMAIL [--password-file FILE] [--keep-tokens]\n"
	      "       daybookctl user disable EMAIL      ends every sign-in and API token of theirs\n"
	      "       daybookctl user enable EMAIL       also one that was deleted and not yet erased\n"
	      "       daybookctl user erase EMAIL --now  name, address and own space go for good; "
	      "teams keep what was written\n"
	      "       daybookctl user link EMAIL ISSUER SUBJECT\n"
	      "       daybookctl user unlink ISSUER SUBJECT\n"
	      "       daybookctl user list\n"
	      "Without FILE the password is asked for, or read from standard input up to the end of the line.\n", out);
}

static int
usage(void)
{
	print_usage(stderr);
	return CTL_USAGE;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	memset(o, 0, sizeof(*o));
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--no-password") == 0)
			o->no_password = true;
		else if (strcmp(argv[i], "--keep-tokens") == 0)
			o->keep_tokens = true;
		else if (strcmp(argv[i], "--now") == 0)
			o->now = true;
		else if (strcmp(argv[i], "--name") == 0 && i + 1 < argc)
			o->name = argv[++i];
		else if (strcmp(argv[i], "--password-file") == 0 && i + 1 < argc)
			o->password_file = argv[++i];
		else if (strncmp(argv[i], "--", 2) == 0 || o->count == (int)(sizeof(o->words) / sizeof(o->words[0])))
			return false;
		else
			o->words[o->count++] = argv[i];
	}
	return true;
}

/* --- passwords --- */

/* The first line of in, without its line break.  NULL, after a message, when there is none or it is too long. */
static const char *
read_line(struct arena *a, FILE *in, const char *where)
{
	char *line = arena_alloc(a, PASSWORD_ROOM);
	size_t length;

	if (fgets(line, PASSWORD_ROOM, in) == NULL) {
		fprintf(stderr, "daybookctl: no password in %s\n", where);
		return NULL;
	}
	length = strlen(line);
	if (length == PASSWORD_ROOM - 1 && line[length - 1] != '\n') {
		fprintf(stderr, "daybookctl: the line in %s is too long for a password\n", where);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	if (!text_is_clean(line, strlen(line))) {
		fprintf(stderr, "daybookctl: the password in %s is not clean UTF-8\n", where);
		return NULL;
	}
	return line;
}

static const char *
read_file(struct arena *a, const char *path)
{
	FILE *in = fopen(path, "re");
	const char *password;

	if (in == NULL) {
		fprintf(stderr, "daybookctl: %s: %s\n", path, strerror(errno));
		return NULL;
	}
	password = read_line(a, in, path);
	fclose(in);
	return password;
}

static const char *
ask_once(struct arena *a, const char *prompt)
{
	struct termios before, quiet;
	const char *password;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return NULL;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	password = read_line(a, stdin, "what was typed");
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return password;
}

static const char *
ask_twice(struct arena *a)
{
	const char *first = ask_once(a, "New password: ");
	const char *second = first != NULL ? ask_once(a, "Once more: ") : NULL;

	if (second == NULL)
		return NULL;
	if (strcmp(first, second) == 0)
		return first;
	fputs("daybookctl: these were two different passwords; nothing was changed\n", stderr);
	return NULL;
}

static const char *
read_password(struct arena *a, const struct options *o)
{
	if (o->password_file != NULL)
		return read_file(a, o->password_file);
	if (isatty(STDIN_FILENO))
		return ask_twice(a);
	return read_line(a, stdin, "standard input");
}

/* --- the commands --- */

static int
add(struct worker *w, const struct options *o)
{
	struct problem *p;
	const char *email = o->words[0], *name = o->name, *password = NULL, *id;

	if (o->count != 1 || o->now || o->keep_tokens || (o->no_password && o->password_file != NULL))
		return usage();
	if (name == NULL)
		name = arena_strndup(w->arena, email, strcspn(email, "@"));
	if ((p = email_normal(w->arena, email, &email)) != NULL ||
	    (p = person_name_check(w->arena, "name", name)) != NULL)
		return ctl_refuse(p);
	if (!o->no_password && (password = read_password(w->arena, o)) == NULL)
		return CTL_FAILED;
	if ((p = account_add(w->db, w->arena, email, name, password, &id)) != NULL)
		return ctl_refuse(p);
	puts(id);
	return CTL_OK;
}

static int
set_password(struct worker *w, const struct options *o)
{
	struct problem *p;
	const char *password;

	if (o->count != 1 || o->now || o->name != NULL || o->no_password)
		return usage();
	if ((password = read_password(w->arena, o)) == NULL)
		return CTL_FAILED;
	if ((p = account_set_password(w->db, w->arena, o->words[0], password, !o->keep_tokens)) != NULL)
		return ctl_refuse(p);
	return CTL_OK;
}

static bool
is_bare(const struct options *o, int count)
{
	return o->count == count && o->name == NULL && o->password_file == NULL && !o->no_password && !o->now &&
	    !o->keep_tokens;
}

static int
set_disabled(struct worker *w, const struct options *o, bool disabled)
{
	struct problem *p;

	if (!is_bare(o, 1))
		return usage();
	if ((p = account_set_disabled(w->db, w->arena, o->words[0], disabled)) != NULL)
		return ctl_refuse(p);
	return CTL_OK;
}

static int
disable(struct worker *w, const struct options *o)
{
	return set_disabled(w, o, true);
}

static int
enable(struct worker *w, const struct options *o)
{
	return set_disabled(w, o, false);
}

/* This cannot be undone, so --now is required. */
static int
erase(struct worker *w, const struct options *o)
{
	const struct call call = worker_call(w);
	struct problem *p;

	if (!o->now || o->keep_tokens || o->count != 1 || o->name != NULL || o->password_file != NULL || o->no_password)
		return usage();
	if ((p = erase_user(&call, o->words[0])) != NULL)
		return ctl_refuse(p);
	return CTL_OK;
}

static int
make_link(struct worker *w, const struct options *o)
{
	struct problem *p;

	if (!is_bare(o, 3))
		return usage();
	if ((p = account_link(w->db, w->arena, o->words[0], o->words[1], o->words[2])) != NULL)
		return ctl_refuse(p);
	return CTL_OK;
}

static int
remove_link(struct worker *w, const struct options *o)
{
	struct problem *p;

	if (!is_bare(o, 2))
		return usage();
	if ((p = account_unlink(w->db, w->arena, o->words[0], o->words[1])) != NULL)
		return ctl_refuse(p);
	return CTL_OK;
}

static int
list(struct worker *w, const struct options *o)
{
	struct problem *p;
	struct account_row *accounts;
	size_t count;

	if (!is_bare(o, 0))
		return usage();
	if ((p = accounts_list(w->db, w->arena, &accounts, &count)) != NULL)
		return ctl_refuse(p);
	printf("%-36s  %-8s  %-24s  %-24s  %s\n", "id", "state", "since", "last used", "e-mail, name");
	for (size_t i = 0; i < count; i++)
		printf("%-36s  %-8s  %-24s  %-24s  %s, %s\n", accounts[i].id,
		    accounts[i].disabled ? "disabled" : "enabled", instant_text(w->arena, accounts[i].created_at),
		    accounts[i].last_used_at != 0 ? instant_text(w->arena, accounts[i].last_used_at) : "-",
		    accounts[i].email, accounts[i].name);
	return CTL_OK;
}

static const struct {
	const char *word;
	int (*run)(struct worker *w, const struct options *o);
} words[] = {
	{ "add", add },
	{ "password", set_password },
	{ "disable", disable },
	{ "enable", enable },
	{ "erase", erase },
	{ "link", make_link },
	{ "unlink", remove_link },
	{ "list", list },
};

int
ctl_user(struct worker *w, int argc, char **argv)
{
	struct options o;

	if (argc == 2 && strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return CTL_OK;
	}
	if (argc < 2 || !read_options(argc - 2, argv + 2, &o))
		return usage();
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(argv[1], words[i].word) == 0)
			return words[i].run(w, &o);
	return usage();
}
