/* test_foreign.c -- the backup files of another time tracker, in each of their forms and with their odd values, read as
 * records.  No database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backup/foreign.h"
#include "base/instant.h"
#include "base/json.h"
#include "shipped.h"

#define ZONE "America/New_York"

static struct foreign out;

static struct problem *
read_file(const char *text, enum date_order dates)
{
	struct json_object *tree;
	const struct foreign_options options = { .zone = ZONE, .dates = dates };

	assert_null(json_parse(arena, text, strlen(text), &tree));
	assert_true(foreign_is(tree));
	return foreign_read(arena, set, tree, &options, &out);
}

static const struct foreign_record *
record_of(const char *collection, const char *id)
{
	for (size_t i = 0; i < out.record_count; i++)
		if (strcmp(out.records[i].collection->name, collection) == 0 &&
		    (id == NULL || strcmp(out.records[i].id, id) == 0))
			return &out.records[i];
	fail_msg("no %s %s", collection, id == NULL ? "" : id);
	return NULL;
}

static const char *
value_of(const struct foreign_record *r, const char *field)
{
	const char *value = r->values[collection_field(r->collection, field)->index];

	return value == NULL ? "" : value;
}

/* How often something was said of a list; 0: never. */
static size_t
said(bool left, const char *list, const char *part)
{
	for (size_t i = 0; i < out.note_count; i++)
		if (out.notes[i].left == left && strcmp(out.notes[i].list, list) == 0 &&
		    strstr(out.notes[i].why, part) != NULL)
			return out.notes[i].count;
	return 0;
}

static size_t
count_of(const char *collection)
{
	size_t count = 0;

	for (size_t i = 0; i < out.record_count; i++)
		count += strcmp(out.records[i].collection->name, collection) == 0;
	return count;
}

static const char versioned[] =
    "{\"users\":[{\"id\":\"1733050000001\",\"username\":\"ann\",\"password\":\"plain\",\"email\":\"ann@example.org\","
    "\"firstName\":\"Ann\",\"lastName\":\"Lee\",\"role\":\"owner\",\"companyId\":\"company-1\"}],"
    "\"companies\":[{\"id\":\"company-1\",\"name\":\"Ann Lee's Company\"}],"
    "\"timeEntries\":[{\"id\":\"1733050000002\",\"jobSite\":\"Harbour\",\"clockIn\":\"2:05:03 PM\","
    "\"clockOut\":\"3:06:03\xe2\x80\xafPM\",\"duration\":\"13h 1m\",\"date\":\"11/30/2026\","
    "\"coordinates\":{\"lat\":40.5,\"lng\":-74.25,\"accuracy\":12.04},\"address\":\"Pier 3\"},"
    "{\"id\":\"1733050000003\",\"jobSite\":\"Unlisted\",\"clockIn\":\"10:00:00 PM\",\"clockOut\":\"6:00:00 AM\","
    "\"duration\":\"8h 0m\",\"date\":\"12/1/2026\",\"location\":\"40.1, -74.2\"},"
    "{\"id\":\"1733050000004\",\"jobSite\":\"Harbour\",\"clockIn\":\"9:00:00 AM\",\"date\":\"12/1/2026\"}],"
    "\"jobSites\":[{\"id\":\"1733050000005\",\"name\":\"Harbour\",\"address\":\"Pier 3\",\"zipCode\":\"07030\","
    "\"latitude\":40.5,\"longitude\":-74.25,\"radius\":5000,\"status\":\"active\"}],"
    "\"exportDate\":\"2026-12-01T10:00:00.000Z\",\"version\":\"1.0\"}";

static void
test_export_with_version(void **state)
{
	const struct foreign_record *r;

	(void)state;
	assert_null(read_file(versioned, DATES_UNSAID));
	assert_string_equal(out.format, "timetracker-export");
	assert_string_equal(out.exported_at, "2026-12-01T10:00:00.000Z");
	r = record_of("workSessions", "1733050000002");
	assert_string_equal(value_of(r, "start"), "\"2026-11-30T19:05:03.000Z\"");
	assert_string_equal(value_of(r, "end"), "\"2026-11-30T20:06:03.000Z\"");
	assert_string_equal(value_of(r, "jobSite"), "\"1733050000005\"");
	assert_string_equal(value_of(r, "placeIn"), "{\"accuracy\":12,\"lat\":40.5,\"lng\":-74.25}");
	assert_string_equal(value_of(r, "note"), "\"Pier 3\"");
	assert_int_equal(said(false, "timeEntries", "duration"), 1);
	r = record_of("workSessions", "1733050000003");
	assert_string_equal(value_of(r, "end"), "\"2026-12-02T11:00:00.000Z\"");
	assert_int_equal(count_of("jobSites"), 2);
	assert_int_equal(said(false, "timeEntries", "no list has"), 1);
	assert_int_equal(said(true, "timeEntries", "without an end"), 1);
	r = record_of("jobSites", "1733050000005");
	assert_string_equal(value_of(r, "radius"), "1000");
	assert_int_equal(said(false, "jobSites", "radius"), 1);
	r = record_of("employees", "user-1733050000001");
	assert_string_equal(value_of(r, "email"), "\"ann@example.org\"");
	assert_int_equal(said(true, "users", "passwords"), 1);
	assert_int_equal(said(true, "companies", "settings"), 1);
}

static void
test_no_password_is_anywhere(void **state)
{
	struct buf b;
	struct json_out put;

	(void)state;
	assert_null(read_file(versioned, DATES_UNSAID));
	for (size_t i = 0; i < out.record_count; i++)
		for (size_t k = 0; k < out.records[i].collection->field_count; k++)
			if (out.records[i].values[k] != NULL)
				assert_null(strstr(out.records[i].values[k], "plain"));
	buf_init(&b, arena);
	json_out_start(&put, &b);
	put_object(&put, NULL);
	foreign_put(&put, &out);
	put_end(&put);
	assert_null(strstr(b.text, "plain"));
	assert_non_null(strstr(b.text, "{\"what\":\"users\",\"why\":\"passwords are never kept\""));
}

/* Arrays that were still promises came as {}. */
static void
test_posted_copy_with_promises(void **state)
{
	(void)state;
	assert_null(read_file("{\"key\":\"autoBackup\",\"data\":{\"users\":[],\"companies\":{},\"timeEntries\":{},"
	    "\"jobSites\":[{\"id\":\"1\",\"name\":\"Yard\"}],\"timestamp\":\"2026-12-01T10:00:00.000Z\"},"
	    "\"timestamp\":\"2026-12-01T10:00:00.000Z\",\"userId\":\"current-user-id\"}", DATES_UNSAID));
	assert_string_equal(out.format, "timetracker-posted");
	assert_int_equal(out.record_count, 1);
	assert_int_equal(said(true, "timeEntries", "{}"), 1);
}

/* A browser's storage: texts of JSON under keys with the company at their end; the later copy counts. */
static void
test_storage(void **state)
{
	(void)state;
	assert_null(read_file("{\"jobSites_company-7\":\"[{\\\"id\\\":\\\"1\\\",\\\"name\\\":\\\"Yard\\\"}]\","
	    "\"timetracker_managers\":[{\"id\":\"1\",\"managerId\":\"MGR0001\",\"firstName\":\"Max\"}],"
	    "\"employees_company-7\":[{\"id\":\"1\",\"employeeId\":\"EMP0001\",\"firstName\":\"Eve\","
	    "\"lastName\":\"Li\",\"hourlyRate\":25},{\"id\":\"2\",\"employeeId\":\"EMP0001\",\"firstName\":\"Bob\","
	    "\"lastName\":\"Li\"}],"
	    "\"payrollSettings_company-7\":{\"defaultHourlyRate\":25,\"overtimeThreshold\":40,"
	    "\"overtimeMultiplier\":1.5},\"evil\":1,\"teamMembers\":[]}", DATES_UNSAID));
	assert_int_equal(count_of("jobSites"), 1);
	assert_int_equal(count_of("employees"), 3);
	assert_string_equal(value_of(record_of("employees", "1"), "employeeId"), "\"EMP0001\"");
	assert_string_equal(value_of(record_of("employees", "2"), "employeeId"), "");
	assert_string_equal(value_of(record_of("workRules", NULL), "hourlyRate"), "2500");
	assert_string_equal(value_of(record_of("workRules", NULL), "overtimeMultiplier"), "1.5");
	assert_int_equal(said(true, "evil", "nothing is known"), 1);
	assert_int_equal(said(true, "employees_company-7", "earns"), 1);

	assert_null(read_file("{\"autoBackup\":\"{\\\"jobSites\\\":[{\\\"id\\\":\\\"1\\\",\\\"name\\\":\\\"Old\\\"}],"
	    "\\\"timestamp\\\":\\\"2026-11-01\\\"}\",\"manualBackup\":{\"jobSites\":[{\"id\":\"1\",\"name\":\"New\"}],"
	    "\"timestamp\":\"2026-11-02\",\"type\":\"manual\"}}", DATES_UNSAID));
	assert_string_equal(value_of(record_of("jobSites", "1"), "name"), "\"New\"");
}

static void
test_dates_are_never_guessed(void **state)
{
	static const char ambiguous[] = "{\"timeEntries\":[{\"id\":\"1\",\"date\":\"1/2/2026\","
	    "\"clockIn\":\"09:00:00\",\"clockOut\":\"10:00:00\"}]}";
	static const char telling[] = "{\"timeEntries\":[{\"id\":\"1\",\"date\":\"1.2.2026\",\"clockIn\":\"09:00:00\","
	    "\"clockOut\":\"10:00:00\"},{\"id\":\"2\",\"date\":\"13.2.2026\",\"clockIn\":\"09:00:00\","
	    "\"clockOut\":\"10:00:00\"}]}";
	struct problem *p;

	(void)state;
	p = read_file(ambiguous, DATES_UNSAID);
	assert_non_null(p);
	assert_string_equal(p->field, "dates");
	assert_null(read_file(ambiguous, DATES_DMY));
	assert_string_equal(value_of(record_of("workSessions", "1"), "start"), "\"2026-02-01T14:00:00.000Z\"");
	assert_null(read_file(telling, DATES_UNSAID));
	assert_string_equal(value_of(record_of("workSessions", "1"), "start"), "\"2026-02-01T14:00:00.000Z\"");
}

static void
test_photo_becomes_a_file(void **state)
{
	(void)state;
	assert_null(read_file("{\"timeEntries\":[{\"id\":\"1\",\"date\":\"2026-02-01\",\"clockIn\":\"09:00\","
	    "\"clockOut\":\"10:00\",\"photo\":\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf"
	    "FcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\"},"
	    "{\"id\":\"2\",\"date\":\"2026-02-01\",\"clockIn\":\"10:00\","
	    "\"clockOut\":\"11:00\",\"photo\":\"data:text/html;base64,PGI+\"}]}", DATES_UNSAID));
	assert_int_equal(out.file_count, 1);
	assert_string_equal(value_of(record_of("workSessions", "1"), "photoIn"),
	    json_quoted(arena, out.files[0].name));
	assert_string_equal(value_of(record_of("workSessions", "2"), "photoIn"), "");
	assert_int_equal(said(true, "timeEntries", "photo"), 1);
}

static void
test_others(void **state)
{
	const struct foreign_record *r;
	int64_t sent;

	(void)state;
	assert_null(read_file("{\"shifts\":[{\"id\":\"1\",\"employeeName\":\"Eve Li\",\"jobSite\":\"Yard\","
	    "\"startTime\":\"09:00\",\"endTime\":\"17:00\",\"date\":\"2026-02-01\",\"status\":\"scheduled\"}],"
	    "\"tasks\":[{\"id\":\"1\",\"title\":\"Sweep\",\"assignee\":\"Eve\",\"priority\":\"high\","
	    "\"status\":\"pending\",\"dueDate\":\"2026-02-03\"},7],"
	    "\"teamMessages\":[{\"id\":\"1\",\"message\":\"Hello\",\"sender\":\"Max\","
	    "\"timestamp\":\"2026-02-01T10:00:00.000Z\"}]}", DATES_UNSAID));
	r = record_of("schedules", "1");
	assert_string_equal(value_of(r, "who"), "\"Eve Li\"");
	assert_string_equal(value_of(r, "end"), "\"2026-02-01T22:00:00.000Z\"");
	assert_string_equal(value_of(record_of("assignments", "1"), "description"), "\"(Eve)\"");
	assert_int_equal(said(true, "tasks", "no object"), 1);
	r = record_of("messages", "1");
	assert_string_equal(value_of(r, "text"), "\"Max: Hello\"");
	assert_true(instant_parse("2026-02-01T10:00:00.000Z", &sent) && r->claimed_at == sent);
}

static void
test_other_bodies_are_not_taken(void **state)
{
	static const char *const bodies[] = { "[]", "{}", "{\"daybook\":1,\"users\":[]}", "{\"rows\":[]}" };
	struct json_object *tree;

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		assert_null(json_parse(arena, bodies[i], strlen(bodies[i]), &tree));
		assert_false(foreign_is(tree));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_export_with_version),
		cmocka_unit_test(test_no_password_is_anywhere),
		cmocka_unit_test(test_posted_copy_with_promises),
		cmocka_unit_test(test_storage),
		cmocka_unit_test(test_dates_are_never_guessed),
		cmocka_unit_test(test_photo_becomes_a_file),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_other_bodies_are_not_taken),
	};

	return cmocka_run_group_tests(tests, open_shipped, close_arena);
}
