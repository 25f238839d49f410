/* test_seal.c -- sealed backups: opened with their key alone, checked without it, and changes are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backup/seal.h"
#include "base/buf.h"
#include "base/file.h"
#include "pieces.h"
#include "scratch.h"

static struct seal_keys keys, others;

static int
open_keys(void **state)
{
	open_arena(state);
	random_bytes(keys.secret, sizeof keys.secret);
	box_public(keys.secret, keys.public);
	random_bytes(others.secret, sizeof others.secret);
	box_public(others.secret, others.public);
	return 0;
}

/* ---- bytes in memory ---- */

static struct problem *
add_bytes(void *arg, const void *bytes, size_t size)
{
	buf_add(arg, bytes, size);
	return NULL;
}

static char *
plain_of(size_t size)
{
	char *plain = arena_alloc(arena, size);

	for (size_t i = 0; i < size; i++)
		plain[i] = (char)(i * 7 + i / 1000);
	return plain;
}

/* Sealed in steps of odd sizes. */
static struct buf
sealed_of(const char *plain, size_t size, int64_t *bytes, unsigned char digest[SHA256_SIZE])
{
	struct sealer *s;
	struct buf file;

	buf_init(&file, arena);
	assert_null(sealer_begin(arena, keys.public, add_bytes, &file, &s));
	for (size_t at = 0; at < size; at += 99991)
		assert_null(sealer_add(s, plain + at, size - at < 99991 ? size - at : 99991));
	assert_null(sealer_end(s, bytes, digest));
	assert_int_equal(*bytes, file.length);
	return file;
}

static struct buf
sealed(size_t size)
{
	unsigned char digest[SHA256_SIZE];
	int64_t bytes;

	return sealed_of(plain_of(size), size, &bytes, digest);
}

/* What is opened goes to plain; the problem is returned. */
static struct problem *
open_all(struct arena *a, const struct buf *file, const struct seal_keys *with, size_t piece, struct buf *plain)
{
	struct from from = { file->text, file->length, piece };
	struct opener *o;
	struct problem *p;
	char room[5000];
	size_t got;

	buf_init(plain, a);
	if ((p = opener_begin(a, with, give_bytes, &from, &o)) != NULL)
		return p;
	do {
		if ((p = opener_read(o, room, sizeof room, &got)) != NULL)
			return p;
		buf_add(plain, room, got);
	} while (got > 0);
	return NULL;
}

static struct problem *
check(struct arena *a, const struct buf *file)
{
	struct from from = { file->text, file->length, SIZE_MAX };
	unsigned char public[BOX_KEY_SIZE], digest[SHA256_SIZE];
	int64_t bytes;

	return seal_check(a, give_bytes, &from, public, &bytes, digest);
}

/* ---- tests ---- */

static void
what_was_sealed_is_opened(void **state)
{
	static const size_t sizes[] = {
		1, SEAL_PIECE - 1, SEAL_PIECE, SEAL_PIECE + 1, 2 * SEAL_PIECE, 2 * SEAL_PIECE + 100,
	};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		unsigned char digest[SHA256_SIZE], found[SHA256_SIZE], public[BOX_KEY_SIZE];
		const char *plain = plain_of(sizes[i]);
		int64_t bytes, found_bytes;
		struct buf file = sealed_of(plain, sizes[i], &bytes, digest), back;
		struct from from = { file.text, file.length, 777 };

		assert_true(seal_begins(file.text, file.length));
		assert_null(open_all(arena, &file, &keys, 1001, &back));
		assert_int_equal(back.length, sizes[i]);
		assert_memory_equal(back.text, plain, sizes[i]);
		assert_null(seal_check(arena, give_bytes, &from, public, &found_bytes, found));
		assert_int_equal(found_bytes, bytes);
		assert_memory_equal(found, digest, sizeof found);
		assert_memory_equal(public, keys.public, sizeof public);
	}
}

static void
nothing_of_it_can_be_read_without_the_key(void **state)
{
	char *plain = arena_alloc(arena, 100000);
	unsigned char digest[SHA256_SIZE];
	int64_t bytes;
	struct buf file, back;
	struct problem *p;

	(void)state;
	memset(plain, 'a', 100000);
	file = sealed_of(plain, 100000, &bytes, digest);
	assert_null(memmem(file.text, file.length, "aaaa", 4));
	p = open_all(arena, &file, &others, SIZE_MAX, &back);
	assert_non_null(p);
	assert_string_equal(p->detail, arena_printf(arena, "The file is sealed to another key: it needs the key file "
	    "with the public key %s.", base64url_text(arena, keys.public, BOX_KEY_SIZE)));
	memcpy(file.text + SEAL_MAGIC_SIZE, others.public, BOX_KEY_SIZE);
	p = open_all(arena, &file, &others, SIZE_MAX, &back);
	assert_string_equal(p->detail, "The beginning of the sealed file cannot be opened: it is damaged.");
}

/* With the key the piece is named; without it, at least that something was changed is known. */
static void
a_thousand_changes_are_refused(void **state)
{
	struct arena *a = arena_new();
	struct buf file = sealed(2 * SEAL_PIECE + 1000), back;
	const size_t beginning = SEAL_MAGIC_SIZE + 136, piece = 4 + SEAL_PIECE + STREAM_EXTRA;
	const size_t box_end = beginning - STREAM_HEADER_SIZE; /* the header of the stream is noticed in piece 1 */
	unsigned seed = 20261121;

	(void)state;
	for (int n = 0; n < 1000; n++) {
		size_t at = n % 4 == 0 ? (size_t)rand_r(&seed) % 200 : n % 4 == 1 ?
		    file.length - 1 - (size_t)rand_r(&seed) % 1200 : (size_t)rand_r(&seed) % file.length;
		char changed = (char)(1 + rand_r(&seed) % 255);
		size_t number = at < beginning ? 1 : (at - beginning) / piece + 1;
		const char *name = at < box_end ? "beginning" : arena_printf(a, "Piece %zu ", number);
		bool is_length = at >= beginning && (at - beginning) % piece < 4;
		struct problem *p;

		file.text[at] ^= changed;
		assert_non_null(check(a, &file));
		p = open_all(a, &file, &keys, SIZE_MAX, &back);
		assert_non_null(p);
		if (!is_length && at < file.length - 36 && at >= SEAL_MAGIC_SIZE + BOX_KEY_SIZE)
			assert_non_null(strstr(p->detail, name));
		file.text[at] ^= changed;
		arena_reset(a);
	}
	assert_null(check(a, &file));
	assert_null(open_all(a, &file, &keys, SIZE_MAX, &back));
	arena_free(a);
}

static void
a_file_that_is_cut_off_or_goes_on_is_refused(void **state)
{
	struct buf file = sealed(3000), back;
	size_t whole = file.length;

	(void)state;
	for (file.length = 0; file.length < whole; file.length++) {
		assert_non_null(check(arena, &file));
		assert_non_null(open_all(arena, &file, &keys, SIZE_MAX, &back));
	}
	buf_char(&file, 'x');
	assert_string_equal(check(arena, &file)->detail,
	    "Piece 1 of the sealed file is the last one, but the file goes on.");
	assert_non_null(open_all(arena, &file, &keys, SIZE_MAX, &back));
}

/* The end of a file that was written anew, as somebody would who wants to leave something out. */
static void
end_again(struct buf *file)
{
	static const unsigned char none[4];
	unsigned char digest[SHA256_SIZE];

	buf_add(file, none, sizeof none);
	sha256(file->text, file->length, digest);
	buf_add(file, digest, sizeof digest);
}

static void
pieces_left_out_or_put_elsewhere_are_refused(void **state)
{
	const size_t beginning = SEAL_MAGIC_SIZE + 136, piece = 4 + SEAL_PIECE + STREAM_EXTRA;
	struct buf file = sealed(3 * SEAL_PIECE), fewer, turned, back;

	(void)state;
	buf_init(&fewer, arena);
	buf_add(&fewer, file.text, beginning + 2 * piece);
	end_again(&fewer);
	assert_null(check(arena, &fewer));
	assert_string_equal(open_all(arena, &fewer, &keys, SIZE_MAX, &back)->detail,
	    "Piece 2 of the sealed file is not the last one: pieces are missing at the end.");
	buf_init(&turned, arena);
	buf_add(&turned, file.text, beginning);
	buf_add(&turned, file.text + beginning + piece, piece);
	buf_add(&turned, file.text + beginning, piece);
	end_again(&turned);
	assert_null(check(arena, &turned));
	assert_string_equal(open_all(arena, &turned, &keys, SIZE_MAX, &back)->detail,
	    "Piece 1 of the sealed file cannot be opened: it is damaged, or not in its place.");
}

static void
lengths_that_no_piece_has_are_refused(void **state)
{
	static const char *const lengths[] = { "\xff\xff\xff\xff", "\0\0\0\x11", "\0\x08\0\x12", "\0\0\0\0" };
	struct buf file = sealed(3000), back;

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		memcpy(file.text + SEAL_MAGIC_SIZE + 136, lengths[i], 4);
		assert_string_equal(check(arena, &file)->detail, "The beginning of the sealed file is followed by "
		    "something that is no piece: the file is damaged there.");
		assert_non_null(open_all(arena, &file, &keys, SIZE_MAX, &back));
	}
}

static void
a_key_file_has_two_keys_that_belong_together(void **state)
{
	const char *public = base64url_text(arena, keys.public, BOX_KEY_SIZE);
	const char *secret = base64url_text(arena, keys.secret, BOX_KEY_SIZE);
	const char *other = base64url_text(arena, others.secret, BOX_KEY_SIZE);
	static const char form[] = "{\"format\":\"%s\",\"space\":\"Home\",\"publicKey\":\"%s\",\"secretKey\":\"%s\"}";
	const struct { const char *text, *detail; } cases[] = {
		{ arena_printf(arena, form, "daybook-key-1", public, secret), NULL },
		{ arena_printf(arena, form, "daybook-key-1", public, other),
		    "The two keys of the key file do not belong together." },
		{ arena_printf(arena, form, "daybook-key-1", public, "x"),
		    "The key file has no good keys: it is damaged." },
		{ arena_printf(arena, form, "daybook-key-2", public, secret), "This is no key file of Daybook." },
		{ "{}", "This is no key file of Daybook." },
		{ "", "This is no key file of Daybook." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct seal_keys read;
		struct problem *p = seal_keys_read(arena, cases[i].text, strlen(cases[i].text), &read);

		assert_true((p == NULL) == (cases[i].detail == NULL));
		if (p != NULL)
			assert_string_equal(p->detail, cases[i].detail);
		else
			assert_memory_equal(&read, &keys, sizeof read);
	}
}

/* ---- golden files, which the tests of www/backup read too ---- */

static struct buf
read_fixture(const char *name)
{
	struct buf file;
	size_t length;

	buf_init(&file, arena);
	assert_int_equal(file_read(arena_printf(arena, "tests/fixtures/backup/%s", name), buf_room(&file, 1 << 20),
	    1 << 20, &length), 0);
	buf_took(&file, length);
	return file;
}

static void
sealed_files_of_before_are_opened(void **state)
{
	struct buf text = read_fixture("key.json"), file = read_fixture("small.sealed");
	struct buf plain = read_fixture("small.tar");
	struct from from = { file.text, file.length, SIZE_MAX };
	struct seal_keys read;
	struct archive_read out;
	struct opener *o;
	struct buf back;

	(void)state;
	assert_null(seal_keys_read(arena, text.text, text.length, &read));
	assert_null(check(arena, &file));
	assert_null(open_all(arena, &file, &read, SIZE_MAX, &back));
	assert_int_equal(back.length, plain.length);
	assert_memory_equal(back.text, plain.text, plain.length);
	assert_null(opener_begin(arena, &read, give_bytes, &from, &o));
	assert_null(archive_read(arena, NULL, 0, opener_read, o, NULL, NULL, &out));
	assert_string_equal(out.counts, "{\"tasks\":1,\"weights\":257}");
	assert_int_equal(out.files, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_sealed_is_opened, open_keys, close_arena),
		cmocka_unit_test_setup_teardown(nothing_of_it_can_be_read_without_the_key, open_keys, close_arena),
		cmocka_unit_test_setup_teardown(a_thousand_changes_are_refused, open_keys, close_arena),
		cmocka_unit_test_setup_teardown(a_file_that_is_cut_off_or_goes_on_is_refused, open_keys, close_arena),
		cmocka_unit_test_setup_teardown(pieces_left_out_or_put_elsewhere_are_refused, open_keys, close_arena),
		cmocka_unit_test_setup_teardown(lengths_that_no_piece_has_are_refused, open_keys, close_arena),
		cmocka_unit_test_setup_teardown(a_key_file_has_two_keys_that_belong_together, open_keys, close_arena),
		cmocka_unit_test_setup_teardown(sealed_files_of_before_are_opened, open_keys, close_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
