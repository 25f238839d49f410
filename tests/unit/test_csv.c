/* test_csv.c -- the CSV reader and writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"
#include "scratch.h"

/* The whole file as "a|b\nc|d\n", or the problem's detail. */
static const char *
read_bytes(struct arena *a, const char *text, size_t length)
{
	struct csv csv;
	struct csv_row row;
	struct buf b;
	struct problem *p;
	bool found = true;

	buf_init(&b, a);
	if ((p = csv_open(a, text, length, &csv)) != NULL)
		return p->detail;
	while ((p = csv_next(&csv, a, &row, &found)) == NULL && found)
		for (size_t i = 0; i < row.count; i++)
			buf_printf(&b, "%s%c", row.cells[i], i + 1 == row.count ? '\n' : '|');
	return p == NULL ? b.text : p->detail;
}

static const char *
read_all(struct arena *a, const char *text)
{
	return read_bytes(a, text, strlen(text));
}

static void
rows_end_in_any_of_the_three_ways_and_the_last_one_without(void **state)
{
	assert_string_equal(read_all(*state, "a,b\r\nc,d\ne,f\rg,h"), "a|b\nc|d\ne|f\ng|h\n");
}

static void
quotes_hold_commas_breaks_and_quotes(void **state)
{
	assert_string_equal(read_all(*state, "a,b\n\"x, \"\"y\"\"\",\"1\r\n2\"\n"), "a|b\nx, \"y\"|1\r\n2\n");
	assert_string_equal(read_all(*state, "a,b\n\"\",\n"), "a|b\n");
	assert_string_equal(read_all(*state, "a\n5\" pipe\n"), "a\n5\" pipe\n");
}

static void
empty_cells_are_cells_and_empty_lines_are_none(void **state)
{
	assert_string_equal(read_all(*state, "\n\na,b,c\n\n1,,\n,,\n , ,\n,,3\n\n"), "a|b|c\n1||\n||3\n");
}

static void
the_first_line_shows_the_separator(void **state)
{
	assert_string_equal(read_all(*state, "a;b;\"c,d,e,f\"\n1;2;3\n"), "a|b|c,d,e,f\n1|2|3\n");
	assert_string_equal(read_all(*state, "a\tb\n1\t2\n"), "a|b\n1|2\n");
	assert_string_equal(read_all(*state, "alone\n1;2\n"), "alone\n1;2\n");
}

static void
fb6_a_first_line_can_name_the_separator(void **state)
{
	assert_string_equal(read_all(*state, "sep=;\na;b,c\n1,5;2\n"), "a|b,c\n1,5|2\n");
	assert_string_equal(read_all(*state, "\xef\xbb\xbf\"SEP=|\"\r\na|b\r\n1|2\r\n"), "a|b\n1|2\n");
	assert_string_equal(read_all(*state, "sep=\t\na\tb;c\n"), "a|b;c\n");
	assert_string_equal(read_all(*state, "sep=x\na,b\n"), "sep=x\na|b\n");
	assert_string_equal(read_all(*state, "sep=,b\n1,2\n"), "sep=|b\n1|2\n");
	assert_string_equal(read_all(*state, "sep="), "sep=\n");
	assert_string_equal(read_all(*state, "sep=;"), "");
}

static void
fb15_a_quote_may_have_blanks_before_it(void **state)
{
	assert_string_equal(read_all(*state, "a, \"Depot A\",\t\"x, y\" ,b\n"), "a|Depot A|x, y|b\n");
	assert_string_equal(read_all(*state, "a\t \"b\"\n1\t\"2\"\n"), "a|b\n1|2\n");
	assert_string_equal(read_all(*state, "a, \"1\n2\"\nb,c\n"), "a|1\n2\nb|c\n");
	assert_string_equal(read_all(*state, "a, \"5\" pipe\nb, \"c\n"), "a| \"5\" pipe\nb| \"c\n");
	assert_string_equal(read_all(*state, "a,\"b\" c\n"),
	    "In line 1 text follows a closing quote; a quote within a cell is written twice.");
}

static void
a_byte_order_mark_is_no_text(void **state)
{
	assert_string_equal(read_all(*state, "\xef\xbb\xbf" "a,b\n1,2\n"), "a|b\n1|2\n");
}

static void
bytes_that_are_no_text_are_refused_with_their_line(void **state)
{
	assert_string_equal(read_all(*state, "a,b\n1,2\nStra\xdf" "e,3\n"),
	    "Line 3 holds bytes that are not UTF-8 text.");
	assert_string_equal(read_bytes(*state, "a\n\0\n", 4), "Line 2 holds bytes that are not UTF-8 text.");
	assert_string_equal(read_bytes(*state, "\xff\xfe" "a\0", 4),
	    "The file is UTF-16; please save it as CSV in UTF-8.");
}

static void
broken_quotes_are_refused_with_their_line(void **state)
{
	assert_string_equal(read_all(*state, "a\n\"1\n2\n3"), "The quote opened in line 2 is never closed.");
	assert_string_equal(read_all(*state, "a\n\"1\n2\"x\n"),
	    "In line 3 text follows a closing quote; a quote within a cell is written twice.");
}

static void
lines_are_counted_through_quoted_breaks(void **state)
{
	static const char text[] = "a\n\"1\r\n\n\r2\"\nlast\n";
	struct csv csv;
	struct csv_row row = { .line = 0 };
	bool found = true;

	assert_null(csv_open(*state, text, strlen(text), &csv));
	for (int i = 0; i < 3; i++)
		assert_null(csv_next(&csv, *state, &row, &found));
	assert_true(found);
	assert_string_equal(row.cells[0], "last");
	assert_int_equal(row.line, 6);
}

static void
a_row_has_a_limit_of_columns(void **state)
{
	struct buf b;

	buf_init(&b, *state);
	for (int i = 0; i < CSV_COLUMNS_MAX; i++)
		buf_text(&b, "x,");
	assert_string_equal(read_all(*state, b.text), "Line 1 has more than 256 columns.");
}

static void
what_is_written_is_read_again(void **state)
{
	static const char *const texts[] = {
		"plain", "", "a,b", "a;b", "a\tb", "say \"hi\"", "\"", "two\nlines", "two\r\nlines", " lead", "ü", "'",
	};
	struct buf b;
	struct csv csv;
	struct csv_row row;
	bool found;

	buf_init(&b, *state);
	buf_text(&b, "h,h,h,h,h,h,h,h,h,h,h,h\r\n");
	for (size_t i = 0; i < 12; i++) {
		csv_cell(&b, texts[i]);
		buf_text(&b, i == 11 ? "\r\n" : ",");
	}
	assert_null(csv_open(*state, b.text, b.length, &csv));
	assert_null(csv_next(&csv, *state, &row, &found));
	assert_null(csv_next(&csv, *state, &row, &found));
	assert_int_equal(row.count, 12);
	for (size_t i = 0; i < 12; i++)
		assert_string_equal(row.cells[i], texts[i]);
}

static void
formulas_are_guarded_and_come_back_as_they_were(void **state)
{
	static const char *const guarded[] = {
		"=1+1", "+49", "-", "@x", "\tx", "\rx", "\n=1", "＝1+1", "＋1", "－1", "＠x", "'=1", "'＝", "''-", "'''@",
	};
	static const char *const plain[] = { "", "a=1", "'", "''", "'quoted'", " =1", "5" };

	for (size_t i = 0; i < sizeof guarded / sizeof guarded[0]; i++) {
		const char *out = csv_guard(*state, guarded[i]);

		assert_int_equal(out[0], '\'');
		assert_int_equal(strlen(out), strlen(guarded[i]) + 1);
		assert_string_equal(csv_unguard(out), guarded[i]);
	}
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
		assert_string_equal(csv_guard(*state, plain[i]), plain[i]);
		assert_string_equal(csv_unguard(plain[i]), plain[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_end_in_any_of_the_three_ways_and_the_last_one_without,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(quotes_hold_commas_breaks_and_quotes, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(empty_cells_are_cells_and_empty_lines_are_none,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(the_first_line_shows_the_separator, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(fb6_a_first_line_can_name_the_separator, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(fb15_a_quote_may_have_blanks_before_it, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(a_byte_order_mark_is_no_text, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(bytes_that_are_no_text_are_refused_with_their_line,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(broken_quotes_are_refused_with_their_line, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(lines_are_counted_through_quoted_breaks, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(a_row_has_a_limit_of_columns, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(what_is_written_is_read_again, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(formulas_are_guarded_and_come_back_as_they_were,
		    open_arena, close_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
