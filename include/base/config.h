/* config.h -- the settings: one row per key in config.c, read once at start, constant after.
 * The file holds lines "key = value"; # at the start of a line or after a space starts a comment; relative paths are taken from the folder of the file.  An unknown
 * key, a bad value or a key given twice stops the start with file and line.  A key without a value is refused unless its
 * default is nothing too.  Secrets are paths of files, never values. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

struct config {
	/* the database: db_socket is NULL when db_host is given */
	const char *db_socket, *db_host, *db_user, *db_password_file, *db_name, *db_ca_file;
	int db_port;
	/* processes */
	const char *listen;       /* path of the FastCGI socket that the parent opens */
	const char *listen_group; /* group that may connect (nginx's), or NULL */
	const char *run_dir;      /* pid and lock files */
	int workers;              /* processes, 1 to 256 */
	int requests_per_worker;  /* a worker leaves after so many */
	int tidy_minutes;         /* between the housekeeper's rounds */
	/* what Daybook is */
	const char *definitions;  /* folder of collection definitions */
	const char *schema;       /* folder of NNNN_name.sql */
	/* who may come in */
	const char *keys;         /* folder of our own JWT keys, see token.h */
	const char *issuers;      /* folder of external issuers, see token.h, or NULL */
	const char *issuer;       /* iss and aud of our tokens */
	int access_minutes;       /* life of an access token */
	int refresh_days;         /* of a sign-in not used */
	int pin_idle_minutes;     /* of a sign-in by PIN not renewed */
	int registration;         /* boolean: may anyone sign up */
	const char *origins;      /* origins that may call the API from a browser, separated by spaces, or "" */
	/* mail: all three or none */
	const char *mail_command; /* takes a message with its headers on standard input, or NULL */
	const char *mail_from;    /* the sender */
	const char *public_url;   /* what people type to get here, without a slash at its end; or NULL */
	/* how long */
	int op_days;              /* outcomes of ops are kept */
	int tombstone_days;       /* deleted records are kept */
	/* how much */
	int64_t file_max_bytes;    /* of one file */
	int64_t space_quota_bytes; /* of all files of a space */
	/* for people who look */
	const char *log_level;
};

/* Read path.  On a mistake prints one sentence with file and line to standard error and returns -1.
 * Texts live in a.  path NULL: the defaults alone. */
int config_read(struct arena *a, const char *path, struct config *config);

/* The file with every key, its meaning and its default, as `daybookctl settings` prints it. */
void config_print(FILE *out);

#endif
