/* config.c -- the settings.  Everything about a key is its row in `rows`: type, default, range and meaning.  To add a
 * setting, add a member to struct config and a row here. */
#include "base/config.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum setting_kind {
	TEXT,    /* const char * */
	PATH,    /* const char *, made absolute */
	LEVEL,   /* const char *, a name of log.h */
	INTEGER, /* int, within least and most */
	SIZE,    /* int64_t, bytes, within least and most; K, M or G may follow the number */
	BOOLEAN  /* int, 0 or 1 */
};

struct row {
	const char *key;
	enum setting_kind kind;
	size_t offset;
	const char *usual; /* the default, as in the file, or NULL; a value may be left empty only if this is NULL or
	                    * "" */
	int64_t least, most; /* of an INTEGER or SIZE */
	const char *meaning;
};

/* Where member lies in struct config; does not compile if it is not of that type. */
#define OFFSET(member, type)                                                                             \
	(offsetof(struct config, member) +                                                               \
	    0 * sizeof(struct {                                                                          \
		    _Static_assert(_Generic(((struct config *)0)->member, type: 1, default: 0),          \
		        #member " is not " #type);                                                       \
		    char nothing;                                                                        \
	    }))
#define A_TEXT(member) #member, TEXT, OFFSET(member, const char *)
#define A_PATH(member) #member, PATH, OFFSET(member, const char *)
#define A_LEVEL(member) #member, LEVEL, OFFSET(member, const char *)
#define AN_INTEGER(member) #member, INTEGER, OFFSET(member, int)
#define A_SIZE(member) #member, SIZE, OFFSET(member, int64_t)
#define A_BOOLEAN(member) #member, BOOLEAN, OFFSET(member, int)

/* clang-format off */
static const struct row rows[] = {
	{ A_PATH(db_socket), "/run/mysqld/mysqld.sock", 0, 0,
	    "Where MariaDB or MySQL listens on this machine." },
	{ A_TEXT(db_host), NULL, 0, 0,
	    "A database server elsewhere; when set, db_socket is not used." },
	{ AN_INTEGER(db_port), "3306", 1, 65535,
	    "The port of db_host." },
	{ A_TEXT(db_user), "daybook", 0, 0,
	    "The database user." },
	{ A_PATH(db_password_file), NULL, 0, 0,
	    "A file that holds the password of db_user and nothing else; readable by Daybook alone." },
	{ A_TEXT(db_admin_user), NULL, 0, 0,
	    "The database user of `daybookctl` and of the housekeeper, so that db_user needs few rights "
	    "(`daybookctl grants`); when empty, db_user does all." },
	{ A_PATH(db_admin_password_file), NULL, 0, 0,
	    "A file that holds the password of db_admin_user; none when the server knows that user by its socket." },
	{ A_TEXT(db_name), "daybook", 0, 0,
	    "The name of the database." },
	{ A_PATH(db_ca_file), NULL, 0, 0,
	    "The authority that signed the certificate of db_host (PEM); "
	    "the connection is then encrypted and checked." },
	{ A_PATH(listen), "/run/daybook/daybook.sock", 0, 0,
	    "The socket on which nginx reaches the workers." },
	{ A_TEXT(listen_group), NULL, 0, 0,
	    "The group that may connect to it: that of nginx." },
	{ A_PATH(run_dir), "/run/daybook", 0, 0,
	    "A folder for pid and lock files." },
	{ A_PATH(state_dir), "/var/lib/daybook", 0, 0,
	    "A folder that outlives restarts: a file in it tells whether the database was set back or exchanged." },
	{ AN_INTEGER(workers), "8", 1, 256,
	    "How many requests are answered at the same time; each takes a few megabytes." },
	{ AN_INTEGER(requests_at_once), "0", 0, 256,
	    "How many requests of one person are answered at the same time; 0 for half of the workers. More for an "
	    "account that many devices share." },
	{ AN_INTEGER(requests_per_worker), "100000", 1, INT_MAX,
	    "A worker is replaced by a fresh one after so many requests." },
	{ AN_INTEGER(tidy_minutes), "60", 1, 10080,
	    "Minutes between two rounds of the housekeeper that delete what has expired." },
	{ A_PATH(definitions), "/usr/share/daybook/schema/collections", 0, 0,
	    "The folder of the definitions of collections." },
	{ A_PATH(schema), "/usr/share/daybook/schema", 0, 0,
	    "The folder of the schema's files, for `daybookctl migrate`." },
	{ A_PATH(keys), "/etc/daybook/keys", 0, 0,
	    "The folder of the keys that sign access tokens; `daybookctl` makes them." },
	{ A_PATH(issuers), NULL, 0, 0,
	    "A folder of other issuers whose tokens are accepted." },
	{ A_TEXT(issuer), "daybook", 0, 0,
	    "The name of this installation in the access tokens that it signs." },
	{ AN_INTEGER(access_minutes), "15", 1, 1440,
	    "Minutes for which an access token is good." },
	{ AN_INTEGER(refresh_days), "60", 1, 3650,
	    "Days without use after which a device must sign in again." },
	{ AN_INTEGER(api_token_days), "365", 0, 3650,
	    "The longest life of an API token in days; 0 allows tokens that never expire." },
	{ AN_INTEGER(pin_idle_minutes), "15", 1, 720,
	    "Minutes without a touch after which a shared handheld asks for the PIN again." },
	{ A_BOOLEAN(registration), "yes", 0, 0,
	    "Whether anyone may sign up; otherwise `daybookctl` adds people." },
	{ AN_INTEGER(sign_ups), "50", 1, 1000000,
	    "How many accounts may be made from one network before each further one has to wait, up to 15 minutes." },
	{ A_TEXT(origins), "", 0, 0,
	    "Other web sites that may call the API from a browser, separated by spaces: https://app.example.org" },
	{ A_TEXT(mail_command), NULL, 0, 0,
	    "A command that reads a message on standard input and sends it to the recipients in its headers: "
	    "/usr/sbin/sendmail -t -i" },
	{ A_TEXT(mail_from), NULL, 0, 0,
	    "The sender of that mail: daybook@example.org" },
	{ A_TEXT(public_url), NULL, 0, 0,
	    "The address of this installation, for the links in mail: https://daybook.example.org" },
	{ AN_INTEGER(op_days), "90", 30, 3650,
	    "Days for which the outcome of a write is remembered, for a device that asks again." },
	{ AN_INTEGER(tombstone_days), "180", 1, 3650,
	    "Days for which a deletion is remembered; a device away for longer loads everything again." },
	{ A_SIZE(file_max_bytes), "10M", 1 << 16, 1 << 30,
	    "Bytes of one photo or PDF (K, M and G may be used); what has more than 16M is sent in pieces." },
	{ A_SIZE(space_quota_bytes), "1G", 0, (int64_t)1 << 50,
	    "Bytes of all files of a space together." },
	{ AN_INTEGER(space_records), "1000000", 0, INT_MAX,
	    "Records of a space that are not deleted; 0 for any number. "
	    "`daybookctl space` gives one space another limit." },
	{ A_SIZE(space_bytes), "4G", 0, (int64_t)1 << 50,
	    "Bytes of the records of a space with their history, which is never deleted; 0 for any number." },
	{ A_SIZE(backup_bytes_max), "2G", 0, (int64_t)1 << 50,
	    "Bytes of all backups of a space together, its photos not counted; 0 for any number." },
	{ AN_INTEGER(backup_minutes), "5", 0, 1440,
	    "Minutes between two automatic backups of a space that changes; 0 makes none, on this server." },
	{ A_TEXT(operator), NULL, 0, 0,
	    "Who gets mail when something has to be looked at, such as a backup that failed: admin@example.org" },
	{ AN_INTEGER(backup_hours), "26", 0, 87600,
	    "After so many hours without a whole deploy/backup there is an alarm, once there was one; 0: never." },
	{ AN_INTEGER(disk_percent), "5", 0, 100,
	    "There is an alarm when less than this part of a disk is free; 0: never." },
	{ A_SIZE(database_bytes_max), "0", 0, (int64_t)1 << 50,
	    "There is an alarm when the database takes more than these bytes; 0 for any number." },
	{ A_TEXT(stamp_url), NULL, 0, 0,
	    "A time-stamping authority (RFC 3161) that deploy/stamp asks once a day, or an alarm says so: "
	    "https://tsa.example.org" },
	{ A_PATH(stamp_ca), NULL, 0, 0,
	    "The certificates by which its stamps are checked (PEM)." },
	{ A_BOOLEAN(metrics), "no", 0, 0,
	    "Whether GET /metrics tells this machine, and who has the token, figures for Prometheus." },
	{ A_PATH(metrics_token_file), NULL, 0, 0,
	    "A file that holds the token by which other machines may read GET /metrics, and nothing else." },
	{ A_LEVEL(log_level), "info", 0, 0,
	    "What is written to the log: error, warn, info or debug." },
};
/* clang-format on */

enum {
	ROW_COUNT = sizeof(rows) / sizeof(rows[0])
};

static const char SPACE[] = " \t\r\n";

struct config_reading {
	struct arena *arena;
	const char *path;   /* of the file, as it was given */
	const char *folder; /* of the file, absolute */
	int line;           /* being read, from 1 */
	bool seen[ROW_COUNT];
	struct config *config;
};

/* Print what is wrong with the line being read. */
static int
bad_setting(const struct config_reading *r, const char *key, const char *why)
{
	fprintf(stderr, "%s:%d: %s%s%s\n", r->path, r->line, key, key[0] == '\0' ? "" : ": ", why);
	return -1;
}

static const struct row *
find_row(const char *key)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

static void
set_text(struct config *config, const struct row *row, const char *value)
{
	memcpy((char *)config + row->offset, &value, sizeof(value));
}

static void
set_integer(struct config *config, const struct row *row, int value)
{
	memcpy((char *)config + row->offset, &value, sizeof(value));
}

static void
set_size(struct config *config, const struct row *row, int64_t value)
{
	memcpy((char *)config + row->offset, &value, sizeof(value));
}

/* Read an integer in decimal and nothing else. */
static bool
read_integer(const char *text, int64_t least, int64_t most, int *value)
{
	char *end;
	long read;

	if (text[0] != '-' && (text[0] < '0' || text[0] > '9'))
		return false;
	errno = 0;
	read = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || read < least || read > most)
		return false;
	*value = (int)read;
	return true;
}

bool
config_size(const char *text, int64_t least, int64_t most, int64_t *value)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	long long read;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	read = strtoll(text, &end, 10);
	if (errno != 0 || read > most)
		return false;
	unit = *end == '\0' ? NULL : strchr(units, *end);
	for (const char *at = units; unit != NULL && at <= unit && read <= most; at++)
		read *= 1024;
	if ((*end != '\0' && unit == NULL) || (unit != NULL && end[1] != '\0') || read < least || read > most)
		return false;
	*value = read;
	return true;
}

/* A size with its unit: "16M". */
static const char *
say_size(struct arena *a, int64_t size)
{
	static const char *const units[] = { "", "K", "M", "G", "T" };
	size_t unit = 0;

	while (size > 0 && size % 1024 == 0 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		size /= 1024;
		unit++;
	}
	return arena_printf(a, "%lld%s", (long long)size, units[unit]);
}

static bool
read_boolean(const char *text, int *value)
{
	static const char *const words[] = { "no", "yes", "false", "true", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*value = i % 2;
		return true;
	}
	return false;
}

/* Store value, as it is in the file, in the member of its row.  Returns what is wrong with it, or NULL. */
static const char *
set(struct arena *a, struct config *config, const struct row *row, const char *folder, const char *value)
{
	enum log_level level;
	int64_t size;
	int number;

	switch (row->kind) {
	case TEXT:
		set_text(config, row, value);
		return NULL;
	case PATH:
		set_text(config, row,
		    value[0] == '/' ? value : arena_printf(a, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, value));
		return NULL;
	case LEVEL:
		if (!log_level_named(value, &level))
			return "must be error, warn, info or debug";
		set_text(config, row, value);
		return NULL;
	case INTEGER:
		if (!read_integer(value, row->least, row->most, &number))
			return arena_printf(a, "must be a whole number from %d to %d", (int)row->least, (int)row->most);
		set_integer(config, row, number);
		return NULL;
	case SIZE:
		if (!config_size(value, row->least, row->most, &size))
			return arena_printf(a,
			    "must be a number of bytes from %s to %s", say_size(a, row->least), say_size(a, row->most));
		set_size(config, row, size);
		return NULL;
	case BOOLEAN:
		if (!read_boolean(value, &number))
			return "must be yes or no";
		set_integer(config, row, number);
		return NULL;
	}
	return "is of no known type";
}

/* The defaults are checked like the values of the file: a wrong one is a mistake in this table. */
static void
set_defaults(struct arena *a, struct config *config)
{
	memset(config, 0, sizeof(*config));
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (rows[i].usual != NULL && set(a, config, &rows[i], "/", rows[i].usual) != NULL)
			abort();
}

/* Text without the space around it; text is changed. */
static char *
trim(char *text)
{
	size_t length;

	text += strspn(text, SPACE);
	length = strlen(text);
	while (length > 0 && strchr(SPACE, text[length - 1]) != NULL)
		length--;
	text[length] = '\0';
	return text;
}

/* A # starts a comment at the start of a line and after a space; elsewhere it belongs to the value. */
static void
cut_comment(char *line)
{
	for (char *at = line; *at != '\0'; at++) {
		if (*at != '#' || (at > line && strchr(SPACE, at[-1]) == NULL))
			continue;
		*at = '\0';
		return;
	}
}

static int
take_value(struct config_reading *r, const char *key, const char *value)
{
	const struct row *row = find_row(key);
	const char *wrong;

	if (row == NULL)
		return bad_setting(r, key, "there is no such setting");
	if (r->seen[row - rows])
		return bad_setting(r, key, "is given twice");
	r->seen[row - rows] = true;
	if (value[0] == '\0') {
		if (row->usual != NULL && row->usual[0] != '\0')
			return bad_setting(r, key, "needs a value");
		return 0;
	}
	wrong = set(r->arena, r->config, row, r->folder, arena_strdup(r->arena, value));
	return wrong == NULL ? 0 : bad_setting(r, key, wrong);
}

static int
take_line(struct config_reading *r, char *line, size_t length)
{
	char *equals;

	if (strlen(line) != length)
		return bad_setting(r, "", "the line holds a NUL byte");
	cut_comment(line);
	line = trim(line);
	if (line[0] == '\0')
		return 0;
	equals = strchr(line, '=');
	if (equals == NULL)
		return bad_setting(r, "", "the line is not of the form key = value");
	*equals = '\0';
	return take_value(r, trim(line), trim(equals + 1));
}

static int
take_lines(struct config_reading *r, FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int result = 0;

	while (result == 0 && (length = getline(&line, &room, file)) >= 0) {
		r->line++;
		result = take_line(r, line, (size_t)length);
	}
	free(line);
	if (result == 0 && ferror(file))
		return bad_setting(r, "", strerror(errno));
	return result;
}

/* The folder of the file at path, absolute. */
static const char *
find_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/'), *folder = ".";
	char absolute[PATH_MAX];

	if (slash != NULL)
		folder = slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
	if (realpath(folder, absolute) == NULL)
		return NULL;
	return arena_strdup(a, absolute);
}

/* Check public_url and remove the slash at its end.  Returns what is wrong with it, or NULL. */
static const char *
check_url(struct arena *a, struct config *config)
{
	const char *url = config->public_url;
	size_t length = url == NULL ? 0 : strlen(url);

	if (url == NULL)
		return NULL;
	if ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) || strpbrk(url, " \t\"<>#?") != NULL)
		return "public_url: must begin with https:// or http://";
	while (length > 0 && url[length - 1] == '/')
		length--;
	config->public_url = arena_strndup(a, url, length);
	return NULL;
}

/* Without an admin, the one user does all.  Returns what does not fit, or NULL. */
static const char *
settle_users(struct config *config)
{
	if (config->db_admin_user == NULL && config->db_admin_password_file != NULL)
		return "db_admin_password_file: needs db_admin_user";
	if (config->db_admin_user == NULL) {
		config->db_admin_user = config->db_user;
		config->db_admin_password_file = config->db_password_file;
	}
	return NULL;
}

/* Check settings that depend on each other.  db_host, if given, overrides db_socket.  Returns what does not fit, or
 * NULL. */
static const char *
settle(struct arena *a, struct config *config)
{
	const char *wrong = settle_users(config);

	if (wrong != NULL)
		return wrong;
	if (config->db_host != NULL)
		config->db_socket = NULL;
	if (config->mail_command != NULL && (config->mail_from == NULL || config->public_url == NULL))
		return "mail_command: needs mail_from and public_url";
	if (config->mail_from != NULL && strpbrk(config->mail_from, "\r\n") != NULL)
		return "mail_from: must be one line";
	return check_url(a, config);
}

static void
print_row(FILE *out, const struct row *row)
{
	fprintf(out, "\n# %s", row->meaning);
	if (row->kind == INTEGER && row->most == INT_MAX)
		fprintf(out, "  (%d or more)", (int)row->least);
	else if (row->kind == INTEGER)
		fprintf(out, "  (%d to %d)", (int)row->least, (int)row->most);
	if (row->usual == NULL || row->usual[0] == '\0')
		fprintf(out, "\n#%s =\n", row->key);
	else
		fprintf(out, "\n#%s = %s\n", row->key, row->usual);
}

int
config_read(struct arena *a, const char *path, struct config *config)
{
	struct config_reading r = { .arena = a, .path = path, .config = config };
	const char *wrong;
	FILE *file;
	int result;

	set_defaults(a, config);
	if (path == NULL) {
		settle_users(config);
		return 0;
	}
	r.folder = find_folder(a, path);
	file = r.folder == NULL ? NULL : fopen(path, "re");
	if (file == NULL) {
		fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
		return -1;
	}
	result = take_lines(&r, file);
	fclose(file);
	if ((wrong = settle(a, config)) != NULL && result == 0) {
		fprintf(stderr, "%s: %s\n", path, wrong);
		return -1;
	}
	return result;
}

void
config_print(FILE *out)
{
	fputs("# Daybook's settings, one \"key = value\" a line.  "
	      "Every key stands here with its default; take away the # in\n"
	      "# front of a key to set it.  A # at the start of a line or after a space begins a comment.  "
	      "Relative paths are\n"
	      "# taken from the folder of this file.  Secrets are never values here, only paths of files.\n", out);
	for (size_t i = 0; i < ROW_COUNT; i++)
		print_row(out, &rows[i]);
}
