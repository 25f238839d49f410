/* transfer.c -- import and export of a collection.  The query is read here, the file in lib/transfer/import.c. */
#include <string.h>
#include <strings.h>

#include "api/api.h"
#include "base/charset.h"
#include "base/crypto.h"
#include "base/instant.h"
#include "http/member.h"
#include "http/reply.h"
#include "model/policy.h"
#include "transfer/back.h"
#include "transfer/export.h"
#include "transfer/intake.h"

enum {
	IMPORT_SECONDS = 20, /* for one request, and also for checking the file alone; web servers wait 30 */
	NAME_MAX_BYTES = 200 /* of a file */
};

/* ---- import ---- */

const struct member records_import_takes[] = {
	PARAM("dryRun", BOOLEAN, "say what would become of the rows, and write nothing"),
	PARAM("map", TEXT, "which header is which field, as HEADER=field with commas between them"),
	PARAM("dates", CHOICE, "the order in which the file writes dates", .choices = "mdy dmy ymd"),
	PARAM("decimals", CHOICE, "the sign before decimals, where 1,015 can be two numbers", .choices = "comma point"),
	PARAM("units", TEXT, "the unit of a field's numbers, as field:unit with commas between them"),
	PARAM("several", CHOICE, "which of several rows of one day counts", .choices = "first last mean"),
	PARAM("where", TEXT, "the rows that have this value alone, as HEADER=value"),
	PARAM("skipBad", BOOLEAN, "take what is good and leave the rest"),
	PARAM("again", BOOLEAN, "take a file that was taken before as a new one"),
	PARAM("zone", TEXT, "the time zone of instants that name none; else yours, or the space's"),
	PARAM("format", TEXT, "the known format that the file has, or none; else it is recognised"),
	PARAM("header", INTEGER, "the line that names the columns, from 1", .min = 1, .max = 1000,
	  .wrong = "header must be the number of a line, from 1 to {max}."),
	PARAM("name", TEXT, "what the file is called", .max = NAME_MAX_BYTES, .clean = true,
	  .wrong = "name has at most {max} bytes."),
	PARAM("anyway", BOOLEAN, "take rows that were imported before and read in another way"),
	HEADER("Content-Type", ANY, "text/csv, also with header=absent, or application/json; both with a charset"),
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

/* The value of a parameter of Content-Type, without its quotes, or NULL when it is another parameter. */
static const char *
value_of(struct arena *a, const char *text, size_t length, const char *name)
{
	size_t before = strlen(name);

	if (length <= before || strncasecmp(text, name, before) != 0 || text[before] != '=')
		return NULL;
	text += before + 1;
	length -= before + 1;
	if (length >= 2 && *text == '"' && text[length - 1] == '"')
		return arena_strndup(a, text + 1, length - 2);
	return arena_strndup(a, text, length);
}

/* True when the body has this type.  *headerless is set by the parameter header of RFC 4180; *charset is as it is
 * written, or NULL. */
static bool
is_type(struct arena *a, const char *type, const char *wanted, bool *headerless, const char **charset)
{
	size_t length = strlen(wanted);

	*headerless = false;
	*charset = NULL;
	if (type == NULL || strncasecmp(type, wanted, length) != 0 ||
	    (type[length] != '\0' && strchr("; ", type[length]) == NULL))
		return false;
	for (type += length + strspn(type + length, "; "); *type != '\0';
	    type += length + strspn(type + length, "; ")) {
		const char *value;

		length = strcspn(type, "; ");
		*headerless = *headerless || is_word(type, length, "header=absent");
		if ((value = value_of(a, type, length, "charset")) != NULL)
			*charset = value;
		else if (!is_word(type, length, "header=present") && !is_word(type, length, "header=absent"))
			return false;
	}
	return true;
}

/* Find the charset by its name; UTF-8 need not be said. */
static struct problem *
read_charset(struct request *r, const char *said, struct import_options *file)
{
	file->charset = said == NULL ? NULL : charset_called(said);
	if (said != NULL && file->charset == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "charset",
		    "charset must be utf-8, utf-16, utf-16le, utf-16be, iso-8859-1, iso-8859-15, windows-1250, "
		    "windows-1251, windows-1252 or macintosh.");
	if (file->charset != NULL && strcmp(file->charset, "utf-8") == 0)
		file->charset = NULL;
	return NULL;
}

/* Read Content-Type.  Only CSV can be without a header. */
static struct problem *
read_type(struct request *r, struct import_options *file)
{
	const char *type = request_header(r, "Content-Type"), *charset;

	file->json = is_type(r->a, type, "application/json", &file->headerless, &charset) && !file->headerless;
	if (file->json || is_type(r->a, type, "text/csv", &file->headerless, &charset))
		return read_charset(r, charset, file);
	return problem_at(r->a, PROBLEM_MEDIA_TYPE, "Content-Type", "The body must be text/csv or application/json.");
}

static bool
has_instants(const struct collection *c)
{
	for (size_t i = 0; i < c->field_count; i++)
		if (c->fields[i].type == FIELD_INSTANT && !c->fields[i].derived)
			return true;
	return false;
}

static void
add_line(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(b, "%s=%s\n", name, value);
}

/* Lines for what is given of the newer parameters: without them, a run has the name that it always had. */
static void
add_lines(struct request *r, const struct import_options *file, struct buf *b)
{
	add_line(b, "decimals", file->decimals);
	add_line(b, "units", file->units);
	add_line(b, "several", file->several);
	add_line(b, "charset", file->charset);
	add_line(b, "format", file->format);
	add_line(b, "header", file->header == 0 ? NULL : arena_printf(r->a, "%zu", file->header));
	if (file->zone == NULL && has_instants(r->collection))
		add_line(b, "zone", file->zone_else);
}

/* What decides how the file is read, apart from the file. */
static const char *
name_reading(struct request *r, const struct import_options *file, const struct import *im)
{
	unsigned char digest[SHA256_SIZE];
	struct buf b;

	buf_init(&b, r->a);
	buf_printf(&b, "%s\n%s\n%s\n%s\n", r->collection->name, file->map == NULL ? "" : file->map,
	    file->zone == NULL ? file->zone_else : file->zone, date_order_names[file->dates]);
	add_line(&b, "format", import_format(im));
	add_line(&b, "units", file->units);
	add_line(&b, "several", file->several);
	add_line(&b, "decimals", file->decimals);
	add_line(&b, "header", file->headerless ? "absent" : NULL);
	add_line(&b, "charset", file->charset);
	sha256(b.text, b.length, digest);
	return hex_text(r->a, digest, 16);
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
	add_lines(r, file, &b);
	sha256(r->body, r->body_length, digest);
	buf_text(&b, hex_text(r->a, digest, sizeof digest));
	return b.text;
}

static const char *
text_or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

static struct problem *
read_options(struct request *r, struct import_options *file, struct intake_options *options)
{
	struct problem *p;

	*file = (struct import_options){
		.map = given_text(r, "map"),
		.where = given_text(r, "where"),
		.zone = text_or_null(given_text(r, "zone")),
		.dates = order_of(r),
		.formats = r->worker->formats,
		.format = text_or_null(given_text(r, "format")),
		.units = text_or_null(given_text(r, "units")),
		.several = text_or_null(given_text(r, "several")),
		.decimals = given_text(r, "decimals"),
		.header = (size_t)given_integer(r, "header"),
	};
	*options = (struct intake_options){
		.dry_run = given_flag(r, "dryRun"),
		.skip_bad = given_flag(r, "skipBad"),
		.again = given_flag(r, "again"),
		.anyway = given_flag(r, "anyway"),
		.file = text_or_null(given_text(r, "name")),
		.seconds = IMPORT_SECONDS,
		.look_seconds = IMPORT_SECONDS,
	};
	if ((p = read_type(r, file)) != NULL || (p = intake_surroundings(&r->call, r->collection, file)) != NULL)
		return p;
	options->run = name_run(r, file, options);
	return NULL;
}

/* Turn the body into UTF-8; the options then tell the charset that it had. */
static struct problem *
read_body(struct request *r, struct import_options *file, struct charset_text *text)
{
	struct problem *p = charset_read(r->a, r->body, r->body_length, file->charset, text);

	file->charset = text->charset;
	return p;
}

/* POST /api/:collection/import -- a CSV or JSON file; the answer counts what became of its rows. */
struct problem *
records_import(struct request *r)
{
	struct problem *p;
	struct import_options file;
	struct intake_options options;
	struct intake_report report;
	struct charset_text text;
	struct import *im = arena_alloc(r->a, sizeof *im);

	if ((p = policy_may(r->a, &r->person, r->collection, MAY_CREATE)) != NULL ||
	    (p = policy_may(r->a, &r->person, r->collection, MAY_UPDATE)) != NULL ||
	    (p = read_options(r, &file, &options)) != NULL ||
	    (p = read_body(r, &file, &text)) != NULL ||
	    (p = import_open(im, r->a, &r->person, r->collection, &file, text.text, text.length)) != NULL)
		return p;
	options.reading = name_reading(r, &file, im);
	if ((p = intake(&r->call, im, &options, &report)) != NULL)
		return p;
	intake_put(reply_object(r, 200), &report);
	return NULL;
}

/* ---- taking an import back ---- */

const struct member imports_take_back_takes[] = {
	PARAM("dryRun", BOOLEAN, "say what would become of the records, and write nothing"),
	MEMBERS_END
};

/* POST /api/imports/:id/take-back -- as new writes; the answer counts them, and what stays. */
struct problem *
imports_take_back(struct request *r)
{
	struct back_options options = { .dry_run = given_flag(r, "dryRun"), .seconds = IMPORT_SECONDS };
	struct back_report report;
	struct problem *p = back_take(&r->call, r->params[0], &options, &report);

	if (p == NULL)
		back_put(reply_object(r, 200), &report);
	return p;
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
	AT_PARAM,
	PARAM("format", CHOICE, "csv where it is not said", .choices = "csv json"),
	PARAM("style", CHOICE, "of a CSV: programs where it is not said", .choices = "people programs"),
	PARAM("fields", TEXT, "names of fields with commas between them; without it all"),
	PARAM("q", TEXT, "words that the record holds"),
	PARAM("*", ANY, "filters: a field, and what its value must be"),
	MEMBERS_END
};

/* GET /api/:collection/export?format=&style=&fields= -- the records that the person may see, and filters leave. */
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
	ex->for_people = !ex->json && given_is(r, "style", "people");
	if ((p = policy_may(r->a, &r->person, r->collection, MAY_READ)) == NULL &&
	    (p = records_read_filters(r, &ex->list)) == NULL &&
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
