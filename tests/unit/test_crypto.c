/* test_crypto.c -- hashes against their published vectors, codings, passwords and the turns to compute them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/crypto.h"
#include "base/instant.h"
#include "scratch.h"

static const char *
sha256_hex(const char *text)
{
	unsigned char digest[SHA256_SIZE];

	sha256(text, strlen(text), digest);
	return hex_text(arena, digest, sizeof(digest));
}

/* FIPS 180-2, appendix B */
static void
sha256_gives_the_published_digests(void **state)
{
	(void)state;
	assert_string_equal(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void
sha256_in_pieces_is_the_same(void **state)
{
	unsigned char whole[SHA256_SIZE], pieces[SHA256_SIZE];
	char text[300];
	struct sha256 h;

	(void)state;
	memset(text, 'x', sizeof(text));
	sha256(text, sizeof(text), whole);
	sha256_start(&h);
	for (size_t i = 0; i < sizeof(text); i += 60)
		sha256_add(&h, text + i, 60);
	sha256_add(&h, text, 0);
	sha256_end(&h, pieces);
	assert_memory_equal(whole, pieces, sizeof(whole));
}

/* RFC 4231, cases 1, 2 and 6 */
static void
hmac_gives_the_published_codes(void **state)
{
	unsigned char mac[SHA256_SIZE], key[131];

	(void)state;
	memset(key, 0x0b, 20);
	hmac_sha256(key, 20, "Hi There", 8, mac);
	assert_string_equal(hex_text(arena, mac, sizeof(mac)),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
	assert_string_equal(hex_text(arena, mac, sizeof(mac)),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	hmac_sha256(key, sizeof(key), "Test Using Larger Than Block-Size Key - Hash Key First", 54, mac);
	assert_string_equal(hex_text(arena, mac, sizeof(mac)),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void
hex_is_written_and_read(void **state)
{
	unsigned char bytes[4] = { 0 };

	(void)state;
	assert_string_equal(hex_text(arena, "\x00\xab\xff", 3), "00abff");
	assert_true(hex_parse("00AbfF10", bytes, 4));
	assert_memory_equal(bytes, "\x00\xab\xff\x10", 4);
	assert_false(hex_parse("00abff1", bytes, 4));
	assert_false(hex_parse("00abff1000", bytes, 4));
	assert_false(hex_parse("00abff1g", bytes, 4));
	assert_false(hex_parse("00 bff10", bytes, 4));
	assert_false(hex_parse("", bytes, 4));
	assert_true(hex_parse("", bytes, 0));
}

/* RFC 4648, section 10, in the alphabet of section 5 */
static void
base64url_goes_there_and_back(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" },
		{ "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" },
	};
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *text = base64url_text(arena, pairs[i][0], strlen(pairs[i][0]));

		assert_string_equal(text, pairs[i][1]);
		assert_string_equal(base64url_parse(arena, text, strlen(text), &size), pairs[i][0]);
		assert_int_equal(size, strlen(pairs[i][0]));
	}
}

static void
base64url_has_one_spelling(void **state)
{
	static const char *const wrong[] = {
		"Z", "Zg=", "Zg==", "Zh", "Zm9", "+//+", "Zm 8", "Zm8\n", "Zm9vY", "Zm9v.", "\xc3\xa4",
	};
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(base64url_parse(arena, wrong[i], strlen(wrong[i]), &size));
	assert_null(base64url_parse(arena, "Zm\0v", 4, &size));
}

static void
random_things_differ(void **state)
{
	char *one = random_hex(arena), *two = random_hex(arena);

	(void)state;
	assert_int_equal(strlen(one), 32);
	assert_int_equal(strspn(one, "0123456789abcdef"), 32);
	assert_string_not_equal(one, two);
}

static void
a_uuid_is_of_version_7_and_of_now(void **state)
{
	unsigned char bytes[6];
	int64_t before = instant_now(), in_uuid = 0;
	char *uuid = uuid7_text(arena);

	(void)state;
	assert_int_equal(strlen(uuid), 36);
	assert_true(uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-');
	assert_int_equal(uuid[14], '7');
	assert_non_null(strchr("89ab", uuid[19]));
	assert_true(hex_parse(arena_printf(arena, "%.8s%.4s", uuid, uuid + 9), bytes, sizeof(bytes)));
	for (size_t i = 0; i < sizeof(bytes); i++)
		in_uuid = in_uuid << 8 | bytes[i];
	assert_true(in_uuid >= before && in_uuid <= instant_now());
	assert_string_not_equal(uuid, uuid7_text(arena));
}

static void
secrets_compare(void **state)
{
	(void)state;
	assert_true(secret_equal("same", "same", 4));
	assert_false(secret_equal("same", "samf", 4));
	assert_true(secret_equal("a", "b", 0));
}

static void
a_password_is_known_again(void **state)
{
	char hash[PASSWORD_HASH_SIZE], again[PASSWORD_HASH_SIZE];

	(void)state;
	assert_true(password_hash("correct horse", hash));
	assert_true(password_hash("correct horse", again));
	assert_string_not_equal(hash, again);
	assert_int_equal(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
	assert_true(password_verify("correct horse", hash));
	assert_false(password_verify("correct horse ", hash));
	assert_false(password_verify("", hash));
	assert_false(password_verify("correct horse", "$argon2id$broken"));
	assert_false(password_verify("correct horse", ""));
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The least of several: what else the machine does only adds. */
static double
time_to_verify(const char *hash)
{
	double least = 1e9;

	for (int i = 0; i < 7; i++) {
		double start_at = seconds(), taken;

		assert_false(password_verify("wrong", hash));
		taken = seconds() - start_at;
		least = taken < least ? taken : least;
	}
	return least;
}

static void
an_unknown_user_costs_what_a_known_one_does(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	double known, unknown;

	(void)state;
	assert_true(password_hash("right", hash));
	known = time_to_verify(hash);
	unknown = time_to_verify(NULL);
	assert_true(unknown > known * 0.7 && unknown < known * 1.4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_the_published_digests),
		cmocka_unit_test(sha256_in_pieces_is_the_same),
		cmocka_unit_test(hmac_gives_the_published_codes),
		cmocka_unit_test(hex_is_written_and_read),
		cmocka_unit_test(base64url_goes_there_and_back),
		cmocka_unit_test(base64url_has_one_spelling),
		cmocka_unit_test(random_things_differ),
		cmocka_unit_test(a_uuid_is_of_version_7_and_of_now),
		cmocka_unit_test(secrets_compare),
		cmocka_unit_test(a_password_is_known_again),
		cmocka_unit_test(an_unknown_user_costs_what_a_known_one_does),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
