/* doctor.h -- the parts of daybookctl doctor: each checks one part of an installation and prints what it finds. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "http/worker.h"

struct doctor {
	struct worker *worker;
	struct db *admin; /* the database as db_admin_user; worker->db is it as db_user */
	long parent;      /* the process of the parent; 0 while none is known */
	int bad, warnings; /* counts */
};

/* doctor_say.c: print one line.  what is the thing that was checked; mend is a sentence on what the operator can do. */
void doctor_good(struct doctor *d, const char *what, const char *format, ...) PRINTF_LIKE(3, 4);
void doctor_warn(struct doctor *d, const char *what, const char *mend, const char *format, ...) PRINTF_LIKE(4, 5);
void doctor_bad(struct doctor *d, const char *what, const char *mend, const char *format, ...) PRINTF_LIKE(4, 5);

/* doctor_database.c: the server, its settings, the schema, every statement, and then the rights */
void doctor_database(struct doctor *d, bool cgi);

/* doctor_alarms.c: what somebody has to look at, and when the database was last backed up */
void doctor_alarms(struct doctor *d);

/* doctor_rights.c: what the database's users may do.  cgi: there may be no second user to be had. */
void doctor_rights(struct doctor *d, bool cgi);

/* doctor_host.c: the table that the processes of this machine share */
void doctor_table(struct doctor *d);

/* doctor_web.c: the socket of the workers, and the web server in front of them.  url is "http://host:port". */
void doctor_socket(struct doctor *d);
void doctor_web(struct doctor *d, const char *url);

#endif
