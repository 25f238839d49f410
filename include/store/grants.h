/* grants.h -- what the users of the database may do.  Workers use a user that has just what requests need, table by
 * table: worker_rights.  It cannot change the schema, and to the audit it can only add.  The housekeeper and daybookctl
 * use an admin, who can change and delete everything in this one database: admin_rights.  A test migrates an empty
 * database and fails for a table that has no row here, for a right that a statement of the workers lacks, and for one
 * that none of them needs. */
#ifndef GRANTS_H
#define GRANTS_H

#include "base/buf.h"
#include "store/db.h"
#include "store/statement.h"

#define RIGHT_BIT(right) (1u << (right))

struct table_rights {
	const char *table;
	unsigned rights; /* RIGHT_BITs */
};

extern const struct table_rights worker_rights[];
extern const size_t worker_rights_count;

/* What migrations, views, erasing and tidying need, as a GRANT names it. */
extern const char admin_rights[];

/* "SELECT, INSERT" */
const char *rights_text(struct arena *a, unsigned rights);

/* A user of the server, as GRANT names it: name and the host they come from. */
struct grantee {
	const char *name, *host;
};

/* Append the GRANTs of a worker's user, one a line, each ending with a semicolon; the tables must be there when they
 * run.  MariaDB 10.11 and MySQL 8 understand them. */
void grants_worker(struct buf *sql, const char *database, const struct grantee *user);

/* Append the GRANT of the admin. */
void grants_admin(struct buf *sql, const char *database, const struct grantee *user);

/* What the user of a connection may do beside worker_rights, and what of them is missing: texts for an operator, or
 * NULL. */
struct grants_seen {
	const char *lacks;  /* "DELETE on op; INSERT on audit" */
	const char *beyond; /* the same for what should not be; or a whole grant that is for more than a table */
	const char *revoke; /* the statement that takes the first of it away; NULL when nothing is beyond */
};

/* Compare the rights of db's user with worker_rights.  Each right is tried: a statement that needs it is prepared and
 * never run. */
struct problem *grants_look(struct db *db, struct arena *a, const char *database, struct grants_seen *seen) MUST_CHECK;

/* The first of admin_rights that db's user lacks, or NULL. */
struct problem *grants_look_admin(struct db *db, struct arena *a, const char *database, const char **lacks) MUST_CHECK;

#endif
