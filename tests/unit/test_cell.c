/* test_cell.c -- what one cell says: numbers, units, durations, days, times and the instants they can mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/cell.h"
#include "scratch.h"

enum {
	MILES,
	KG,
	DURATION,
	ODOMETER,
	STOPS,
	TOLL,
	DAY,
	TIME,
	AT,
	LATE,
	FIELDS
};

static const struct field fields[FIELDS] = {
	[MILES] = {
		.name = "miles", .label = "Miles", .type = FIELD_DECIMAL, .scale = 1, .unit = "mi", .index = MILES,
	},
	[KG] = { .name = "kg", .label = "Weight", .type = FIELD_DECIMAL, .scale = 2, .unit = "kg", .index = KG },
	[DURATION] = {
		.name = "duration", .label = "Duration", .type = FIELD_INTEGER, .unit = "s", .format = "duration",
		.has_min = true, .has_max = true, .max = 86400, .index = DURATION,
	},
	[ODOMETER] = {
		.name = "odometer", .label = "Odometer", .type = FIELD_INTEGER, .unit = "mi", .index = ODOMETER,
	},
	[STOPS] = { .name = "stops", .label = "Stops", .type = FIELD_INTEGER, .index = STOPS },
	[TOLL] = { .name = "toll", .label = "Toll", .type = FIELD_MONEY, .index = TOLL },
	[DAY] = { .name = "day", .label = "Day", .type = FIELD_DATE, .index = DAY },
	[TIME] = { .name = "time", .label = "Time", .type = FIELD_TIME, .index = TIME },
	[AT] = { .name = "at", .label = "At", .type = FIELD_INSTANT, .index = AT },
	[LATE] = { .name = "late", .label = "Came late", .type = FIELD_BOOLEAN, .index = LATE },
};

static const struct collection things = { .name = "things", .fields = fields, .field_count = FIELDS };

struct row {
	const char *cell, *value; /* the canonical value; "? parameter" where it is asked; "!" where it is refused */
};

/* What the cell says, with a "~" behind it where it was rounded and "=" where it was converted. */
static const char *
said(struct arena *a, int field, const struct cell_rules *rules, const char *cell)
{
	struct cell_notes notes;
	const char *value;
	struct problem *p = cell_read(a, &fields[field], rules, cell, &notes, &value);

	if (p == NULL)
		return arena_printf(a, "%s%s%s", value == NULL ? "null" : value, notes.rounded ? "~" : "",
		    notes.converted ? "=" : "");
	assert_string_equal(p->field, fields[field].name);
	return notes.asks == NULL ? "!" : arena_printf(a, "? %s", notes.asks);
}

static void
check(struct arena *a, int field, const struct cell_rules *rules, const struct row *rows, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const char *got = said(a, field, rules, rows[i].cell);

		if (strcmp(got, rows[i].value) == 0)
			continue;
		print_error("\"%s\" is %s and should be %s\n", rows[i].cell, got, rows[i].value);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

#define CHECK(field, rules, ...) do { \
	static const struct row rows[] = { __VA_ARGS__ }; \
	check(*state, field, rules, rows, sizeof rows / sizeof rows[0]); \
} while (0)

static const struct cell_rules plain = { .zone = NULL };

/* Rules with a unit, or a decimal sign, for all fields. */
static struct cell_rules
with_form(struct arena *a, enum cell_unit unit, enum decimal_sign decimals)
{
	struct cell_form *forms = arena_alloc(a, FIELDS * sizeof *forms);

	for (size_t i = 0; i < FIELDS; i++)
		forms[i] = (struct cell_form){ unit, decimals };
	return (struct cell_rules){ .forms = forms };
}

/* ---- numbers ---- */

static void
fb12_numbers_have_thousands_units_and_signs(void **state)
{
	CHECK(ODOMETER, &plain,
	    { "48,213.4", "48213~" }, { "48,213", "48213" }, { "48.213", "48213" }, { "48213", "48213" },
	    { "1,048,213", "1048213" }, { "48 213", "48213" }, { "48\u202f213", "48213" }, { "48'213", "48213" },
	    { "48\u2019213", "48213" }, { "48,000", "? decimals" }, { "48,21,3", "!" }, { "48213 km", "29958=" });
	CHECK(MILES, &plain,
	    { "25.0 mi", "25" }, { "25.0mi", "25" }, { "25 Miles", "25" }, { "40 km", "24.9=" },
	    { "12,5", "12.5" }, { "1.234,5", "1234.5" }, { "1,234.5", "1234.5" }, { "-3", "-3" }, { "3-", "-3" },
	    { "(3.5)", "-3.5" }, { "\u22123", "-3" }, { "+3", "3" }, { ".5", "0.5" }, { ",5", "0.5" }, { "007", "7" },
	    { "1e1", "10" }, { "7.25", "7.3~" }, { "0.125", "0.1~" }, { "0,125", "0.1~" }, { "1234,567", "1234.6~" },
	    { "1 234,567", "1234.6~" }, { "--3", "!" }, { "(-3)", "!" }, { "3.4.5", "!" }, { "1,2,3", "!" },
	    { "25 lb", "!" }, { "25 m", "!" }, { "mi", "!" }, { "1 2", "!" }, { "1.2.345,6", "!" }, { "", "null" });
	CHECK(STOPS, &plain,
	    { "3", "3" }, { "3.0", "3" }, { "2.5", "!" }, { "1,015", "1015" }, { "1,000", "? decimals" },
	    { "3 mi", "!" });
}

static void
money_may_have_its_currency(void **state)
{
	CHECK(TOLL, &plain,
	    { "$12.50", "1250" }, { "$ 12.50", "1250" }, { "12,50 €", "1250" }, { "12.50 EUR", "1250" },
	    { "CHF 1'234.50", "123450" }, { "1.234,56\u00a0€", "123456" }, { "-$5", "-500" }, { "$-5", "-500" },
	    { "($5.00)", "-500" }, { "5.00-", "-500" }, { "US$1,234.56", "123456" }, { "kr 12", "1200" },
	    { "12.505", "1251~" }, { "12 pounds", "!" }, { "$", "!" }, { "$1,015", "? decimals" });
}

static void
fb10_a_comma_before_three_digits_is_asked(void **state)
{
	struct cell_rules semicolons = { .semicolons = true };
	struct cell_rules comma = { .decimals = DECIMALS_COMMA }, point = { .decimals = DECIMALS_POINT };
	struct cell_rules found = with_form(*state, UNIT_UNSAID, DECIMALS_POINT);

	CHECK(MILES, &plain, { "1,015", "? decimals" }, { "1.015", "1~" }, { "12,015", "? decimals" });
	CHECK(MILES, &semicolons, { "1,015", "? decimals" }, { "1.015", "? decimals" }, { "1.5", "1.5" });
	CHECK(MILES, &comma, { "1,015", "1~" }, { "1.015", "1015" }, { "1.5", "1.5" });
	CHECK(MILES, &point, { "1,015", "1015" }, { "1.015", "1~" }, { "1,5", "1.5" });
	found.decimals = DECIMALS_COMMA;
	CHECK(MILES, &found, { "1,015", "1015" });
}

static enum decimal_sign
weigh(struct arena *a, int field, const char *const *cells)
{
	struct cell_signs signs = { .comma = false };

	for (; *cells != NULL; cells++)
		cell_weigh(a, &fields[field], *cells, &signs);
	return cell_sign_of(&signs);
}

#define WEIGH(field, ...) weigh(*state, field, (const char *const[]){ __VA_ARGS__, NULL })

static void
fb10_the_neighbours_of_a_number_tell(void **state)
{
	assert_int_equal(WEIGH(MILES, "1,015", "25", ""), DECIMALS_UNSAID);
	assert_int_equal(WEIGH(MILES, "1,015", "12,5"), DECIMALS_COMMA);
	assert_int_equal(WEIGH(MILES, "1,015", "12.5 mi"), DECIMALS_POINT);
	assert_int_equal(WEIGH(MILES, "1.234,5"), DECIMALS_COMMA);
	assert_int_equal(WEIGH(MILES, "1,234,567"), DECIMALS_POINT);
	assert_int_equal(WEIGH(MILES, "12,5", "12.5"), DECIMALS_UNSAID);
	assert_int_equal(WEIGH(MILES, "n/a", "1.2.3", "7.3.2026"), DECIMALS_UNSAID);
	assert_int_equal(WEIGH(ODOMETER, "48,213", "48,000"), DECIMALS_POINT);
	assert_int_equal(WEIGH(ODOMETER, "48,000"), DECIMALS_UNSAID);
	assert_int_equal(WEIGH(TOLL, "1.000,00 €"), DECIMALS_COMMA);
	assert_int_equal(WEIGH(DURATION, "8,5"), DECIMALS_COMMA);
	assert_int_equal(WEIGH(DAY, "8,5"), DECIMALS_UNSAID);
}

/* ---- units ---- */

static void
weights_and_ways_have_other_units(void **state)
{
	struct cell_rules lb = with_form(*state, UNIT_LB, DECIMALS_UNSAID);
	struct cell_rules st = with_form(*state, UNIT_ST, DECIMALS_UNSAID);
	struct cell_rules km = with_form(*state, UNIT_KM, DECIMALS_UNSAID);

	CHECK(KG, &plain,
	    { "82.5", "82.5" }, { "82.5 kg", "82.5" }, { "182 lb", "82.55=" }, { "182lbs.", "82.55=" },
	    { "13 st 4 lb", "84.37=" }, { "13st 4", "84.37=" }, { "13.5 st", "85.73=" }, { "4 lb 13 st", "!" },
	    { "13 st -4 lb", "!" }, { "182 mi", "!" }, { "9e20 lb", "!" });
	CHECK(KG, &lb, { "182", "82.55=" }, { "82.5 kg", "82.5" });
	CHECK(KG, &st, { "13.5", "85.73=" });
	CHECK(MILES, &km, { "40", "24.9=" }, { "25 mi", "25" }, { "-40", "-24.9=" });
}

static void
fb5_durations(void **state)
{
	struct cell_rules hours = with_form(*state, UNIT_HOURS, DECIMALS_UNSAID);
	struct cell_rules minutes = with_form(*state, UNIT_MINUTES, DECIMALS_UNSAID);
	struct cell_rules seconds = with_form(*state, UNIT_SECONDS, DECIMALS_UNSAID);
	struct cell_rules clock = with_form(*state, UNIT_CLOCK, DECIMALS_UNSAID);

	CHECK(DURATION, &plain,
	    { "08:30:00", "30600" }, { "8:30", "30600" }, { "8h 30m", "30600" }, { "8h30", "30600" },
	    { "8 h 30 min", "30600" }, { "8 hours, 30 minutes", "30600" }, { "8 Std. 30 Min.", "30600" },
	    { "PT8H30M", "30600" }, { "P0DT8H30M", "30600" }, { "pt30600s", "30600" }, { "PT1805.456S", "1805~" },
	    { "510 min", "30600" }, { "8.5 h", "30600" }, { "8,5 h", "30600" }, { "18:25 min", "1105" },
	    { "8:30 h", "30600" }, { "0:00:30", "30" }, { "0:30:05.6", "1806~" }, { "1805.456 s", "1805~" },
	    { "24:00", "86400" }, { "0", "0" }, { "0.00", "0" }, { "1 day", "86400" });
	CHECK(DURATION, &plain,
	    { "8", "? units" }, { "8.5", "? units" }, { "8,5", "? units" }, { "30600", "? units" },
	    { "8:75", "!" }, { "8:5", "!" }, { "8:30:99", "!" }, { "1:18:25 min", "!" }, { "PT", "!" },
	    { "P1M", "!" },
	    { "PT8M30H", "!" }, { "PT8.5H30M", "!" }, { "8x", "!" }, { "30 min 8 h", "!" }, { "8h 30h", "!" },
	    { "-1 h", "!" }, { "100:00", "!" }, { "99999999999:00", "!" }, { "8:30 pm", "!" }, { "8h 300", "!" });
	CHECK(DURATION, &hours, { "8", "28800" }, { "8.5", "30600" }, { "8,5", "30600" }, { "4.28", "15408" },
	    { "8:30", "30600" }, { "510 min", "30600" });
	CHECK(DURATION, &minutes, { "510", "30600" }, { "18:25", "1105" }, { "18:25.5", "1106~" },
	    { "0:18:25", "1105" });
	CHECK(DURATION, &seconds, { "30600", "30600" }, { "1805.456", "1805~" }, { "8:30", "30600" });
	CHECK(DURATION, &clock, { "8.30", "30600" }, { "8,30", "30600" }, { "0830", "30600" }, { "830", "30600" },
	    { "8", "28800" }, { "8.5", "!" }, { "8.75", "!" }, { "8:30", "30600" });
}

static void
a_header_may_name_the_unit(void **state)
{
	static const struct {
		int field;
		const char *header;
		enum cell_unit unit;
	} rows[] = {
		{ DURATION, "Hours", UNIT_HOURS }, { DURATION, "Duration (h)", UNIT_HOURS },
		{ DURATION, "Duration (decimal)", UNIT_HOURS }, { DURATION, "duration_minutes", UNIT_MINUTES },
		{ DURATION, "DurationSeconds", UNIT_SECONDS }, { DURATION, "Duration", UNIT_UNSAID },
		{ DURATION, "hours or minutes", UNIT_UNSAID }, { DURATION, "hh:mm:ss", UNIT_UNSAID },
		{ KG, "WeightPounds", UNIT_LB }, { KG, "Weight (lbs)", UNIT_LB }, { KG, "Hours", UNIT_UNSAID },
		{ MILES, "Distance (km)", UNIT_KM }, { STOPS, "Stops per hour", UNIT_UNSAID },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(cell_unit_of_header(*state, &fields[rows[i].field], rows[i].header), rows[i].unit);
}

static void
the_query_says_units_by_field(void **state)
{
	static const char *const wrong[] = {
		"duration", "duration:", "duration:kg", "kg:hours", "x:lb", "stops:hours", ":lb",
	};
	struct cell_form forms[FIELDS] = { { UNIT_UNSAID, DECIMALS_UNSAID } };
	struct problem *p;

	assert_null(cell_units_read(*state, &things, "duration:clock,kg:lb,miles:km", forms));
	assert_int_equal(forms[DURATION].unit, UNIT_CLOCK);
	assert_int_equal(forms[KG].unit, UNIT_LB);
	assert_int_equal(forms[MILES].unit, UNIT_KM);
	assert_int_equal(forms[ODOMETER].unit, UNIT_UNSAID);
	assert_null(cell_units_read(*state, &things, "", forms));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		p = cell_units_read(*state, &things, wrong[i], forms);
		assert_non_null(p);
		assert_string_equal(p->field, "units");
	}
}

/* ---- days and times ---- */

static void
fb6_times(void **state)
{
	CHECK(TIME, &plain,
	    { "9:00\u202fAM", "\"09:00\"" }, { "9:00\u00a0AM", "\"09:00\"" }, { "9:00 a.m.", "\"09:00\"" },
	    { "9:00\u00a0p.\u00a0m.", "\"21:00\"" }, { "7 AM", "\"07:00\"" }, { "7pm", "\"19:00\"" },
	    { "12 AM", "\"00:00\"" }, { "12 PM", "\"12:00\"" }, { "0:15 AM", "\"00:15\"" }, { "07.05", "\"07:05\"" },
	    { "07.05.30", "\"07:05:30\"" }, { "7.05 Uhr", "\"07:05\"" }, { "7 Uhr", "\"07:00\"" },
	    { "7h05", "\"07:05\"" },
	    { "0830", "\"08:30\"" }, { "24:00", "\"00:00\"" }, { "8:30:05", "\"08:30:05\"" },
	    { "1899-12-30 08:30:00", "\"08:30:00\"" }, { "\u200e9:00 AM", "\"09:00\"" },
	    { "25:00", "!" }, { "24:01", "!" }, { "8:60", "!" }, { "13:00 AM", "!" }, { "0:15 PM", "!" },
	    { "7", "!" },
	    { "830", "!" }, { "8:3", "!" }, { "2026-03-07", "!" }, { "soon", "!" });
}

static void
fb6_days(void **state)
{
	struct cell_rules ymd = { .dates = DATES_YMD }, dmy = { .dates = DATES_DMY };

	CHECK(DAY, &plain,
	    { "20260307", "\"2026-03-07\"" }, { "7-Mar-26", "\"2026-03-07\"" }, { "07-Mar-2026", "\"2026-03-07\"" },
	    { "07MAR2026", "\"2026-03-07\"" }, { "March 7, 2026", "\"2026-03-07\"" },
	    { "Mar 7 2026", "\"2026-03-07\"" },
	    { "7th of March 2026", "\"2026-03-07\"" }, { "7. März 2026", "\"2026-03-07\"" },
	    { "7. MÄRZ 2026", "\"2026-03-07\"" }, { "7 mars 2026", "\"2026-03-07\"" },
	    { "1er févr. 2026", "\"2026-02-01\"" },
	    { "7 de marzo de 2026", "\"2026-03-07\"" }, { "15. Mai 2026", "\"2026-05-15\"" },
	    { "2026-Mar-07", "\"2026-03-07\"" },
	    { "31 août 2026", "\"2026-08-31\"" }, { "24. Dez. 2026", "\"2026-12-24\"" },
	    { "25.12.2026", "\"2026-12-25\"" },
	    { "25. 12. 2026", "\"2026-12-25\"" }, { "2026/3/7", "\"2026-03-07\"" },
	    { "2026-03-07 00:00:00", "\"2026-03-07\"" },
	    { "2026-03-07 24:00", "\"2026-03-08\"" }, { "Sat, 7 Mar 2026", "\"2026-03-07\"" },
	    { "Saturday, March 7, 2026", "\"2026-03-07\"" }, { "Sa., 7.3.2026", "\"2026-03-07\"" },
	    { "samedi 7 mars 2026", "\"2026-03-07\"" }, { "mar. 3 mars 2026", "\"2026-03-03\"" },
	    { "sábado 7/3/2026", "\"2026-03-07\"" }, { "Fri 7/3/2026", "\"2026-07-03\"" }, { "Mon 7 Mar 2026", "!" },
	    { "Mon 7/3/2026", "!" }, { "7. 3. 2026", "? dates" }, { "1/5/2016", "? dates" },
	    { "5/5/2016", "\"2016-05-05\"" },
	    { "07.03.26", "? dates" }, { "31-Feb-2026", "!" }, { "7 Foo 2026", "!" }, { "Mar 2026", "!" },
	    { "18990307", "!" },
	    { "2026030", "!" }, { "7 Mar 026", "!" }, { "9999-12-31 24:00", "!" }, { "7/3-2026", "!" },
	    { "46023", "!" });
	CHECK(DAY, &dmy, { "7. 3. 2026", "\"2026-03-07\"" }, { "07.03.26", "\"2026-03-07\"" });
	CHECK(DAY, &ymd, { "07-Mar-26", "\"2007-03-26\"" });
}

static void
fb6_instants(void **state)
{
	struct cell_rules berlin = { .zone = "Europe/Berlin" };

	CHECK(AT, &plain,
	    { "20261105T083000Z", "\"2026-11-05T08:30:00.000Z\"" },
	    { "20261105T083000+0100", "\"2026-11-05T07:30:00.000Z\"" },
	    { "2026-11-05 08:30:00.25 +01", "\"2026-11-05T07:30:00.250Z\"" },
	    { "2026-11-05 08:30 UTC+2", "\"2026-11-05T06:30:00.000Z\"" },
	    { "2026-11-05T24:00Z", "\"2026-11-06T00:00:00.000Z\"" },
	    { "2026-11-05 08:30 GMT", "\"2026-11-05T08:30:00.000Z\"" },
	    { "2026-11-05 08:30", "!" }, { "2026-11-05 08:30 +24:00", "!" }, { "2026-11-05", "!" }, { "08:30", "!" });
	CHECK(AT, &berlin,
	    { "7. März 2026, 8:30 Uhr", "\"2026-03-07T07:30:00.000Z\"" },
	    { "March 7, 2026 at 8:30\u202fAM", "\"2026-03-07T07:30:00.000Z\"" },
	    { "7-Mar-26 24:00", "\"2026-03-07T23:00:00.000Z\"" }, { "2026-03-29 02:30", "!" },
	    { "2026-10-25 02:30", "\"2026-10-25T00:30:00.000Z\"" },
	    { "20261105 0830", "\"2026-11-05T07:30:00.000Z\"" });
}

static void
fb11_a_time_in_the_doubled_hour_has_both_readings(void **state)
{
	struct moment day, time, both;
	struct cell_notes notes;
	struct readings readings;

	assert_non_null(moment_read(*state, &fields[AT], &plain, "11/1/2026", &notes, &day));
	assert_string_equal(notes.asks, "dates");
	assert_null(moment_read(*state, &fields[AT], &plain, "2026-11-01", &notes, &day));
	assert_null(moment_read(*state, &fields[AT], &plain, "1:50 AM", &notes, &time));
	assert_false(day.has_time);
	assert_false(time.has_day);
	both = moment_join(&day, &time);
	assert_null(moment_instants(*state, &fields[AT], "America/New_York", &both, &readings));
	assert_int_equal(readings.count, 2);
	assert_string_equal(instant_text(*state, readings.at[0]), "2026-11-01T05:50:00.000Z");
	assert_string_equal(instant_text(*state, readings.at[1]), "2026-11-01T06:50:00.000Z");
	both.has_offset = true;
	assert_null(moment_instants(*state, &fields[AT], "America/New_York", &both, &readings));
	assert_int_equal(readings.count, 1);
	both.has_offset = false;
	assert_non_null(moment_instants(*state, &fields[AT], NULL, &both, &readings));
	assert_string_equal(moment_instants(*state, &fields[AT], "Mars/Sea", &both, &readings)->field, "zone");
}

/* ---- the rest ---- */

static void
yes_and_no_have_many_words(void **state)
{
	CHECK(LATE, &plain,
	    { "Yes", "true" }, { "x", "true" }, { "Ja", "true" }, { "oui", "true" }, { "SÍ", "true" },
	    { "Came late", "true" },
	    { "no", "false" }, { "0", "false" }, { "Nein", "false" }, { "FAUX", "false" }, { "maybe", "!" },
	    { "true 1", "!" });
}

static void
fb13_ids_are_what_they_were_before_a_spreadsheet(void **state)
{
	assert_string_equal(cell_id(*state, "128489.0"), "128489");
	assert_string_equal(cell_id(*state, " 128489.00 "), "128489");
	assert_string_equal(cell_id(*state, "128489"), "128489");
	assert_string_equal(cell_id(*state, "1.5"), "1.5");
	assert_string_equal(cell_id(*state, "1."), "1.");
	assert_string_equal(cell_id(*state, "25A255"), "25A255");
	assert_string_equal(cell_id(*state, "12E3"), "12E3");
	assert_string_equal(cell_id_key(*state, "25a255"), cell_id_key(*state, "25A255"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fb12_numbers_have_thousands_units_and_signs),
		cmocka_unit_test(money_may_have_its_currency),
		cmocka_unit_test(fb10_a_comma_before_three_digits_is_asked),
		cmocka_unit_test(fb10_the_neighbours_of_a_number_tell),
		cmocka_unit_test(weights_and_ways_have_other_units),
		cmocka_unit_test(fb5_durations),
		cmocka_unit_test(a_header_may_name_the_unit),
		cmocka_unit_test(the_query_says_units_by_field),
		cmocka_unit_test(fb6_times),
		cmocka_unit_test(fb6_days),
		cmocka_unit_test(fb6_instants),
		cmocka_unit_test(fb11_a_time_in_the_doubled_hour_has_both_readings),
		cmocka_unit_test(yes_and_no_have_many_words),
		cmocka_unit_test(fb13_ids_are_what_they_were_before_a_spreadsheet),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
