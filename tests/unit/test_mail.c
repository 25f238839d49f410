/* test_mail.c -- what a message looks like, and to whom none is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "account/mail.h"

#define TEST(function) cmocka_unit_test(function)

static struct arena *arena;

static int
begin(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void
a_message_has_its_headers_an_empty_line_and_its_text(void **state)
{
	(void)state;
	assert_string_equal(mail_message(arena, "d@example.org", "ann@example.org", "Hello", "One.\n\nTwo.\n", "id-1",
	    1763676000000), "From: d@example.org\nTo: ann@example.org\nSubject: Hello\n"
	    "Date: Thu, 20 Nov 2025 22:00:00 +0000\nMessage-ID: <id-1@daybook>\n"
	    "Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n"
	    "\nOne.\n\nTwo.\n");
}

static void
a_subject_beyond_ascii_is_encoded_in_words_that_cut_no_character(void **state)
{
	const char *text;

	(void)state;
	text = mail_message(arena, "d", "a", "Größe", "", "i", 0);
	assert_non_null(strstr(text, "\nSubject: =?utf-8?B?R3LDtsOfZQ==?=\nDate:"));
	text = mail_message(arena, "d", "a", "ääääääääääääääääääääääääääää", "", "i", 0);
	assert_non_null(strstr(text, "\nSubject: =?utf-8?B?w6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOk?=\n"
	    " =?utf-8?B?w6TDpMOkw6TDpMOkw6Q=?=\nDate:"));
}

/* A line end in a name must not begin a header of its own. */
static void
a_subject_cannot_begin_another_header(void **state)
{
	const char *text;

	(void)state;
	text = mail_message(arena, "d", "a", "x\nBcc: everybody@example.org", "", "i", 0);
	assert_null(strstr(text, "\nBcc"));
	assert_non_null(strstr(text, "\nSubject: =?utf-8?B?"));
}

static void
a_subject_is_not_taken_for_an_encoded_one(void **state)
{
	const char *text;

	(void)state;
	text = mail_message(arena, "d", "a", "=?utf-8?B?WW91ciBiYW5r?= invites you", "", "i", 0);
	assert_null(strstr(text, "WW91ciBiYW5r"));
	assert_non_null(strstr(text, "\nSubject: =?utf-8?B?"));
}

static void
addresses_that_mean_more_than_one_are_none(void **state)
{
	static const char *const good[] = { "ann@example.org", "a.b+c@x", "o'neil@example.org" };
	static const char *const bad[] = {
		"", "a b@x", "a,b@x", "a;b@x", "a<b@x>", "a@x\nBcc: b@y", "(c)a@x", "\"a\"@x", "a:b@x", "[a]@x",
		"\\a@x", "gr\xC3\xB6\xC3\x9F@x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(mail_address_fits(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(mail_address_fits(bad[i]));
}

static void
mail_is_set_up_when_all_of_it_is(void **state)
{
	(void)state;
	assert_true(mail_is_set_up(&(struct config){ .mail_command = "m", .mail_from = "d@x",
	    .public_url = "https://x" }));
	assert_false(mail_is_set_up(&(struct config){ .mail_command = "m", .mail_from = "d@x" }));
	assert_false(mail_is_set_up(&(struct config){ .mail_from = "d@x", .public_url = "https://x" }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_has_its_headers_an_empty_line_and_its_text),
		TEST(a_subject_beyond_ascii_is_encoded_in_words_that_cut_no_character),
		TEST(a_subject_cannot_begin_another_header),
		TEST(a_subject_is_not_taken_for_an_encoded_one),
		TEST(addresses_that_mean_more_than_one_are_none),
		TEST(mail_is_set_up_when_all_of_it_is),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
