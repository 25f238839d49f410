/* config.h -- the settings: one row for each key in config.c, read once at start and constant afterwards.
 *
 * The file holds lines "key = value".  A # at the start of a line or after a space begins a comment.  Relative paths
 * are relative to the folder of the file.  An unknown key, a bad value or a key given twice stops the start with file
 * and line; so does a key without a value, unless its default is empty too.  Secrets are given as paths of files, never
 * as values. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

struct config {
	/* the database: db_socket is NULL when db_host is given */
	const char *db_socket, *db_host, *db_user, *db_password_file, *db_name, *db_ca_file;
	int db_port;
	const char *db_admin_user, *db_admin_password_file; /* those of db_user when no other is set */
	/* processes */
	const char *listen;       /* path of the FastCGI socket that the parent opens */
	const char *listen_group; /* group that may connect (nginx's), or NULL */
	const char *run_dir;      /* pid and lock files */
	const char *state_dir;    /* what outlives restarts: see upkeep/witness.h */
	int workers;              /* worker processes, 1 to 256 */
	int requests_at_once;     /* of one person; 0 for half of the workers */
	int requests_per_worker;  /* a worker exits after this many */
	int tidy_minutes;         /* between two rounds that delete what has expired */
	/* the collections and the tables */
	const char *definitions;  /* folder of collection definitions */
	const char *schema;       /* folder of NNNN_name.sql */
	/* who may sign in */
	const char *keys;         /* folder of Daybook's own JWT keys, see token.h */
	const char *issuers;      /* folder of external issuers, see token.h, or NULL */
	const char *issuer;       /* iss and aud of Daybook's own tokens */
	int access_minutes;       /* for which an access token is valid */
	int refresh_days;         /* after which an unused sign-in ends */
	int api_token_days;       /* the longest life of an API token; 0: none */
	int pin_idle_minutes;     /* after which a sign-in by PIN ends unless it is renewed */
	int registration;         /* boolean: may anyone sign up */
	int sign_ups;             /* from one network, before each further one has to wait */
	const char *origins;      /* origins that may call the API from a browser, separated by spaces, or "" */
	/* mail: all three or none */
	const char *mail_command; /* takes a message with its headers on standard input, or NULL */
	const char *mail_from;    /* the sender */
	const char *public_url;   /* the address people type, without a slash at its end; or NULL */
	/* how long things are kept */
	int op_days;              /* for which outcomes of ops are kept */
	int tombstone_days;       /* for which deleted records are kept as tombstones */
	/* how much is stored */
	int64_t file_max_bytes;    /* of one file */
	int64_t space_quota_bytes; /* of all files of a space */
	int space_records;         /* of a space, not deleted; 0: any number */
	int64_t space_bytes;       /* of a space: records and their history; 0: any number */
	int64_t backup_bytes_max;  /* of all backups of a space; 0: any number */
	int backup_minutes;        /* between two automatic backups of a space; 0: none are made */
	/* watching */
	const char *operator;      /* an e-mail address, or NULL */
	int backup_hours;          /* without a whole backup by the operator; 0: any number */
	int disk_percent;          /* of a disk that have to be free */
	int64_t database_bytes_max; /* 0: any number */
	const char *stamp_url;     /* of a time-stamping authority, or NULL */
	const char *stamp_ca;      /* its certificates, or NULL */
	int metrics;               /* boolean */
	const char *metrics_token_file; /* or NULL */
	/* the log */
	const char *log_level;
};

/* Read the file at path into *config; NULL gives the defaults.  Returns 0.  On a mistake it prints one sentence with
 * file and line to standard error and returns -1.  The texts belong to a. */
int config_read(struct arena *a, const char *path, struct config *config);

/* Read a size: 1048576, 1024K or 1M.  False when it is none, or out of bounds. */
bool config_size(const char *text, int64_t least, int64_t most, int64_t *value);

/* Print a settings file with every key, its meaning and its default: `daybookctl settings`. */
void config_print(FILE *out);

#endif
