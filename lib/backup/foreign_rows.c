/* foreign_rows.c -- what a row of each list of a foreign backup means.  The table of the lists is at the bottom: those
 * that others refer to come first. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/sniff.h"
#include "base/text.h"
#include "foreign_work.h"

enum {
	DAY_SECONDS = 86400,
	MILLISECONDS = 1000,
	DURATION_SLACK = 60 /* seconds: texts of durations have whole minutes */
};

/* ---- a record and its values ---- */

/* Begin a record; NULL when the definitions of this server have no such collection, or the file has the id already. */
static struct foreign_record *
begin(struct foreign_work *w, const char *collection, const char *id)
{
	const struct collection *c = collection_find(w->set, collection);
	struct foreign_record *r;
	struct seen_entry *entry;

	if (c == NULL) {
		foreign_note(w, true, "this server has no place for it");
		return NULL;
	}
	entry = seen_entry(&w->ids, arena_printf(w->a, "%s %s", collection, id));
	if (entry->count++ > 0) {
		foreign_note(w, true, "the file has this id twice; the first one is taken");
		return NULL;
	}
	r = &w->out->records[w->out->record_count++];
	*r = (struct foreign_record){
		.collection = c,
		.id = id,
		.values = values_new(w->a, c),
		.touched = arena_alloc(w->a, c->field_count * sizeof *r->touched),
	};
	return r;
}

/* A record that turned out to be of no use. */
static void
withdraw(struct foreign_work *w, const char *why)
{
	w->out->record_count--;
	foreign_note(w, true, why);
}

/* The id of a row: its own where it can be one, else one made of everything in it. */
static const char *
row_id(struct foreign_work *w, struct json_object *row, const char *before)
{
	const char *id = foreign_text(w, row, "id");
	unsigned char digest[SHA256_SIZE];
	struct buf b;

	if (id != NULL && id_valid(arena_printf(w->a, "%s%s", before, id)) && !id_reserved(id))
		return arena_printf(w->a, "%s%s", before, id);
	buf_init(&b, w->a);
	json_canonical(&b, row);
	sha256(b.text, b.length, digest);
	return arena_printf(w->a, "%s%s", before, hex_text(w->a, digest, 16));
}

static void
give(struct foreign_record *r, const char *field, const char *canonical)
{
	const struct field *f = collection_field(r->collection, field);

	if (f == NULL || canonical == NULL)
		return;
	r->values[f->index] = canonical;
	r->touched[f->index] = true;
}

/* Give a field what a text says.  A text that is too long is cut; what the field cannot be is left out. */
static void
give_text(struct foreign_work *w, struct foreign_record *r, const char *field, const char *text)
{
	const struct field *f = collection_field(r->collection, field);
	struct cell_notes notes = { .asks = NULL };
	const char *canonical = NULL;

	if (f == NULL || text == NULL)
		return;
	if (f->type == FIELD_TEXT && f->max_length > 0 && utf8_count(text) > (size_t)f->max_length) {
		text = arena_strndup(w->a, text, utf8_bytes(text, (size_t)f->max_length));
		foreign_note(w, false, arena_printf(w->a, "%s was too long and is cut", field));
	}
	if (cell_read(w->a, f, &w->rules, text, &notes, &canonical) != NULL) {
		w->asks = w->asks || (notes.asks != NULL && strcmp(notes.asks, "dates") == 0);
		foreign_note(w, true, arena_printf(w->a, "%s is not valid", field));
		return;
	}
	give(r, field, canonical);
}

static void
give_member(struct foreign_work *w, struct foreign_record *r, const char *field, struct json_object *row,
    const char *member)
{
	give_text(w, r, field, foreign_text(w, row, member));
}

/* A member that Daybook has no field for, said once for its list. */
static void
leave(struct foreign_work *w, struct json_object *row, const char *member, const char *why)
{
	if (json_object_object_get(row, member) != NULL)
		foreign_note(w, true, why);
}

/* ---- places, photos ---- */

static void
give_place(struct foreign_work *w, struct foreign_record *r, const char *field, const char *lat, const char *lng,
    const char *accuracy)
{
	const struct field *f = collection_field(r->collection, field);
	const char *canonical, *text;
	struct json_object *tree;

	if (f == NULL || lat == NULL || lng == NULL)
		return;
	text = accuracy == NULL ? arena_printf(w->a, "{\"lat\":%s,\"lng\":%s}", lat, lng)
	    : arena_printf(w->a, "{\"lat\":%s,\"lng\":%s,\"accuracy\":%s}", lat, lng, accuracy);
	if (json_parse(w->a, text, strlen(text), &tree) != NULL || field_read(w->a, f, tree, &canonical) != NULL) {
		foreign_note(w, true, arena_printf(w->a, "%s is not a place", field));
		return;
	}
	give(r, field, canonical);
}

/* "52.52, 13.40", as the screen showed it. */
static void
give_shown_place(struct foreign_work *w, struct foreign_record *r, const char *shown)
{
	const char *comma = shown == NULL ? NULL : strchr(shown, ',');

	if (comma != NULL)
		give_place(w, r, "placeIn", text_trimmed(w->a, arena_strndup(w->a, shown, (size_t)(comma - shown))),
		    text_trimmed(w->a, comma + 1), NULL);
}

/* The bytes of a data URL with base64; NULL when it is anything else. */
static const unsigned char *
data_url_bytes(struct arena *a, const char *url, size_t *size)
{
	const char *at = strncmp(url, "data:", 5) == 0 ? strstr(url, ";base64,") : NULL;
	char *text;
	size_t length = 0;

	if (at == NULL)
		return NULL;
	text = arena_strdup(a, at + 8);
	for (char *c = text; *c != '\0' && *c != '='; c++, length++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	return base64url_parse(a, text, length, size);
}

static void
give_photo(struct foreign_work *w, struct foreign_record *r, struct json_object *row)
{
	struct json_object *photo = json_object_object_get(row, "photo");
	struct foreign_file file;
	unsigned char digest[SHA256_SIZE];

	if (!json_object_is_type(photo, json_type_string) || *json_object_get_string(photo) == '\0')
		return;
	file.bytes = data_url_bytes(w->a, json_object_get_string(photo), &file.size);
	if (file.bytes == NULL || file.size == 0 || file.size > FOREIGN_PHOTO_MAX ||
	    sniff_type(file.bytes, file.size, (int64_t)file.size) == NULL) {
		foreign_note(w, true, "the photo is not a picture");
		return;
	}
	sha256(file.bytes, file.size, digest);
	file.name = hex_text(w->a, digest, sizeof digest);
	if (seen_entry(&w->ids, file.name)->count++ == 0)
		w->out->files[w->out->file_count++] = file;
	give(r, "photoIn", json_quoted(w->a, file.name));
}

/* ---- days and times ---- */

/* Read a member that says a day, a time or both into *m. */
static bool
read_moment(struct foreign_work *w, const struct field *f, const char *text, struct moment *m)
{
	struct cell_notes notes = { .asks = NULL };

	*m = (struct moment){ .has_day = false };
	if (text == NULL)
		return false;
	if (moment_read(w->a, f, &w->rules, text, &notes, m) == NULL)
		return true;
	w->asks = w->asks || (notes.asks != NULL && strcmp(notes.asks, "dates") == 0);
	return false;
}

static bool
instant_of(struct foreign_work *w, const struct field *f, const struct moment *m, int64_t *at)
{
	struct readings readings;

	if (!m->has_day || !m->has_time || moment_instants(w->a, f, w->rules.zone, m, &readings) != NULL)
		return false;
	*at = readings.at[0];
	return true;
}

/* The start and the end that a row tells by a day and two times; an end that is earlier by the clock is on the next
 * day.  0 for one that it does not tell. */
static void
read_span(struct foreign_work *w, const struct collection *c, const char *day, const char *from, const char *to,
    int64_t *start, int64_t *end)
{
	const struct field *f = collection_field(c, "start");
	struct moment date, first, last;
	bool has_day = read_moment(w, f, day, &date) && date.has_day;

	*start = *end = 0;
	if (!read_moment(w, f, from, &first) || (!first.has_day && !has_day))
		return;
	if (!first.has_day)
		first = moment_join(&date, &first);
	if (!instant_of(w, f, &first, start))
		return;
	if (!read_moment(w, f, to, &last))
		return;
	if (!last.has_day) {
		char next[DATE_TEXT_SIZE];
		int64_t days = date_days(first.day) + (last.seconds < first.seconds);

		last = moment_join(&first, &last);
		date_from_days(days, next);
		memcpy(last.day, next, sizeof last.day);
	}
	if (!instant_of(w, f, &last, end) || *end < *start)
		*end = 0;
}

static void
give_instant(struct foreign_work *w, struct foreign_record *r, const char *field, int64_t at)
{
	give(r, field, json_quoted(w->a, instant_text(w->a, at)));
}

/* The seconds of "13h 1m"; -1 for anything else. */
static int64_t
shown_seconds(const char *text)
{
	int64_t hours, minutes;

	if (text == NULL || !text_take_number(&text, &hours) || !text_take(&text, "h ") ||
	    !text_take_number(&text, &minutes) || !text_take(&text, "m") || *text != '\0')
		return -1;
	return hours * 3600 + minutes * 60;
}

/* ---- job sites ---- */

/* The id of the site with this name.  One that no list has is made, so that the entries keep it. */
static const char *
site_named(struct foreign_work *w, const char *name)
{
	char *loose = name == NULL ? NULL : text_loose(w->a, name);
	struct seen_entry *entry;
	struct foreign_record *r;
	unsigned char digest[SHA256_SIZE];
	const char *id;

	if (loose == NULL || *loose == '\0')
		return NULL;
	entry = seen_entry(&w->sites, loose);
	if (entry->count > 0)
		return w->site_ids[entry->count - 1];
	sha256(loose, strlen(loose), digest);
	id = arena_printf(w->a, "site-%s", hex_text(w->a, digest, 8));
	if (w->out->record_count >= FOREIGN_RECORDS_MAX || (r = begin(w, "jobSites", id)) == NULL)
		return NULL;
	r->keep_live = true;
	give_text(w, r, "name", name);
	foreign_note(w, false, "a job site that no list has is made of its name");
	w->site_ids[w->site_count++] = id;
	entry->count = (uint32_t)w->site_count;
	return id;
}

static struct problem *
take_site(struct foreign_work *w, struct json_object *row)
{
	const char *name = foreign_text(w, row, "name"), *radius = foreign_text(w, row, "radius");
	struct foreign_record *r = begin(w, "jobSites", row_id(w, row, ""));
	struct seen_entry *entry;
	double metres = radius == NULL ? 100 : strtod(radius, NULL);

	if (r == NULL)
		return NULL;
	if (name == NULL) {
		withdraw(w, "a job site without a name");
		return NULL;
	}
	give_text(w, r, "name", name);
	give_member(w, r, "address", row, "address");
	give_member(w, r, "city", row, "city");
	give_member(w, r, "state", row, "state");
	give_member(w, r, "zip", row, "zipCode");
	give_member(w, r, "country", row, "country");
	give_member(w, r, "status", row, "status");
	give_place(w, r, "place", foreign_text(w, row, "latitude"), foreign_text(w, row, "longitude"), NULL);
	if (!(metres >= 10 && metres <= 1000))
		foreign_note(w, false, "a radius is 10 to 1000 metres");
	metres = metres >= 10 ? fmin(metres, 1000) : 10;
	give(r, "radius", arena_printf(w->a, "%d", (int)metres));
	give(r, "outside", "\"flag\""); /* or its entries without a place could not be taken */
	entry = seen_entry(&w->sites, text_loose(w->a, name));
	if (entry->count == 0) {
		w->site_ids[w->site_count++] = r->id;
		entry->count = (uint32_t)w->site_count;
	}
	return NULL;
}

/* ---- people ---- */

/* True when somebody was taken before under this name; what is NULL was not said. */
static bool
is_known(struct foreign_work *w, const char *kind, const char *text)
{
	if (text == NULL)
		return false;
	return seen_entry(&w->people, arena_printf(w->a, "%s %s", kind, text_loose(w->a, text)))->count++ > 0;
}

static struct problem *
take_person(struct foreign_work *w, struct json_object *row, const char *before, const char *number_member)
{
	const char *email = foreign_text(w, row, "email"), *number = foreign_text(w, row, number_member);
	const char *first = foreign_text(w, row, "firstName"), *last = foreign_text(w, row, "lastName");
	struct foreign_record *r;

	leave(w, row, "password", "passwords are never kept");
	leave(w, row, "hourlyRate", "what somebody earns belongs to their work terms, once they are a member");
	first = first != NULL ? first : foreign_text(w, row, "name");
	first = first != NULL ? first : foreign_text(w, row, "username");
	if (first == NULL && last == NULL) {
		foreign_note(w, true, "somebody without a name");
		return NULL;
	}
	if (is_known(w, "email", email) ||
	    (email == NULL && is_known(w, "name", arena_printf(w->a, "%s %s", first, last == NULL ? "" : last)))) {
		foreign_note(w, true, "somebody who is in another list already");
		return NULL;
	}
	if ((r = begin(w, "employees", row_id(w, row, before))) == NULL)
		return NULL;
	r->keep_live = true;
	if (is_known(w, "number", number)) {
		foreign_note(w, false, "a number that somebody else has; the next one is given");
		number = NULL;
	}
	give_text(w, r, "employeeId", number);
	give_text(w, r, "firstName", first == NULL ? last : first);
	give_text(w, r, "lastName", last == NULL ? first : last);
	give_text(w, r, "email", email);
	give_member(w, r, "phone", row, "phone");
	give_member(w, r, "department", row, "department");
	give_member(w, r, "position", row, "position");
	give_member(w, r, "role", row, "role");
	give_member(w, r, "status", row, "status");
	return NULL;
}

static struct problem *
take_employee(struct foreign_work *w, struct json_object *row)
{
	return take_person(w, row, "", "employeeId");
}

static struct problem *
take_manager(struct foreign_work *w, struct json_object *row)
{
	return take_person(w, row, "manager-", "managerId");
}

/* An account of that browser is no account here: whoever needs one is invited. */
static struct problem *
take_user(struct foreign_work *w, struct json_object *row)
{
	return take_person(w, row, "user-", "employeeId");
}

/* ---- working time ---- */

static void
remember_day(struct foreign_work *w, int64_t start)
{
	char day[DATE_TEXT_SIZE];

	if (zone_date(w->rules.zone, start, day, NULL, NULL) &&
	    (*w->first_day == '\0' || strcmp(day, w->first_day) < 0))
		memcpy(w->first_day, day, sizeof day);
}

/* Where and what was entered beside the times. */
static void
give_circumstances(struct foreign_work *w, struct foreign_record *r, struct json_object *row)
{
	struct json_object *coordinates = json_object_object_get(row, "coordinates");

	if (json_object_is_type(coordinates, json_type_object))
		give_place(w, r, "placeIn", foreign_text(w, coordinates, "lat"), foreign_text(w, coordinates, "lng"),
		    foreign_text(w, coordinates, "accuracy"));
	else
		give_shown_place(w, r, foreign_text(w, row, "location"));
	give_text(w, r, "note", foreign_text(w, row, foreign_text(w, row, "notes") != NULL ? "notes" : "address"));
	give_photo(w, r, row);
}

static struct problem *
take_entry(struct foreign_work *w, struct json_object *row)
{
	const struct collection *c = collection_find(w->set, "workSessions");
	const char *site = site_named(w, foreign_text(w, row, "jobSite")), *id = row_id(w, row, "");
	struct foreign_record *r;
	int64_t start, end, shown = shown_seconds(foreign_text(w, row, "duration"));

	if (c == NULL || (r = begin(w, c->name, id)) == NULL)
		return NULL;
	read_span(w, c, foreign_text(w, row, "date"), foreign_text(w, row, "clockIn"),
	    foreign_text(w, row, "clockOut"), &start, &end);
	if (start != 0 && end == 0 && shown > 0 && shown < DAY_SECONDS)
		end = start + shown * MILLISECONDS;
	if (start == 0 || end == 0 || end - start > (int64_t)DAY_SECONDS * MILLISECONDS) {
		withdraw(w, start == 0 ? "an entry whose start cannot be read" : "an entry without an end");
		return NULL;
	}
	if (shown >= 0 && llabs((end - start) / MILLISECONDS - shown) > DURATION_SLACK)
		foreign_note(w, false, "the duration in the file is not what the times say; the times count");
	give_instant(w, r, "start", start);
	give_instant(w, r, "end", end);
	give(r, "zone", json_quoted(w->a, w->rules.zone));
	give(r, "jobSite", site == NULL ? NULL : json_quoted(w->a, site));
	give_circumstances(w, r, row);
	r->claimed_at = end;
	remember_day(w, start);
	return NULL;
}

static struct problem *
take_shift(struct foreign_work *w, struct json_object *row)
{
	const struct collection *c = collection_find(w->set, "schedules");
	const char *site = site_named(w, foreign_text(w, row, "jobSite")), *id = row_id(w, row, "");
	struct foreign_record *r;
	int64_t start, end;

	if (c == NULL || (r = begin(w, c->name, id)) == NULL)
		return NULL;
	read_span(w, c, foreign_text(w, row, "date"), foreign_text(w, row, "startTime"),
	    foreign_text(w, row, "endTime"), &start, &end);
	if (start == 0 || end == 0) {
		withdraw(w, "a shift whose times cannot be read");
		return NULL;
	}
	give_instant(w, r, "start", start);
	give_instant(w, r, "end", end);
	give(r, "zone", json_quoted(w->a, w->rules.zone));
	give(r, "jobSite", site == NULL ? NULL : json_quoted(w->a, site));
	give_member(w, r, "who", row, "employeeName");
	give_member(w, r, "status", row, "status");
	give_member(w, r, "note", row, "notes");
	return NULL;
}

/* ---- the rest ---- */

static struct problem *
take_task(struct foreign_work *w, struct json_object *row)
{
	const char *title = foreign_text(w, row, "title"), *said = foreign_text(w, row, "description");
	const char *who = foreign_text(w, row, "assignee"), *id = row_id(w, row, "");
	const char *site = site_named(w, foreign_text(w, row, "jobSite"));
	struct foreign_record *r;

	if (title == NULL) {
		foreign_note(w, true, "a task without a title");
		return NULL;
	}
	if ((r = begin(w, "assignments", id)) == NULL)
		return NULL;
	if (who != NULL) {
		said = arena_printf(w->a, "%s%s(%s)", said == NULL ? "" : said, said == NULL ? "" : "\n", who);
		foreign_note(w, false, "whose task it is stands in its description");
	}
	give_text(w, r, "title", title);
	give_text(w, r, "description", said);
	give(r, "jobSite", site == NULL ? NULL : json_quoted(w->a, site));
	give_member(w, r, "priority", row, "priority");
	give_member(w, r, "status", row, "status");
	give_member(w, r, "due", row, "dueDate");
	return NULL;
}

static struct problem *
take_message(struct foreign_work *w, struct json_object *row)
{
	const char *text = foreign_text(w, row, "message"), *sender = foreign_text(w, row, "sender");
	struct foreign_record *r;
	struct moment m;

	if (text == NULL) {
		foreign_note(w, true, "a message without a text");
		return NULL;
	}
	if ((r = begin(w, "messages", row_id(w, row, ""))) == NULL)
		return NULL;
	r->keep_live = true;
	if (sender != NULL) {
		text = arena_printf(w->a, "%s: %s", sender, text);
		foreign_note(w, false, "who sent a message stands before its text");
	}
	give_text(w, r, "text", text);
	if (read_moment(w, collection_field(r->collection, "sentAt"), foreign_text(w, row, "timestamp"), &m))
		(void)instant_of(w, collection_field(r->collection, "sentAt"), &m, &r->claimed_at);
	return NULL;
}

/* The rules hold from the first entry on; weeks begin on Sunday there. */
static struct problem *
take_payroll(struct foreign_work *w, struct json_object *row)
{
	const struct collection *c = collection_find(w->set, "workRules");
	const char *from = json_quoted(w->a, *w->first_day == '\0' ? "2000-01-01" : w->first_day), **values;
	struct foreign_record *r;

	if (c == NULL)
		return NULL;
	values = values_new(w->a, c);
	values[collection_field(c, "from")->index] = from;
	if ((r = begin(w, c->name, values_id(w->a, c, NOBODY, values))) == NULL)
		return NULL;
	r->keep_live = true;
	give(r, "from", from);
	give(r, "weekStart", "\"sunday\"");
	give_member(w, r, "hourlyRate", row, "defaultHourlyRate");
	give_member(w, r, "overtimeAfterHours", row, "overtimeThreshold");
	give_member(w, r, "overtimeMultiplier", row, "overtimeMultiplier");
	leave(w, row, "quickbooksEnabled", "payroll programs get the payroll report as a file");
	return NULL;
}

const struct foreign_list foreign_lists[] = {
	{ "jobSites", take_site, NULL },
	{ "employees", take_employee, NULL },
	{ "managers", take_manager, NULL },
	{ "users", take_user, NULL },
	{ "timeEntries", take_entry, NULL },
	{ "shifts", take_shift, NULL },
	{ "tasks", take_task, NULL },
	{ "teamMessages", take_message, NULL },
	{ "payrollSettings", take_payroll, NULL },
	{ "companies", NULL, "the name and address of a space are among its settings" },
	{ "teamMembers", NULL, "who is in a space is seen from who joined it" },
	{ "payrollReports", NULL, "reports are computed anew from the entries" },
	{ "reports", NULL, "reports are computed anew from the entries" },
	{ NULL, NULL, NULL },
};
