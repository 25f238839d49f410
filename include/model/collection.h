/* collection.h -- the definitions: one JSON file for each collection, read once at start.
 *
 * They drive everything generic: validation, policy, lists, history, CSV, the web app's forms, the SQL views.  What a
 * definition cannot express is a named rule in C (rule.h).  The first mistake stops the start and is named with file,
 * field and reason.  schema/README.md lists the members of a definition.
 *
 * The fields of a record are held as `values`: one canonical JSON text for each field, in the order of
 * collection->fields, NULL where it is empty.  Equal values are equal texts, so comparing, merging, auditing and
 * answering need no types. */
#ifndef COLLECTION_H
#define COLLECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "account/person.h"
#include "base/json.h"
#include "base/problem.h"

enum {
	FIELDS_MAX = 96,          /* of one collection */
	RECORD_BYTES_MAX = 65536  /* of one record's values together; fields of type json have a limit of 1 MiB */
};

enum field_type {
	FIELD_TEXT,    /* "…", at most maxLength characters */
	FIELD_INTEGER, /* |n| < 2^53 */
	FIELD_DECIMAL, /* a number with at most scale digits after the point */
	FIELD_MONEY,   /* an integer of cents */
	FIELD_BOOLEAN,
	FIELD_DATE,    /* "2026-11-21" */
	FIELD_INSTANT, /* "2026-11-21T08:34:00.000Z"; any offset is taken and turned into this */
	FIELD_TIME,    /* "08:34" or "08:34:05" */
	FIELD_CHOICE,  /* one of choices */
	FIELD_REF,     /* the id of a record in the collection `ref` */
	FIELD_PLACE,   /* {"accuracy":12.5,"lat":52.520008,"lng":13.404954}; accuracy in metres with 1 digit after
	                * the point, or absent; the others with 6 */
	FIELD_FILE,    /* SHA-256 of a file, 64 hex digits */
	FIELD_LIST,    /* of texts: at most 100, each at most maxLength characters */
	FIELD_JSON,    /* written by the server only */
	FIELD_TYPE_COUNT
};

extern const char *const field_type_names[FIELD_TYPE_COUNT];

/* A list of texts. */
struct texts {
	const char *const *all;
	size_t count;
};

/* A field of a collection, by its definition. */
struct field {
	const char *name, *label;
	struct texts also;         /* other names of its column in files that people import */
	const char *help, *unit;   /* or NULL */
	enum field_type type;
	bool required, immutable, is_private;
	bool retired;              /* accepted from old clients but ignored, and not shown */
	bool derived;              /* written by a rule; read-only for clients */
	bool hidden;               /* of no use to people: forms and lists omit it */
	const char *initial;       /* canonical default, or NULL; a client's null sets the field back to it */
	bool has_min, has_max;
	int64_t min, max;          /* scaled by scale */
	int max_length;            /* characters */
	int scale;                 /* of a decimal */
	struct texts choices;
	const char *from_collection, *from_field; /* a space's own list, which replaces choices (choices.h), or NULL */
	const char *ref;           /* a collection */
	const struct texts *instead; /* alternatives: it may be left out where all fields of one of them are given (a
	                              * boolean: true), because a rule makes it of them */
	size_t instead_count;
	const char *at_least;      /* a field of the same type: its value must not be greater; or NULL */
	const char *format, *pair, *with; /* for screens, as schema/README.md says; or NULL */
	size_t index;              /* in fields */
};

/* The rights in "may". */
enum may {
	MAY_READ,
	MAY_CREATE,
	MAY_UPDATE,
	MAY_DELETE,
	MAY_COUNT
};

/* How the id of a new record is made. */
enum id_form {
	ID_GIVEN,    /* the client chooses it, else it is a UUIDv7; with an id_label the client has to */
	ID_HASH,     /* a hash of the unique fields, and of the owner if own */
	ID_TEMPLATE  /* "{task}:{date}" */
};

struct rule;

/* A collection, by its definition. */
struct collection {
	const char *name, *singular, *label, *icon;
	const char *id_label;          /* what people call the id ("Car"): then it must be given; or NULL */
	struct texts id_also;          /* other names of its column in files that people import */
	struct texts headerless;       /* the columns of a file without a header line: "id" and names of fields */
	int revision;
	const struct field *order;     /* of lists; NULL = by id */
	struct texts title;            /* names of the fields that name a record; none where the definition says none */
	bool order_descending;
	const struct field *import_by; /* by which imported files name its records; or NULL */
	const struct field *addressee; /* if not empty in a record, only this person and its owner see it; or NULL */
	bool own;                      /* people below manager see and change only their own records */
	bool overseen;                 /* and those who oversee somebody see theirs too (schema/PROTOCOL.md 6) */
	enum role may[MAY_COUNT];      /* the least role; ROLE_COUNT = nobody */
	enum id_form id_form;
	const char *id_template;
	bool has_unique;
	const struct field *unique[8];
	size_t unique_count;
	bool merges;                   /* a stale write is merged where possible; when false, it is always a conflict */
	bool has_private;
	const struct field *fields;    /* as declared: the order of forms and columns */
	size_t field_count;
	const size_t *sorted;          /* indices of fields, by name: the order of docs */
	const struct rule *const *rules;
	size_t rule_count;
	uint64_t view;                 /* hash of what decides who sees what of it */
	const char *definition;        /* the JSON that GET /api/collections shows, private fields included */
	const char *definition_public; /* the same without private fields */
};

/* All definitions. */
struct collections {
	const struct collection *all;
	size_t count;
	char stamp[17];                /* hash of all definitions: another one where anything was changed in them */
	char visibility[25];           /* part of every cursor: the views of all collections, combined by XOR, in 16 hex
	                                * digits, and the beginning of the stamp, so that a cursor ends with the
	                                * definitions it was answered under */
	char former_visibility[17];    /* as cursors of versions before the stamp have it */
};

enum {
	COLLECTIONS_ADDED_MAX = 3
};

/* Read every *.json in folder.  rules is the NULL-ended table in which their "rules" are looked up.  The result belongs
 * to life.  PROBLEM_INTERNAL for a mistake; its cause names file, field and reason. */
struct problem *collections_load(struct arena *life, const char *folder, const struct rule *const *rules,
    const struct collections **collections) MUST_CHECK;

/* Whether these definitions show to everybody what those of another visibility did, and at most so many new
 * collections: added is set to these.  False when a collection is gone, or shows more or less than before. */
bool collections_continue(const struct collections *set, const char *visibility,
    const struct collection *added[COLLECTIONS_ADDED_MAX], size_t *count);

/* The collection of that name, or NULL. */
const struct collection *collection_find(const struct collections *set, const char *name);

/* The field of that name, retired ones included, or NULL. */
const struct field *collection_field(const struct collection *c, const char *name);

/* True when one of texts is exactly this text. */
bool texts_hold(const struct texts *texts, const char *text);

/* Read one value from a client's JSON: check its type and bounds, and set *canonical to its canonical text, in a.  JSON
 * null gives the default, or NULL if there is none.  Problems name f->name: PROBLEM_INVALID, or PROBLEM_READ_ONLY for a
 * field of type json. */
struct problem *field_read(struct arena *a, const struct field *f, struct json_object *value,
    const char **canonical) MUST_CHECK;

/* The same from the text of a query string ("12.5", "true", "2026-11-21").  Empty text gives the default, or NULL if
 * there is none. */
struct problem *field_read_text(struct arena *a, const struct field *f, const char *text,
    const char **canonical) MUST_CHECK;

/* True when the field is one of c->unique. */
bool field_is_unique(const struct collection *c, const struct field *f);

/* A record's values, all NULL; and a copy of values (the array, not the texts). */
const char **values_new(struct arena *a, const struct collection *c);
const char **values_copy(struct arena *a, const struct collection *c, const char *const *values);

/* The value of the field of that name; NULL if it is empty or there is no such field. */
const char *value_named(const struct collection *c, const char *const *values, const char *field);

/* True when two values are equal, or both NULL. */
bool value_equal(const char *left, const char *right);

/* The values of a stored document and private document (or NULL). */
const char **values_parse(struct arena *a, const struct collection *c, const char *doc, const char *doc_private);

/* The document to store: the canonical object of the public or the private fields; "{}" when all are empty. */
char *values_doc(struct arena *a, const struct collection *c, const char *const *values, bool private_ones);

/* Check what concerns all values.  PROBLEM_REQUIRED for a required field that is empty and PROBLEM_INVALID where
 * atLeast does not hold, both naming the field; PROBLEM_TOO_LARGE for more than RECORD_BYTES_MAX, or 1 MiB in fields of
 * type json. */
struct problem *values_check(struct arena *a, const struct collection *c, const char *const *values) MUST_CHECK;

/* The bytes by which a list in the definition's order is sorted. */
struct sort_key {
	unsigned char bytes[64];
	size_t length;
};
struct sort_key values_sort_key(struct arena *a, const struct collection *c, const char *const *values);

/* The natural id of a record whose collection has id_form hash or template; NULL for given ids. */
char *values_id(struct arena *a, const struct collection *c, const char *owner, const char *const *values);

/* A canonical value as plain text for CSV, history and natural ids: strings without quotes and escapes, the rest
 * unchanged.  NULL gives NULL. */
char *value_plain(struct arena *a, const char *value);

/* A canonical value in its C type; 0 or false for NULL. */
int64_t value_scaled(const struct field *f, const char *value); /* integer, money, decimal * 10^scale */
int64_t value_instant_of(const char *value);
bool value_true(const char *value);

#endif
