/* statement.h -- every SQL statement Daybook sends has a name here and its text in lib/statement.c, nowhere else.
 * db_run(db, a, SQL(SPACE_LOCK), VALUES(value_text(space)), &rows).  The three at the end are put together from the collection
 * definitions' own names (never from input), in the same file. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include <stdbool.h>

#include "buf.h"

enum statement_id {
	/* --- who is asking --- */
	STATEMENT_CALLER,

	/* --- accounts: users, sessions, throttle --- */
	STATEMENT_CALLER_BY_TOKEN,
	STATEMENT_CALLER_BY_IDENTITY,
	STATEMENT_DATABASE_LIVE,
	STATEMENT_USER_BY_EMAIL,
	STATEMENT_USER_PASSWORD,
	STATEMENT_USER_CREATE,
	STATEMENT_USER_SET_PASSWORD,
	STATEMENT_USER_CHANGE_PASSWORD,
	STATEMENT_USER_SET_DISABLED,
	STATEMENT_USERS_LIST,
	STATEMENT_IDENTITY_CREATE,
	STATEMENT_IDENTITY_DELETE,
	STATEMENT_SPACE_CREATE,
	STATEMENT_SPACE_EPOCH_CREATE,
	STATEMENT_MEMBER_CREATE,
	STATEMENT_MEMBER_ROLE,
	STATEMENT_SPACES_OF_USER,
	STATEMENT_SESSION_OPEN,
	STATEMENT_SESSION_READ,
	STATEMENT_SESSION_ADVANCE,
	STATEMENT_SESSION_END,
	STATEMENT_SESSION_REVOKE,
	STATEMENT_SESSIONS_REVOKE_OTHERS,
	STATEMENT_SESSIONS_REVOKE_ALL,
	STATEMENT_SESSIONS_OF_USER,
	STATEMENT_TOKEN_CREATE,
	STATEMENT_TOKENS_COUNT,
	STATEMENT_TOKEN_USED,
	STATEMENT_THROTTLE_READ,
	STATEMENT_THROTTLE_FAILED,
	STATEMENT_THROTTLE_PASSED,

	/* --- spaces and devices --- */
	STATEMENT_DEVICE_SEEN,
	STATEMENT_DEVICE_NAME,
	STATEMENT_DEVICE_FORGET,
	STATEMENT_DEVICE_FORGET_SPACES,
	STATEMENT_DEVICE_SIGN_OUT,
	STATEMENT_DEVICES_LIST,
	STATEMENT_DEVICE_REACHED,
	STATEMENT_DEVICE_SPACE_FIND,
	STATEMENT_DEVICE_OFFER,
	STATEMENT_DEVICE_SYNCED,
	STATEMENT_DEVICE_MARK,
	STATEMENT_DEVICE_MARK_OTHERS,

	/* --- teams --- */
	STATEMENT_SPACE_OF_USER,
	STATEMENT_SPACE_RENAME,
	STATEMENT_SPACE_DELETE,
	STATEMENT_SPACE_UNDELETE,
	STATEMENT_SPACE_UNMAKE,
	STATEMENT_TEAMS_OWNED,
	STATEMENT_TEAMS_DELETED,
	STATEMENT_MEMBER_READ,
	STATEMENT_MEMBER_SET_ROLE,
	STATEMENT_MEMBER_DELETE,
	STATEMENT_MEMBER_TOKENS_REVOKE,
	STATEMENT_MEMBER_DEVICES_FORGET,
	STATEMENT_MEMBER_PIN_FORGET,
	STATEMENT_OWNERS_BESIDE,
	STATEMENT_INVITATIONS_REVOKE_BY,
	STATEMENT_INVITATION_CREATE,
	STATEMENT_INVITATIONS_COUNT,
	STATEMENT_INVITATIONS_LIST,
	STATEMENT_INVITATION_FIND,
	STATEMENT_INVITATION_REVOKE,
	STATEMENT_INVITATION_ACCEPT,

	/* --- mail, and what is asked for by it --- */
	STATEMENT_JOB_CREATE,
	STATEMENT_JOB_NEXT,
	STATEMENT_JOB_CLAIM,
	STATEMENT_JOB_DONE,
	STATEMENT_JOB_AGAIN,
	STATEMENT_RESET_CREATE,
	STATEMENT_RESET_FIND,
	STATEMENT_RESET_USE,
	STATEMENT_RESETS_END,

	/* --- leaving for good --- */
	STATEMENT_TEAMS_OF_USER,
	STATEMENT_TEAMS_LAST_OWNER,
	STATEMENT_USER_DELETE,
	STATEMENT_INVITATIONS_REVOKE_OF_USER,
	STATEMENT_ERASE_SPACES_DUE,
	STATEMENT_ERASE_USERS_DUE,
	STATEMENT_ERASE_SPACE_CLOSE,
	STATEMENT_ERASE_AUDIT,
	STATEMENT_ERASE_RECORDS,
	STATEMENT_ERASE_OPS,
	STATEMENT_ERASE_CHUNKS,
	STATEMENT_ERASE_UPLOADS,
	STATEMENT_ERASE_FILES,
	STATEMENT_ERASE_FILE_REFS,
	STATEMENT_ERASE_PRESENCE,
	STATEMENT_ERASE_USAGE,
	STATEMENT_ERASE_PINS,
	STATEMENT_ERASE_INVITATIONS,
	STATEMENT_ERASE_DEVICE_SPACES,
	STATEMENT_ERASE_TOKENS,
	STATEMENT_ERASE_MEMBERS,
	STATEMENT_ERASE_USER_IDENTITIES,
	STATEMENT_ERASE_USER_SESSIONS,
	STATEMENT_ERASE_USER_DEVICES,
	STATEMENT_ERASE_USER_DEVICE_SPACES,
	STATEMENT_ERASE_USER_RESETS,
	STATEMENT_ERASE_USER_PINS,
	STATEMENT_ERASE_USER_PRESENCE,
	STATEMENT_ERASE_USER_USAGE,
	STATEMENT_ERASE_USER_MEMBER_AUDIT,
	STATEMENT_ERASE_USER_INVITATIONS,
	STATEMENT_ERASE_USER,

	/* --- what rules ask --- */
	STATEMENT_EMPLOYEE_LAST,
	STATEMENT_EMPLOYEE_NUMBER_TAKEN,
	STATEMENT_EMPLOYEE_USER_TAKEN,

	/* --- the write --- */
	STATEMENT_SPACE_LOCK,
	STATEMENT_SPACE_ADVANCE,
	STATEMENT_OP_FIND,
	STATEMENT_OP_APPEND,
	STATEMENT_RECORD_READ,
	STATEMENT_RECORD_PURGED,
	STATEMENT_RECORD_INSERT,
	STATEMENT_RECORD_UPDATE,
	STATEMENT_REF_OWNER,
	STATEMENT_MEMBER_FIND,
	STATEMENT_AUDIT_APPEND,
	STATEMENT_AUDIT_BACK,

	/* --- reading --- */
	STATEMENT_FEED_EDGE,
	STATEMENT_HEADS,
	STATEMENT_EPOCH_READ,
	STATEMENT_HISTORY_PAGE,
	STATEMENT_SPACES_PAGE,
	STATEMENT_SPACE_MIN_SEQ,
	STATEMENT_AUDIT_BY_RECORD,
	STATEMENT_RECORDS_UP_TO,
	STATEMENT_RECORDS_AHEAD,
	STATEMENT_AUDIT_PAGE,
	STATEMENT_IMPORT_WRITTEN,
	STATEMENT_EXPORT_PAGE,
	STATEMENT_EXPORT_PAGE_OWN,
	STATEMENT_EXPORT_CHANGED,
	STATEMENT_WORK_PEOPLE,
	STATEMENT_WORK_PERSON,
	STATEMENT_WORK_SESSIONS,
	STATEMENT_WORK_EMPLOYEE,
	STATEMENT_RECORDS_SINCE,
	STATEMENT_SPACE_LAST_AT,
	STATEMENT_USER_NAME,

	/* --- package cars --- */
	STATEMENT_FLEET_NEWEST_SHIFTS,
	STATEMENT_FLEET_CARS,
	STATEMENT_FLEET_ROSTER,
	STATEMENT_FLEET_WRITES,
	STATEMENT_FLEET_SHIFTS_BETWEEN,
	STATEMENT_LATE_SPACES,

	/* --- files --- */
	STATEMENT_FILE_READ,
	STATEMENT_FILE_UPLOAD,
	STATEMENT_FILE_NAMED_BY,
	STATEMENT_FILE_CHUNK,
	STATEMENT_FILE_REF_FIND,
	STATEMENT_FILE_REF_ADD,
	STATEMENT_FILE_NAMED,
	STATEMENT_FILE_UPLOAD_NAMED,
	STATEMENT_FILE_UPLOAD_LOCK,
	STATEMENT_FILE_UPLOAD_BEGIN,
	STATEMENT_FILE_UPLOAD_RESTART,
	STATEMENT_FILE_UPLOAD_AGAIN,
	STATEMENT_FILE_UPLOAD_ADVANCE,
	STATEMENT_FILE_UPLOAD_DROP,
	STATEMENT_FILE_SPACE_BYTES,
	STATEMENT_FILE_CHUNK_ADD,
	STATEMENT_FILE_CHUNKS_DROP,
	STATEMENT_FILE_KEEP,

	/* --- upkeep: migrate, tidy, verify, doctor --- */
	STATEMENT_DOCTOR_VARIABLES,
	STATEMENT_DOCTOR_TABLES,
	STATEMENT_DOCTOR_CLOCK,
	STATEMENT_RESTORE_EPOCHS,
	STATEMENT_RESTORE_SPACES,
	STATEMENT_RESTORE_SESSIONS,
	STATEMENT_RESTORE_LIVE,
	STATEMENT_MIGRATION_TABLE,
	STATEMENT_MIGRATION_PATIENCE,
	STATEMENT_MIGRATION_LOCK,
	STATEMENT_MIGRATION_LIST,
	STATEMENT_MIGRATION_START,
	STATEMENT_MIGRATION_DONE,
	STATEMENT_MIGRATION_FAILED,
	STATEMENT_MIGRATION_VERSION,
	STATEMENT_META_INSTANCE,
	STATEMENT_TIDY_SPACES,
	STATEMENT_TIDY_TOMBSTONES,
	STATEMENT_TIDY_TOMBSTONE,
	STATEMENT_TIDY_MIN_SEQ,
	STATEMENT_TIDY_OPS,
	STATEMENT_TIDY_SESSIONS_EXPIRED,
	STATEMENT_TIDY_SESSIONS_REVOKED,
	STATEMENT_TIDY_RESETS,
	STATEMENT_TIDY_JOBS,
	STATEMENT_TIDY_INVITATIONS,
	STATEMENT_TIDY_THROTTLE,
	STATEMENT_TIDY_UPLOADS,
	STATEMENT_TIDY_UPLOAD,
	STATEMENT_TIDY_UPLOADS_SENT,
	STATEMENT_TIDY_FILES,
	STATEMENT_TIDY_FILE,
	STATEMENT_TIDY_FILE_DROP,
	STATEMENT_TIDY_FILE_UPLOADS,

	STATEMENT_COUNT
};

struct statement {
	const char *name; /* "SPACE_LOCK" */
	const char *text; /* with question marks */
};

extern const struct statement statements[STATEMENT_COUNT];

#define SQL(name) (statements[STATEMENT_##name].text)

/* The feed of someone who sees the collections `whole` and his own records of the collections `own`; not both counts are 0. */
struct feed_view {
	const char **whole, **own; /* names of definitions */
	size_t whole_count, own_count;
};

enum feed_columns {
	FEED_SIZES,  /* seq, tx_seq, bytes */
	FEED_RECORDS /* RECORD_COLUMNS */
};

/* Parameters: space, seq after, seq up to, seq up to which tombstones are left out, user. */
void statement_feed(struct buf *sql, const struct feed_view *view, enum feed_columns columns);

/* Records of `own` collections that passed from the user to someone else: collection, id, version, seq, tx_seq.
 * Parameters: space, user, seq after, seq up to. */
void statement_left_view(struct buf *sql, const struct feed_view *view);

/* The audit of a space, newest first. */
struct audit_query {
	struct feed_view view;
	bool by_record, by_collection, by_user, from, to;
};

/* AUDIT_COLUMNS and the name of the user.  Parameters: space, seq before, user who looks, then as chosen: collection and id, or
 * collection; user; from; to; then limit. */
void statement_audit(struct buf *sql, const struct audit_query *query);

/* A list of the records of a collection, put together in lib/list.c. */
enum {
	LIST_CONDITIONS_MAX = 32,
	LIST_VALUES_MAX = 200
};

enum list_kind {
	LIST_TEXT,
	LIST_NUMBER
};

enum list_compare {
	LIST_EQUAL,
	LIST_NOT_EQUAL,
	LIST_GREATER,
	LIST_GREATER_EQUAL,
	LIST_LESS,
	LIST_LESS_EQUAL,
	LIST_IN,
	LIST_EMPTY,
	LIST_NOT_EMPTY
};

struct list_column {
	const char *column;  /* of the table; or NULL, and then: */
	const char *field;   /* of the definition */
	bool is_private;
	enum list_kind kind;
	const char *initial; /* what an absent field counts as, plain, without quotes inside; or NULL */
};

struct list_condition {
	struct list_column column;
	enum list_compare compare;
	size_t values;       /* question marks */
};

struct list_query {
	bool owned;          /* only the person's own */
	struct list_condition conditions[LIST_CONDITIONS_MAX];
	size_t condition_count;
	bool searches;
	const struct list_column *search;
	size_t search_count;
	struct list_column order;
	bool descending, sorts_values, continues;
};

/* RECORD_COLUMNS and the value of the order.  Parameters: space, collection, user if owned, the conditions' values, the search
 * pattern (| escapes), order value twice and id to continue behind, limit. */
void statement_list(struct buf *sql, const struct list_query *query);

/* How many records there are to sort.  Parameters: space, collection, user if owned. */
void statement_list_size(struct buf *sql, const struct list_query *query);

/* CREATE OR REPLACE VIEW v_<collection>: id, version, owner, times and a column for each field; names are those of definitions. */
void statement_view(struct buf *sql, const char *collection, const struct list_column *columns, size_t count);

#endif
