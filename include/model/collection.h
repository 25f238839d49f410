/* collection.h -- the definitions: one JSON file a collection, read once at start.
 *
 * Everything generic reads them: validation, policy, lists, history, CSV, the web app's forms, the SQL views.  What a definition
 * cannot say is a named C rule (rule.h).  The start stops at the first mistake and names file, field and reason.
 *
 * A record's fields are held as `values`: one canonical JSON text per field in the order of collection->fields, NULL where empty.
 * Equal values are equal texts, so comparing, merging, auditing and splicing need no types. */
#ifndef COLLECTION_H
#define COLLECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "account/person.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/problem.h"

enum {
	FIELDS_MAX = 96,          /* of one collection */
	RECORD_BYTES_MAX = 65536  /* of one record's doc and private doc together */
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
	FIELD_PLACE,   /* {"accuracy":12.5,"lat":52.520008,"lng":13.404954}; accuracy (metres) may be absent; rounded to 1 and 6 digits */
	FIELD_FILE,    /* SHA-256 of a file, 64 hex digits */
	FIELD_LIST,    /* of texts: at most 100, each at most maxLength characters */
	FIELD_JSON,    /* written by the server only */
	FIELD_TYPE_COUNT
};

extern const char *const field_type_names[FIELD_TYPE_COUNT];

struct texts {
	const char *const *all;
	size_t count;
};

struct field {
	const char *name, *label;
	struct texts also;         /* what else its column is called in files people bring */
	const char *help, *unit;   /* or NULL */
	enum field_type type;
	bool required, immutable, is_private;
	bool retired;              /* accepted from old clients and ignored; not shown */
	bool derived;              /* written by a rule; read-only for clients */
	bool hidden;               /* means nothing to people: forms and lists leave it out */
	const char *initial;       /* canonical default, or NULL; null from a client sets it back to this */
	bool has_min, has_max;
	int64_t min, max;          /* scaled by scale */
	int max_length;            /* characters */
	int scale;                 /* of a decimal */
	struct texts choices;
	const char *from_collection, *from_field; /* a list of each space that stands before choices, see choices.h; or NULL */
	const char *ref;           /* a collection */
	const char *at_least;      /* name of a field of the same type that must not be greater, or NULL */
	const char *format, *pair; /* for screens, as schema/README.md says; or NULL */
	size_t index;              /* in fields */
};

enum may {
	MAY_READ,
	MAY_CREATE,
	MAY_UPDATE,
	MAY_DELETE,
	MAY_COUNT
};

enum id_form {
	ID_GIVEN,    /* the client chooses; a UUIDv7 when it does not (refused when id_label is set) */
	ID_HASH,     /* of the unique fields, and of the owner if own */
	ID_TEMPLATE  /* "{task}:{date}" */
};

struct rule;

struct collection {
	const char *name, *singular, *label, *icon;
	const char *id_label;          /* what people call the id ("Car"), then it must be given; or NULL */
	struct texts id_also;          /* what else its column is called in files people bring */
	struct texts headerless;       /* the columns of a file that does not name them: "id" and names of fields */
	int revision;
	const struct field *order;     /* of lists; NULL = by id */
	bool order_descending;
	const struct field *addressee; /* who alone reads a record beside its owner, where it is not empty; or NULL */
	bool own;                      /* members see and change only what they own, managers everything */
	enum role may[MAY_COUNT];      /* at least; ROLE_COUNT = no one */
	enum id_form id_form;
	const char *id_template;
	bool has_unique;
	const struct field *unique[8];
	size_t unique_count;
	bool merges;                   /* conflict policy merge, else reject */
	bool has_private;
	const struct field *fields;    /* as declared: the order of forms and columns */
	size_t field_count;
	const size_t *sorted;          /* indices of fields, by name: the order of docs */
	const struct rule *const *rules;
	size_t rule_count;
	const char *definition;        /* the JSON that GET /api/collections shows, private fields included */
	const char *definition_public; /* the same without private fields */
};

struct collections {
	const struct collection *all;
	size_t count;
	char visibility[17];           /* hash of what decides who sees what; part of every cursor */
};

/* Read every *.json in folder; rules is the NULL-ended table that their "rules" are looked up in.  Everything lives in life.
 * PROBLEM_INTERNAL whose cause names file, field and reason. */
struct problem *collections_load(struct arena *life, const char *folder, const struct rule *const *rules,
    const struct collections **collections) MUST_CHECK;

/* The collection of that name, or NULL. */
const struct collection *collection_find(const struct collections *set, const char *name);

/* The field of that name, retired ones included, or NULL. */
const struct field *collection_field(const struct collection *c, const char *name);

/* Whether one of them is this text, letter by letter. */
bool texts_hold(const struct texts *texts, const char *text);

/* One value from a client's JSON, typed and made canonical; JSON null gives the default or NULL.  Problems name field->name. */
struct problem *field_read(struct arena *a, const struct field *f, struct json_object *value, const char **canonical) MUST_CHECK;

/* One value from text as CSV and query strings have it ("12.5", "true", "2026-11-21").  Empty text is NULL.  The same checks. */
struct problem *field_read_text(struct arena *a, const struct field *f, const char *text, const char **canonical) MUST_CHECK;

/* Whether a field is one of those that make the id. */
bool field_is_unique(const struct collection *c, const struct field *f);

/* An array of NULLs for a record's values. */
const char **values_new(struct arena *a, const struct collection *c);
const char **values_copy(struct arena *a, const struct collection *c, const char *const *values);

/* The value of a field by its name; NULL also where there is no such field. */
const char *value_named(const struct collection *c, const char *const *values, const char *field);

/* Two values, or other texts that may be NULL. */
bool value_equal(const char *left, const char *right);

/* Read a doc and a private doc (or NULL) of ours. */
const char **values_parse(struct arena *a, const struct collection *c, const char *doc, const char *doc_private);

/* The canonical object of the public or the private fields; "{}" when all are empty. */
char *values_doc(struct arena *a, const struct collection *c, const char *const *values, bool private_ones);

/* Required fields are there, atLeast holds, the whole is not too large. */
struct problem *values_check(struct arena *a, const struct collection *c, const char *const *values) MUST_CHECK;

/* The bytes lists are ordered by; at most 64. */
struct sort_key {
	unsigned char bytes[64];
	size_t length;
};
struct sort_key values_sort_key(struct arena *a, const struct collection *c, const char *const *values);

/* The natural id of a collection with id_form hash or template; for given ones NULL. */
char *values_id(struct arena *a, const struct collection *c, const char *owner, const char *const *values);

/* A canonical value as plain text for CSV, history and natural ids: strings unquoted, the rest as it stands; NULL gives NULL. */
char *value_plain(struct arena *a, const char *value);

/* A canonical value typed; 0, false for NULL. */
int64_t value_scaled(const struct field *f, const char *value); /* integer, money, decimal * 10^scale */
int64_t value_instant_of(const char *value);
bool value_true(const char *value);

#endif
