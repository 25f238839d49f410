/* settings.c -- what the settings of a space say about its backups.  Managers write the settings, but what becomes of
 * backups is for an owner to say: who could shorten how long they are kept, or seal them to a key of their own, could
 * take them from the others. */
#include <string.h>

#include "backup/rules.h"
#include "backup/seal.h"
#include "record/space.h"
#include "work.h"

static const char *const names[] = {
	"backupAutomatic", "backupDaily", "backupKeep", "backupDays", "backupWeeks", "backupMonths", "backupKey"
};

/* ---- the rule ---- */

/* The value, or the one that stands for none; "" where there is none at all. */
static const char *
standing(const struct field *f, const char *const *values)
{
	const char *value = values == NULL ? NULL : values[f->index];

	value = value != NULL ? value : f->initial;
	return value != NULL ? value : "";
}

static struct problem *
check(struct change *ch)
{
	struct arena *a = ch->call->a;
	unsigned char public[BOX_KEY_SIZE];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct field *f = collection_field(ch->collection, names[i]);
		const char *value;

		if (f == NULL ||
		    strcmp(standing(f, ch->before), standing(f, (const char *const *)ch->after)) == 0)
			continue;
		if (ch->call->person->role < ROLE_OWNER)
			return problem_at(a, PROBLEM_FORBIDDEN, names[i],
			    "What is kept of the space's backups is for an owner to say.");
		value = value_plain(a, ch->after[f->index]);
		if (strcmp(names[i], "backupKey") == 0 && value != NULL && !seal_public(value, public))
			return problem_at(a, PROBLEM_INVALID, names[i],
			    "A public key is 32 bytes as 43 characters of base64url.");
	}
	return NULL;
}

const struct rule backup_owner = {
	.name = "backup-owner",
	.collection = "spaceSettings",
	.check = check,
};

/* ---- reading them ---- */

struct reading {
	const struct call *call;
	const struct collection *c;
	const char **values;
};

static const char *
say(const struct reading *r, const char *name)
{
	const struct field *f = collection_field(r->c, name);
	const char *value = f == NULL ? NULL : r->values[f->index];

	return value != NULL || f == NULL ? value : f->initial;
}

static bool
says_yes(const struct reading *r, const char *name)
{
	const char *value = say(r, name);

	return value != NULL && value_true(value);
}

static int
say_number(const struct reading *r, const char *name)
{
	const char *value = say(r, name);

	return value == NULL ? 0 : (int)value_scaled(collection_field(r->c, name), value);
}

/* The values of the space's settings, none where it has no settings. */
static struct problem *
read_values(const struct call *call, const struct collection *c, const char ***values)
{
	struct record record;
	struct problem *p;
	bool found;

	if ((p = record_find(call, c, "settings", &record, &found)) != NULL)
		return p;
	*values = found && !record.deleted ? values_parse(call->a, c, record.doc, record.doc_private)
	    : values_new(call->a, c);
	return NULL;
}

struct problem *
backup_settings_read(const struct call *call, struct backup_settings *settings)
{
	struct reading r = { .call = call, .c = collection_find(call->set, "spaceSettings") };
	struct problem *p;

	*settings = (struct backup_settings){ 0 };
	if (r.c == NULL)
		return NULL;
	if ((p = read_values(call, r.c, &r.values)) != NULL)
		return p;
	*settings = (struct backup_settings){
		.automatic = says_yes(&r, "backupAutomatic"),
		.daily = says_yes(&r, "backupDaily"),
		.keep = say_number(&r, "backupKeep"),
		.days = say_number(&r, "backupDays"),
		.weeks = say_number(&r, "backupWeeks"),
		.months = say_number(&r, "backupMonths"),
		.key = value_plain(call->a, say(&r, "backupKey")),
	};
	return NULL;
}

/* ---- keeping them ---- */

struct problem *
backup_settings_stay(const struct call *call, const struct collection *c, const char **values, bool *differed)
{
	struct problem *p;
	const char **here;

	*differed = false;
	if ((p = read_values(call, c, &here)) != NULL)
		return p;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct field *f = collection_field(c, names[i]);

		if (f == NULL)
			continue;
		*differed = *differed || strcmp(standing(f, values), standing(f, here)) != 0;
		values[f->index] = here[f->index];
	}
	return NULL;
}
