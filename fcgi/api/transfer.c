/* transfer.c -- import and export of a collection.  The query is read here, the file in lib/transfer/import.c. */
#include <string.h>
#include <strings.h>

#include "api/api.h"
#include "base/crypto.h"
#include "base/instant.h"
#include "http/member.h"
#include "http/reply.h"
#include "model/policy.h"
#include "transfer/export.h"
#include "transfer/intake.h"

enum {
	IMPORT_SECONDS = 20 /* for one request, and also for checking the file alone; web servers wait 30 */
};

/* ---- import ---- */

const struct member records_import_takes[] = {
	PARAM("dryRun", BOOLEAN, "say what would become of the rows, and write nothing"),
	PARAM("map", TEXT, "which header is which field, as HEADER=field with commas between them"),
	PARAM("dates", CHOICE, "the order in which the file writes dates", .choices = "mdy dmy ymd"),
	PARAM("decimals", CHOICE, "the sign before decimals, where 1,015 can be two numbers", .choices = "comma point"),
	PARAM("units", TEXT, "the unit of a field's numbers, as field:unit with commas between them"),
	PARAM("where", TEXT, "the rows that have this value alone, as HEADER=value"),
	PARAM("skipBad", BOOLEAN, "take what is good and leave the rest"),
	PARAM("again", BOOLEAN, "take a file that was taken before as a new one"),
	PARAM("zone", TEXT, "the time zone of instants that name none"),
	HEADER("Content-Type", ANY, "text/csv, also with header=absent, or application/json"),
	KEY_HEADER,
	MEMBERS_END
};

static enum date_order
order_of(struct request *r)
{
	enum date_order order = DATES_COUNT - 1;

	while (order > DATES_UNSAID && !given_is(r, "dates", date_order_names[order]))
		order--;
	return order;
}

static bool
is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

/* True when the body has this type, in UTF-8 or with no charset given.  *headerless is set by the parameter header of
 * RFC 4180. */
static bool
is_type(const char *type, const char *wanted, bool *headerless)
{
	size_t length = strlen(wanted);

	*headerless = false;
	if (type == NULL || strncasecmp(type, wanted, length) != 0 ||
	    (type[length] != '\0' && strchr("; ", type[length]) == NULL))
		return false;
	for (type += length + strspn(type + length, "; "); *type != '\0';
	    type += length + strspn(type + length, "; ")) {
		length = strcspn(type, "; ");
		*headerless = *headerless || is_word(type, length, "header=absent");
		if (!is_word(type, length, "charset=utf-8") && !is_word(type, length, "charset=\"utf-8\"") &&
		    !is_word(type, length, "header=present") && !is_word(type, length, "header=absent"))
			return false;
	}
	return true;
}

/* Read Content-Type.  Only CSV can be without a header. */
static struct problem *
read_type(struct request *r, struct import_options *file)
{
	const char *type = request_header(r, "Content-Type");

	file->json = is_type(type, "application/json", &file->headerless) && !file->headerless;
	if (file->json || is_type(type, "text/csv", &file->headerless))
		return NULL;
	return problem_at(r->a, PROBLEM_MEDIA_TYPE, "Content-Type",
	    "The body must be text/csv or application/json, in UTF-8.");
}

/* What identifies the run: the Idempotency-Key, or else the file and the options that it is read with. */
static const char *
name_run(struct request *r, const struct import_options *file, const struct intake_options *options)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;
	const char *said[] = {
		file->map, file->where, file->zone, date_order_names[file->dates], options->again ? "again" : NULL
	};

	buf_init(&b, r->a);
	buf_printf(&b, "%s\n%s\n%s\n", r->person.space_id, r->person.user_id, r->collection->name);
	if (r->idempotency_key != NULL) {
		buf_printf(&b, "key\n%s", r->idempotency_key);
		return b.text;
	}
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		buf_printf(&b, "%s\n", said[i] == NULL ? "" : said[i]);
	buf_text(&b, file->headerless ? "headerless\n" : "");
	if (file->decimals != NULL)
		buf_printf(&b, "decimals=%s\n", file->decimals);
	if (file->units != NULL)
		buf_printf(&b, "units=%s\n", file->units);
	sha256(r->body, r->body_length, digest);
	buf_text(&b, hex_text(r->a, digest, sizeof digest));
	return b.text;
}

static struct problem *
read_options(struct request *r, struct import_options *file, struct intake_options *options)
{
	struct problem *p;

	*file = (struct import_options){
		.map = given_text(r, "map"),
		.where = given_text(r, "where"),
		.zone = given_text(r, "zone"),
		.dates = order_of(r),
		.decimals = given_text(r, "decimals"),
		.units = given_text(r, "units"),
	};
	*options = (struct intake_options){
		.dry_run = given_flag(r, "dryRun"),
		.skip_bad = given_flag(r, "skipBad"),
		.again = given_flag(r, "again"),
		.seconds = IMPORT_SECONDS,
		.look_seconds = IMPORT_SECONDS,
	};
	if ((p = read_type(r, file)) != NULL)
		return p;
	options->run = name_run(r, file, options);
	return NULL;
}

/* POST /api/:collection/import -- a CSV or JSON file; the answer counts what became of its rows. */
struct problem *
records_import(struct request *r)
{
	struct problem *p;
	struct import_options file;
	struct intake_options options;
	struct intake_report report;
	struct import *im = arena_alloc(r->a, sizeof *im);

	if ((p = policy_may(r->a, &r->person, r->collection, MAY_CREATE)) != NULL ||
	    (p = policy_may(r->a, &r->person, r->collection, MAY_UPDATE)) != NULL ||
	    (p = read_options(r, &file, &options)) != NULL ||
	    (p = import_open(im, r->a, &r->person, r->collection, &file, r->body, r->body_length)) != NULL ||
	    (p = intake(&r->call, im, &options, &report)) != NULL)
		return p;
	intake_put(reply_object(r, 200), &report);
	return NULL;
}

/* ---- export ---- */

static void
start_stream(struct request *r, bool json)
{
	char today[INSTANT_TEXT_SIZE];

	instant_format(instant_now(), today);
	reply_stream_start(r, 200, json ? "application/json" : "text/csv; charset=utf-8; header=present");
	reply_header(r, "Content-Disposition", arena_printf(r->a,
	    "attachment; filename=\"%s-%.10s.%s\"", r->collection->name, today, json ? "json" : "csv"));
}

/* Send one piece after the other, each in an arena that is reset after it.  The first is read before anything is sent,
 * so its problem is an ordinary answer; a later one breaks the stream off. */
static struct problem *
stream(struct request *r, struct export *ex, struct arena *a)
{
	struct problem *p;
	struct buf piece;

	do {
		arena_reset(a);
		buf_init(&piece, a);
		if ((p = export_next(ex, a, &piece)) != NULL)
			return p;
		if (!r->streaming)
			start_stream(r, ex->json);
		reply_stream(r, piece.text, piece.length);
	} while (!ex->ended && !r->head && !r->client_gone);
	return NULL;
}

const struct member records_export_takes[] = {
	PARAM("format", CHOICE, "csv where it is not said", .choices = "csv json"),
	PARAM("fields", TEXT, "names of fields with commas between them; without it all"),
	MEMBERS_END
};

/* GET /api/:collection/export?format=&fields= -- all records that the person may see. */
struct problem *
records_export(struct request *r)
{
	struct problem *p;
	struct export *ex = arena_alloc(r->a, sizeof *ex);
	struct arena *scratch = arena_new();

	ex->call = &r->call;
	ex->collection = r->collection;
	ex->fields = given_text(r, "fields");
	ex->json = given_is(r, "format", "json");
	if ((p = policy_may(r->a, &r->person, r->collection, MAY_READ)) == NULL &&
	    (p = export_open(ex)) == NULL)
		p = stream(r, ex, scratch);
	if (p != NULL) {
		p = arena_memdup(r->a, p, sizeof *p);
		p->detail = arena_strdup(r->a, p->detail);
		p->field = arena_strdup(r->a, p->field);
		p->cause = arena_strdup(r->a, p->cause);
	}
	arena_free(scratch);
	return p;
}
