/* test_token.c -- every way in which a token can be wrong, and the few in which it is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/token.h"
#include "base/crypto.h"
#include "place.h"
#include "scratch.h"

static const int64_t now = 1795250040;
static const char us[] = "https://daybook.example";
static const char them[] = "https://login.example";

static struct arena *life;
static char folder[256];
static struct token_ring *ring;
static unsigned char secret[2][32];
static EVP_PKEY *rsa, *rsa_small, *rsa_other, *p256, *p384;

/* --- making files --- */

static const char *
in_folder(const char *name)
{
	return arena_printf(life, "%s/%s", folder, name);
}

static void
write_file(const char *name, const void *bytes, size_t size)
{
	FILE *file = fopen(in_folder(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
	chmod(in_folder(name), 0600);
}

static void
write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static void
write_pem(const char *name, EVP_PKEY *key)
{
	FILE *file = fopen(in_folder(name), "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_PUBKEY(file, key), 1);
	fclose(file);
}

static void
make_folder(const char *name)
{
	assert_int_equal(mkdir(in_folder(name), 0700), 0);
}

static const char *
issuer_file(const char *issuer, const char *kid, const char *alg, const char *pem)
{
	return arena_printf(life,
	    "{\"issuer\":\"%s\",\"audience\":\"daybook\",\"keys\":[{\"kid\":\"%s\",\"alg\":\"%s\","
	    "\"pem\":\"%s\"}],\"maxMinutes\":60}", issuer, kid, alg, pem);
}

/* --- making tokens --- */

static char *
join(const char *header, size_t header_size, const char *payload, size_t payload_size)
{
	return arena_printf(arena,
	    "%s.%s", base64url_text(arena, header, header_size), base64url_text(arena, payload, payload_size));
}

static char *
mac_n(const char *header, size_t header_size, const char *payload, size_t payload_size, const void *key, size_t size)
{
	unsigned char mac[SHA256_SIZE];
	char *text = join(header, header_size, payload, payload_size);

	hmac_sha256(key, size, text, strlen(text), mac);
	return arena_printf(arena, "%s.%s", text, base64url_text(arena, mac, sizeof(mac)));
}

/* HS256 with the newer of our keys. */
static char *
mac(const char *header, const char *payload)
{
	return mac_n(header, strlen(header), payload, strlen(payload), secret[1], sizeof(secret[1]));
}

static char *
sign(const char *header, const char *payload, EVP_PKEY *key, const EVP_MD *digest)
{
	char *text = join(header, strlen(header), payload, strlen(payload));
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char signature[1024], raw[256];
	size_t size = sizeof(signature);

	assert_int_equal(EVP_DigestSignInit(context, NULL, digest, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(context, signature, &size, (unsigned char *)text, strlen(text)), 1);
	EVP_MD_CTX_free(context);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
		const unsigned char *at = signature;
		ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
		int half = (EVP_PKEY_get_bits(key) + 7) / 8;

		BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, half);
		BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + half, half);
		ECDSA_SIG_free(pair);
		size = 2 * (size_t)half;
		memcpy(signature, raw, size);
	}
	return arena_printf(arena, "%s.%s", text, base64url_text(arena, signature, size));
}

static const char our_header[] = "{\"alg\":\"HS256\",\"kid\":\"2026-b\",\"typ\":\"JWT\"}";

/* A good payload of ours in which the given text replaces the times. */
static char *
ours(const char *rest)
{
	return arena_printf(arena,
	    "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"u1\",\"sid\":\"s1\",\"space\":\"p1\","
	    "\"jti\":\"0123456789abcdef\",%s}", us, us, rest);
}

static char *
ours_now(void)
{
	return ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld", (long long)now, (long long)now + 900));
}

static char *
theirs(const char *issuer, const char *rest)
{
	return arena_printf(arena, "{\"iss\":\"%s\",\"sub\":\"auth0|77\",\"iat\":%lld,\"exp\":%lld,%s}", issuer,
	    (long long)now, (long long)now + 900, rest);
}

/* --- judging --- */

static struct claims
accepted(const char *text)
{
	struct claims claims;
	struct problem *p = token_verify(ring, arena, text, now, &claims);

	if (p != NULL)
		fail_msg("refused: %s", p->cause);
	return claims;
}

/* Refused, with a cause that has these words; what the caller hears never changes. */
static void
refused(const char *text, const char *words)
{
	struct claims claims;
	struct problem *p = token_verify(ring, arena, text, now, &claims);

	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_UNAUTHORIZED);
	assert_string_equal(p->detail, "The token is not valid; please sign in again.");
	if (strstr(p->cause, words) == NULL)
		fail_msg("refused, but because: %s", p->cause);
}

static void
not_loaded(const char *keys, const char *issuers, const char *words)
{
	struct token_ring *unused;
	struct problem *p = token_ring_load(arena, in_folder(keys),
	    issuers != NULL ? in_folder(issuers) : NULL, us, &unused);

	assert_non_null(p);
	assert_int_equal(p->kind, PROBLEM_INTERNAL);
	if (strstr(p->cause, words) == NULL)
		fail_msg("not loaded, but because: %s", p->cause);
}

/* --- before and after --- */

static int
start_all(void **state)
{
	(void)state;
	crypto_init();
	life = arena_new();
	assert_non_null(mkdtemp(place_of("token", folder, sizeof folder)));
	rsa = EVP_RSA_gen(2048);
	rsa_other = EVP_RSA_gen(2048);
	rsa_small = EVP_RSA_gen(1024);
	p256 = EVP_EC_gen("P-256");
	p384 = EVP_EC_gen("P-384");
	memset(secret[0], 0, sizeof(secret[0])); /* NULs all through: a key is bytes, not text */
	random_bytes(secret[1], sizeof(secret[1]));
	make_folder("keys");
	write_file("keys/2026-a.key", secret[0], 32);
	write_file("keys/2026-b.key", secret[1], 32);
	write_text("keys/README", "not a key");
	make_folder("issuers");
	write_pem("issuers/rsa.pem", rsa);
	write_pem("issuers/ec.pem", p256);
	write_text("issuers/login.json", issuer_file(them, "r1", "RS256", "rsa.pem"));
	write_text("issuers/other.json",
	    "{\"issuer\":\"https://other.example\",\"audience\":\"daybook\",\"keys\":["
	    "{\"kid\":\"r2\",\"alg\":\"RS256\",\"pem\":\"rsa.pem\"},"
	    "{\"kid\":\"e1\",\"alg\":\"ES256\",\"pem\":\"ec.pem\"}]}");
	assert_null(token_ring_load(life, in_folder("keys"), in_folder("issuers"), us, &ring));
	return 0;
}

static int
stop_all(void **state)
{
	EVP_PKEY *keys[] = { rsa, rsa_other, rsa_small, p256, p384 };
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		EVP_PKEY_free(keys[i]);
	arena_free(life);
	return system(command);
}

/* --- our own --- */

static void
what_we_issue_we_accept(void **state)
{
	struct claims claims = {
		.subject = "u1", .session = "s1", .space = "p \"1\"", .issued_at = now, .expires_at = now + 900,
	};
	struct claims back;
	char *text, *again;

	(void)state;
	assert_null(token_issue(ring, arena, &claims, &text));
	back = accepted(text);
	assert_string_equal(back.issuer, us);
	assert_false(back.external);
	assert_string_equal(back.subject, "u1");
	assert_string_equal(back.session, "s1");
	assert_string_equal(back.space, "p \"1\"");
	assert_true(back.issued_at == now && back.expires_at == now + 900);
	assert_null(token_issue(ring, arena, &claims, &again));
	assert_string_not_equal(text, again);
}

static void
what_we_issue_names_the_newest_key(void **state)
{
	struct claims claims = {
		.subject = "u1", .session = "s1", .space = "p1", .issued_at = now, .expires_at = now + 900,
	};
	char *text, *header;
	size_t size;

	(void)state;
	assert_null(token_issue(ring, arena, &claims, &text));
	header = (char *)base64url_parse(arena, text, strcspn(text, "."), &size);
	assert_non_null(header);
	assert_non_null(strstr(header, "\"alg\":\"HS256\""));
	assert_non_null(strstr(header, "\"kid\":\"2026-b\""));
	assert_non_null(strstr(header, "\"typ\":\"JWT\""));
}

static void
nothing_incomplete_or_longer_than_a_day_is_issued(void **state)
{
	struct claims claims = {
		.subject = "u1", .session = "s1", .space = "p1", .issued_at = now, .expires_at = now + 86401,
	};
	char *text;

	(void)state;
	assert_non_null(token_issue(ring, arena, &claims, &text));
	claims.expires_at = now;
	assert_non_null(token_issue(ring, arena, &claims, &text));
	claims.expires_at = now + 900;
	claims.session = NULL;
	assert_non_null(token_issue(ring, arena, &claims, &text));
}

static void
every_key_of_ours_verifies(void **state)
{
	char *payload = ours_now();
	const char old_header[] = "{\"alg\":\"HS256\",\"kid\":\"2026-a\"}";

	(void)state;
	accepted(mac(our_header, payload));
	accepted(mac_n(old_header, strlen(old_header), payload, strlen(payload), secret[0], 32));
	refused(mac(old_header, payload), "signature");
}

static void
a_changed_token_is_refused(void **state)
{
	char *text = mac(our_header, ours_now());
	size_t length = strlen(text);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		char *changed = arena_strdup(arena, text);

		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		refused(changed, "");
	}
	for (size_t i = 0; i < length; i += 7)
		refused(arena_strndup(arena, text, i), "");
}

/* --- algorithms --- */

static void
an_unsigned_token_is_refused(void **state)
{
	static const char *const names[] = { "none", "None", "NONE", "nOnE", "", "HS256 ", "hs256" };
	char *payload = ours_now();
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *header = arena_printf(arena, "{\"alg\":\"%s\",\"kid\":\"2026-b\"}", names[i]);

		text = join(header, strlen(header), payload, strlen(payload));
		refused(arena_printf(arena, "%s.", text), "no signature");
		refused(arena_printf(arena, "%s.AAAA", text), "alg");
		refused(mac(header, payload), "alg");
		refused(text, "three parts");
	}
	refused(mac("{\"kid\":\"2026-b\"}", payload), "alg");
	refused(mac("{\"alg\":null,\"kid\":\"2026-b\"}", payload), "alg");
	refused(mac("{\"alg\":[\"HS256\"],\"kid\":\"2026-b\"}", payload), "alg");
}

static void
another_mac_under_our_key_is_refused(void **state)
{
	const char header[] = "{\"alg\":\"HS512\",\"kid\":\"2026-b\"}";
	char *payload = ours_now(), *text = join(header, strlen(header), payload, strlen(payload));
	unsigned char long_mac[64];

	(void)state;
	HMAC(EVP_sha512(), secret[1], sizeof(secret[1]), (unsigned char *)text, strlen(text), long_mac, NULL);
	refused(arena_printf(arena, "%s.%s", text, base64url_text(arena, long_mac, sizeof(long_mac))), "alg");
}

/* RS256 to HS256: the public key, which everyone has, used as the secret. */
static void
a_public_key_is_no_secret(void **state)
{
	char pem[2048] = "", *payload = theirs(them, "\"aud\":\"daybook\"");
	const char header[] = "{\"alg\":\"HS256\",\"kid\":\"r1\"}", no_kid[] = "{\"alg\":\"HS256\"}";
	FILE *file = fopen(in_folder("issuers/rsa.pem"), "r");
	size_t size;

	(void)state;
	assert_non_null(file);
	size = fread(pem, 1, sizeof(pem), file);
	fclose(file);
	refused(mac_n(header, strlen(header), payload, strlen(payload), pem, size), "alg");
	refused(mac_n(no_kid, strlen(no_kid), payload, strlen(payload), pem, size), "alg");
	payload = ours_now();
	refused(mac_n(header, strlen(header), payload, strlen(payload), pem, size), "kid");
	refused(sign("{\"alg\":\"RS256\",\"kid\":\"2026-b\"}", payload, rsa, EVP_sha256()), "alg");
}

static void
our_key_does_not_speak_for_others(void **state)
{
	(void)state;
	refused(mac(our_header, theirs(them, "\"aud\":\"daybook\"")), "kid");
	refused(mac("{\"alg\":\"HS256\",\"kid\":\"r1\"}", theirs(them, "\"aud\":\"daybook\"")), "alg");
	refused(mac(our_header, theirs("https://nobody.example", "\"aud\":\"daybook\"")), "iss");
}

/* --- header --- */

static void
a_kid_is_only_a_name(void **state)
{
	static const char *const kids[] = {
		"2026-c", "", "../../../../dev/null", "/dev/null", "2026-b.key", "2026-b' OR '1'='1", "2026-b\\n",
		"2026-B", "%s%n", "r1",
	};
	char *payload = ours_now(), *long_kid = arena_alloc(arena, 2001);

	(void)state;
	for (size_t i = 0; i < sizeof(kids) / sizeof(kids[0]); i++)
		refused(mac(arena_printf(arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", kids[i]), payload), "kid");
	memset(long_kid, 'k', 2000);
	refused(mac(arena_printf(arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", long_kid), payload), "kid");
	refused(mac("{\"alg\":\"HS256\"}", payload), "kid");
	refused(mac("{\"alg\":\"HS256\",\"kid\":7}", payload), "kid");
	refused(mac("{\"alg\":\"HS256\",\"kid\":null}", payload), "kid");
	refused(mac("{\"alg\":\"HS256\",\"kid\":[\"2026-b\"]}", payload), "kid");
	refused(mac("{\"alg\":\"HS256\",\"kid\":\"2026-b\\u0000\"}", payload), "strict JSON");
}

static void
headers_that_bring_keys_or_conditions_are_refused(void **state)
{
	static const char *const members[] = {
		"\"crit\":[\"exp\"]", "\"crit\":[]", "\"jku\":\"https://evil.example/keys\"",
		"\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}", "\"x5u\":\"https://evil.example\"", "\"x5c\":[\"AAAA\"]",
		"\"b64\":false", "\"zip\":\"DEF\"", "\"jku\":null",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		refused(mac(arena_printf(arena, "{\"alg\":\"HS256\",\"kid\":\"2026-b\",%s}", members[i]), ours_now()),
		    "the header has");
}

static void
the_type_is_that_of_a_token(void **state)
{
	char *payload = ours_now();

	(void)state;
	accepted(mac("{\"alg\":\"HS256\",\"kid\":\"2026-b\"}", payload));
	accepted(mac("{\"alg\":\"HS256\",\"kid\":\"2026-b\",\"typ\":\"jwt\"}", payload));
	refused(mac("{\"alg\":\"HS256\",\"kid\":\"2026-b\",\"typ\":\"JWE\"}", payload), "typ");
	refused(mac("{\"alg\":\"HS256\",\"kid\":\"2026-b\",\"typ\":1}", payload), "typ");
	refused(mac("{\"alg\":\"HS256\",\"kid\":\"2026-b\",\"typ\":null}", payload), "typ");
	refused(mac("{\"alg\":\"HS256\",\"kid\":\"2026-b\",\"typ\":\"dpop+jwt\"}", payload), "typ");
}

/* --- form --- */

static void
a_token_has_three_parts_of_plain_base64url(void **state)
{
	char *text = mac(our_header, ours_now()), *dot = strchr(text, '.');

	(void)state;
	refused("", "three parts");
	refused(".", "three parts");
	refused("..", "header");
	refused("...", "three parts");
	refused("a.b.c", "header");
	refused(arena_printf(arena, "%s.", text), "three parts");
	refused(arena_printf(arena, "%s.AAAA.AAAA", text), "three parts");
	refused(arena_printf(arena, "%.*s", (int)(dot - text), text), "three parts");
	refused(arena_printf(arena, ".%s", text), "three parts");
	refused(arena_printf(arena, "%s=", text), "base64url");
	refused(arena_printf(arena, "%s==", text), "base64url");
	refused(arena_printf(arena, "%s\n", text), "base64url");
	refused(arena_printf(arena, " %s", text), "header");
	refused(arena_printf(arena, "%.*s=%s", (int)(dot - text), text, dot), "header");
	refused(arena_printf(arena, "%.*s\n%s", (int)(dot - text), text, dot), "header");
	refused(arena_printf(arena, "Bearer %s", text), "header");
}

/* The last character of 32 bytes carries two bits that mean nothing: only the form with both zero is taken. */
static void
a_signature_has_one_spelling(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *text = mac(our_header, ours_now());
	size_t last = strlen(text) - 1;
	long at = strchr(alphabet, text[last]) - alphabet;

	(void)state;
	for (int i = 1; i < 4; i++) {
		char *other = arena_strdup(arena, text);

		other[last] = alphabet[at + i];
		refused(other, "base64url");
	}
}

static void
a_huge_token_is_refused_before_it_is_read(void **state)
{
	char *filler = arena_alloc(arena, 9001);
	struct claims claims;
	char *text;

	(void)state;
	memset(filler, 'A', 9000);
	refused(mac(our_header, ours(arena_printf(arena,
	    "\"iat\":%lld,\"exp\":%lld,\"x\":\"%s\"", (long long)now, (long long)now + 9, filler))), "8 KiB");
	refused(filler, "8 KiB");
	filler[5000] = '\0';
	text = mac(our_header, ours(arena_printf(arena,
	    "\"iat\":%lld,\"exp\":%lld,\"x\":\"%s\"", (long long)now, (long long)now + 9, filler)));
	assert_true(strlen(text) < 8192);
	assert_null(token_verify(ring, arena, text, now, &claims));
}

static void
json_must_be_strict(void **state)
{
	char *payload = ours_now(), *with_nul = arena_printf(arena, "%s!{\"sub\":\"root\"}", payload);
	size_t length = strlen(payload), whole = strlen(with_nul);

	(void)state;
	with_nul[length] = '\0';
	refused(mac_n(our_header, strlen(our_header), with_nul, whole, secret[1], 32), "payload");
	refused(mac_n(our_header, strlen(our_header) + 1, payload, length, secret[1], 32), "header");
	refused(mac(our_header, arena_printf(arena, "%s ,", payload)), "payload");
	refused(mac(our_header, ours(arena_printf(arena,
	    "\"iat\":%lld,\"exp\":%lld,\"sub\":\"root\"", (long long)now, (long long)now + 9))), "payload");
	refused(mac("{\"alg\":\"none\",\"alg\":\"HS256\",\"kid\":\"2026-b\"}", payload), "header");
	refused(mac("[]", payload), "header");
	refused(mac(our_header, "[]"), "payload");
	refused(mac(our_header, "null"), "payload");
	refused(mac(our_header, ""), "payload");
	refused(mac(our_header, "{\"sub\":\"\xff\"}"), "payload");
}

/* --- claims --- */

static void
the_end_is_a_whole_number_in_reach(void **state)
{
	static const char *const ends[] = {
		"\"exp\":\"1795250940\"", "\"exp\":1795250940.5", "\"exp\":1795250940.0", "\"exp\":1.79525094e9",
		"\"exp\":1e10", "\"exp\":null", "\"exp\":true", "\"exp\":[1795250940]", "\"EXP\":1795250940",
	};

	(void)state;
	refused(mac(our_header, ours(arena_printf(arena, "\"iat\":%lld", (long long)now))), "exp is missing");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		refused(mac(our_header, ours(arena_printf(arena, "\"iat\":%lld,%s", (long long)now, ends[i]))),
		    "exp is missing");
	refused(mac(our_header, ours(arena_printf(arena, "\"iat\":%lld,\"exp\":9007199254740991", (long long)now))),
	    "too far");
	refused(mac(our_header, ours(arena_printf(arena, "\"iat\":%lld,\"exp\":9223372036854775808", (long long)now))),
	    "payload");
	refused(mac(our_header, ours(arena_printf(arena, "\"iat\":%lld,\"exp\":-1", (long long)now))), "expired");
	refused(mac(our_header, ours("\"iat\":-9007199254740991,\"exp\":9007199254740991")), "too far");
}

static void
a_token_ends_on_the_second(void **state)
{
	char *text = mac(our_header, ours_now());
	struct claims claims;

	(void)state;
	assert_null(token_verify(ring, arena, text, now + 899, &claims));
	assert_non_null(token_verify(ring, arena, text, now + 900, &claims));
	assert_non_null(token_verify(ring, arena, text, now + 901, &claims));
}

static void
a_token_lives_a_day_at_most(void **state)
{
	(void)state;
	accepted(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld", (long long)now, (long long)now + 86400))));
	refused(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld", (long long)now, (long long)now + 86401))), "too far");
	refused(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld", (long long)now + 20, (long long)now + 10))),
	    "too far");
}

static void
a_clock_may_be_a_minute_ahead(void **state)
{
	(void)state;
	accepted(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld", (long long)now + 60, (long long)now + 900))));
	refused(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld", (long long)now + 61, (long long)now + 900))),
	    "iat lies");
	accepted(mac(our_header, ours(arena_printf(arena,
	    "\"iat\":%lld,\"exp\":%lld,\"nbf\":%lld", (long long)now, (long long)now + 900, (long long)now + 60))));
	refused(mac(our_header, ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld,\"nbf\":%lld",
	    (long long)now, (long long)now + 900, (long long)now + 61))), "nbf lies");
	refused(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld,\"nbf\":\"0\"", (long long)now, (long long)now + 900))),
	    "nbf is no");
	refused(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld,\"exp\":%lld,\"nbf\":null", (long long)now, (long long)now + 900))),
	    "nbf is no");
	refused(mac(our_header, ours(arena_printf(arena, "\"exp\":%lld", (long long)now + 900))), "iat is missing");
	refused(mac(our_header,
	    ours(arena_printf(arena, "\"iat\":%lld.5,\"exp\":%lld", (long long)now, (long long)now + 900))),
	    "iat is missing");
}

/* One claim of ours at a time left out or wrong; %s is where it goes. */
static void
every_claim_of_ours_is_needed(void **state)
{
	static const struct {
		const char *without, *words;
	} cases[] = {
		{ "\"aud\":\"%s\",\"sub\":\"u\",\"sid\":\"s\",\"space\":\"p\",\"jti\":\"j\"", "iss" },
		{ "\"iss\":\"%s\",\"sub\":\"u\",\"sid\":\"s\",\"space\":\"p\",\"jti\":\"j\"", "aud" },
		{ "\"iss\":\"%s\",\"sub\":\"u\",\"sid\":\"s\",\"space\":\"p\","
		    "\"jti\":\"j\",\"aud\":\"daybook\"", "aud" },
		{ "\"iss\":\"%1$s\",\"aud\":[\"%1$s\"],"
		    "\"sub\":\"u\",\"sid\":\"s\",\"space\":\"p\",\"jti\":\"j\"", "aud" },
		{ "\"iss\":\"%1$s\",\"aud\":{\"%1$s\":1},"
		    "\"sub\":\"u\",\"sid\":\"s\",\"space\":\"p\",\"jti\":\"j\"", "aud" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s/\",\"sub\":\"u\",\"sid\":\"s\","
		    "\"space\":\"p\",\"jti\":\"j\"", "aud" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sid\":\"s\",\"space\":\"p\",\"jti\":\"j\"", "sub" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sub\":\"\",\"sid\":\"s\",\"space\":\"p\",\"jti\":\"j\"", "sub" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sub\":7,\"sid\":\"s\",\"space\":\"p\",\"jti\":\"j\"", "sub" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sub\":\"u\\u0007\",\"sid\":\"s\","
		    "\"space\":\"p\",\"jti\":\"j\"", "sub" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sub\":\"u\",\"space\":\"p\",\"jti\":\"j\"", "sid" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sub\":\"u\",\"sid\":\"s\",\"jti\":\"j\"", "space" },
		{ "\"iss\":\"%1$s\",\"aud\":\"%1$s\",\"sub\":\"u\",\"sid\":\"s\",\"space\":\"p\"", "jti" },
		{ "\"iss\":\"%1$s/\",\"aud\":\"%1$s\",\"sub\":\"u\",\"sid\":\"s\","
		    "\"space\":\"p\",\"jti\":\"j\"", "iss" },
		{ "\"iss\":[\"%1$s\"],\"aud\":\"%1$s\",\"sub\":\"u\",\"sid\":\"s\","
		    "\"space\":\"p\",\"jti\":\"j\"", "iss" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *rest = arena_alloc(arena, 512);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(rest, 512, cases[i].without, us);
#pragma GCC diagnostic pop
		refused(mac(our_header,
		    arena_printf(arena, "{%s,\"iat\":%lld,\"exp\":%lld}", rest, (long long)now, (long long)now + 900)),
		    cases[i].words);
	}
}

/* --- external issuers --- */

static void
an_external_rs256_token_is_accepted(void **state)
{
	const char header[] = "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"JWT\"}";
	struct claims claims;

	(void)state;
	claims = accepted(sign(header, theirs(them, "\"aud\":\"daybook\""), rsa, EVP_sha256()));
	assert_true(claims.external);
	assert_string_equal(claims.issuer, them);
	assert_string_equal(claims.subject, "auth0|77");
	assert_null(claims.session);
	assert_null(claims.space);
	accepted(sign("{\"alg\":\"RS256\"}", theirs(them, "\"aud\":[\"api\",\"daybook\"]"), rsa, EVP_sha256()));
	accepted(sign("{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", theirs(them, "\"aud\":\"daybook\""),
	    rsa, EVP_sha256()));
}

static void
a_bad_external_token_is_refused(void **state)
{
	const char header[] = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";
	char *payload = theirs(them, "\"aud\":\"daybook\""), *text = sign(header, payload, rsa, EVP_sha256());

	(void)state;
	refused(sign(header, payload, rsa_other, EVP_sha256()), "signature");
	refused(sign(header, payload, rsa, EVP_sha512()), "signature");
	refused(sign("{\"alg\":\"RS512\",\"kid\":\"r1\"}", payload, rsa, EVP_sha512()), "alg");
	refused(sign("{\"alg\":\"PS256\",\"kid\":\"r1\"}", payload, rsa, EVP_sha256()), "alg");
	refused(sign(header, payload, p256, EVP_sha256()), "signature");
	refused(sign("{\"alg\":\"RS256\",\"kid\":\"r2\"}", payload, rsa, EVP_sha256()), "kid");
	refused(arena_strndup(arena, text, strlen(text) - 4), "");
	refused(sign(header, theirs(them, "\"aud\":\"api\""), rsa, EVP_sha256()), "aud");
	refused(sign(header, theirs(them, "\"aud\":[]"), rsa, EVP_sha256()), "aud");
	refused(sign(header, theirs(them, "\"aud\":[\"daybook\",7]"), rsa, EVP_sha256()), "aud");
	refused(sign(header, theirs(them, "\"scope\":\"all\""), rsa, EVP_sha256()), "aud");
	refused(sign(header, arena_printf(arena, "{\"iss\":\"%s\",\"aud\":\"daybook\",\"sub\":\"x\","
	    "\"iat\":%lld,\"exp\":%lld}", them, (long long)now, (long long)now + 3601), rsa, EVP_sha256()), "too far");
	refused(sign(header, ours_now(), rsa, EVP_sha256()), "kid");
}

static void
an_external_es256_token_is_checked(void **state)
{
	const char header[] = "{\"alg\":\"ES256\",\"kid\":\"e1\"}";
	char *payload = theirs("https://other.example", "\"aud\":\"daybook\"");
	char *text = sign(header, payload, p256, EVP_sha256());
	char *signed_part = arena_strndup(arena, text, (size_t)(strrchr(text, '.') - text));
	unsigned char zeros[64] = { 0 };

	(void)state;
	assert_true(accepted(text).external);
	accepted(sign("{\"alg\":\"RS256\",\"kid\":\"r2\"}", payload, rsa, EVP_sha256()));
	refused(sign(header, payload, p384, EVP_sha256()), "signature");
	refused(sign(header, payload, rsa, EVP_sha256()), "signature");
	refused(sign("{\"alg\":\"RS256\",\"kid\":\"e1\"}", payload, rsa, EVP_sha256()), "alg");
	refused(sign("{\"alg\":\"ES256\",\"kid\":\"r2\"}", payload, p256, EVP_sha256()), "alg");
	refused(sign("{\"alg\":\"ES256\"}", payload, p256, EVP_sha256()), "kid");
	refused(arena_printf(arena, "%s.%s", signed_part, base64url_text(arena, zeros, sizeof(zeros))), "signature");
	refused(arena_printf(arena, "%s.%s", signed_part, base64url_text(arena, zeros, 63)), "signature");
}

/* --- loading --- */

static void
weak_or_wrong_public_keys_are_not_loaded(void **state)
{
	(void)state;
	make_folder("weak");
	write_pem("weak/small.pem", rsa_small);
	write_pem("weak/p384.pem", p384);
	write_pem("weak/p256.pem", p256);
	write_pem("weak/rsa.pem", rsa);
	write_text("weak/none.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
	write_text("weak/x.json", issuer_file(them, "k", "RS256", "small.pem"));
	not_loaded("keys", "weak", "2048");
	write_text("weak/x.json", issuer_file(them, "k", "ES256", "p384.pem"));
	not_loaded("keys", "weak", "P-256");
	write_text("weak/x.json", issuer_file(them, "k", "ES256", "rsa.pem"));
	not_loaded("keys", "weak", "P-256");
	write_text("weak/x.json", issuer_file(them, "k", "RS256", "p256.pem"));
	not_loaded("keys", "weak", "no RSA");
	write_text("weak/x.json", issuer_file(them, "k", "RS256", "none.pem"));
	not_loaded("keys", "weak", "PEM");
	write_text("weak/x.json", issuer_file(them, "k", "RS256", "absent.pem"));
	not_loaded("keys", "weak", "absent.pem");
	write_text("weak/x.json", issuer_file(them, "k", "HS256", "rsa.pem"));
	not_loaded("keys", "weak", "RS256 or ES256");
	write_text("weak/x.json", issuer_file(them, "k", "none", "rsa.pem"));
	not_loaded("keys", "weak", "RS256 or ES256");
	write_text("weak/x.json", issuer_file(us, "k", "RS256", "rsa.pem"));
	not_loaded("keys", "weak", "ours");
	write_text("weak/x.json", "{\"issuer\":\"i\",\"audience\":\"a\",\"keys\":[]}");
	not_loaded("keys", "weak", "list of");
	write_text("weak/x.json",
	    "{\"issuer\":\"i\",\"keys\":[{\"kid\":\"k\",\"alg\":\"RS256\",\"pem\":\"rsa.pem\"}]}");
	not_loaded("keys", "weak", "audience");
	write_text("weak/x.json", "{\"issuer\":\"i\",\"audience\":\"a\",\"jwks\":\"https://x\",\"keys\":[]}");
	not_loaded("keys", "weak", "x.json");
	write_text("weak/x.json", "{\"issuer\":");
	not_loaded("keys", "weak", "x.json");
	write_text("weak/x.json", issuer_file(them, "k", "RS256", "rsa.pem"));
	write_text("weak/y.json", issuer_file(them, "k", "RS256", "rsa.pem"));
	not_loaded("keys", "weak", "exists already");
	not_loaded("keys", "nowhere", "nowhere");
}

static void
without_a_good_key_of_ours_nothing_is_loaded(void **state)
{
	unsigned char bytes[65];

	(void)state;
	random_bytes(bytes, sizeof(bytes));
	not_loaded("absent", NULL, "absent");
	make_folder("own");
	not_loaded("own", NULL, "no key");
	write_file("own/a.key", bytes, 31);
	not_loaded("own", NULL, "32 to 64");
	write_file("own/a.key", bytes, 0);
	not_loaded("own", NULL, "32 to 64");
	write_file("own/a.key", bytes, 65);
	not_loaded("own", NULL, "32 to 64");
	write_file("own/a.key", bytes, 64);
	chmod(in_folder("own/a.key"), 0604);
	not_loaded("own", NULL, "every user");
	chmod(in_folder("own/a.key"), 0640);
	assert_null(token_ring_load(arena, in_folder("own"), NULL, us, &(struct token_ring *){ NULL }));
	write_file("own/b c.key", bytes, 32);
	not_loaded("own", NULL, "the name of a key");
}

static void
a_key_made_by_us_is_used_next(void **state)
{
	struct claims claims = {
		.subject = "u1", .session = "s1", .space = "p1", .issued_at = now, .expires_at = now + 900,
	};
	struct token_ring *first, *second;
	char *by_first, *by_second;
	struct stat about;

	(void)state;
	assert_null(token_key_create(arena, in_folder("made")));
	assert_int_equal(stat(in_folder("made"), &about), 0);
	assert_int_equal(about.st_mode & 07777, 0700);
	assert_null(token_ring_load(arena, in_folder("made"), NULL, us, &first));
	assert_null(token_issue(first, arena, &claims, &by_first));
	usleep(2000);
	assert_null(token_key_create(arena, in_folder("made")));
	assert_null(token_ring_load(arena, in_folder("made"), NULL, us, &second));
	assert_null(token_issue(second, arena, &claims, &by_second));
	assert_null(token_verify(second, arena, by_first, now, &claims));
	assert_null(token_verify(second, arena, by_second, now, &claims));
	assert_null(token_verify(first, arena, by_first, now, &claims));
	assert_non_null(token_verify(first, arena, by_second, now, &claims));
	assert_non_null(token_key_create(arena, in_folder("made/too/deep")));
}

/* Each key makes one, so what an older key sealed is still known; and none is that key itself. */
static void
seals_have_a_key_for_each_of_ours_the_newest_first(void **state)
{
	unsigned char made[2][SHA256_SIZE];
	const unsigned char *seals;
	size_t size;

	(void)state;
	for (int i = 0; i < 2; i++)
		hmac_sha256(secret[1 - i], 32, "seals of backups", strlen("seals of backups"), made[i]);
	seals = token_ring_seals(ring, &size);
	assert_int_equal(size, sizeof made);
	assert_memory_equal(seals, made, sizeof made);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		TEST(seals_have_a_key_for_each_of_ours_the_newest_first),
		TEST(what_we_issue_we_accept),
		TEST(what_we_issue_names_the_newest_key),
		TEST(nothing_incomplete_or_longer_than_a_day_is_issued),
		TEST(every_key_of_ours_verifies),
		TEST(a_changed_token_is_refused),
		TEST(an_unsigned_token_is_refused),
		TEST(another_mac_under_our_key_is_refused),
		TEST(a_public_key_is_no_secret),
		TEST(our_key_does_not_speak_for_others),
		TEST(a_kid_is_only_a_name),
		TEST(headers_that_bring_keys_or_conditions_are_refused),
		TEST(the_type_is_that_of_a_token),
		TEST(a_token_has_three_parts_of_plain_base64url),
		TEST(a_signature_has_one_spelling),
		TEST(a_huge_token_is_refused_before_it_is_read),
		TEST(json_must_be_strict),
		TEST(the_end_is_a_whole_number_in_reach),
		TEST(a_token_ends_on_the_second),
		TEST(a_token_lives_a_day_at_most),
		TEST(a_clock_may_be_a_minute_ahead),
		TEST(every_claim_of_ours_is_needed),
		TEST(an_external_rs256_token_is_accepted),
		TEST(a_bad_external_token_is_refused),
		TEST(an_external_es256_token_is_checked),
		TEST(weak_or_wrong_public_keys_are_not_loaded),
		TEST(without_a_good_key_of_ours_nothing_is_loaded),
		TEST(a_key_made_by_us_is_used_next),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
