/* foreign_import.h -- writes what foreign.h reads, as new records of whoever imports: with all rules, all or nothing
 * for the records, and after a backup.  What a rule refuses is left out and said. */
#ifndef FOREIGN_IMPORT_H
#define FOREIGN_IMPORT_H

#include "backup/foreign.h"
#include "backup/restore.h"

/* Find out what the import would do, or with asked->cause do it, and put the members of foreign_put and
 * "difference":{collection:{"new","changed","deleted","unchanged","kept","examples"}} into out. */
struct problem *foreign_import(const struct call *call, const struct backup_server *server,
    const struct restore_asked *asked, struct foreign *f, struct job_run *run, struct json_out *out) MUST_CHECK;

#endif
