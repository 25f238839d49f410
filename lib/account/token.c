/* token.c -- JSON Web Tokens: loading keys, signing, and the checks that a token must pass.  The only file that
 * includes <jwt.h>.  libjwt signs and verifies Daybook's own tokens, with a key and an algorithm that were chosen
 * before.  Tokens of external issuers are verified with libcrypto, because libjwt refuses the type at+jwt, accepts any
 * curve for ES256, and would read the key file each time.  Claims are read from the text that the strict scanner of
 * json.h accepted, never from libjwt. */
#include "account/token.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/json.h"

enum {
	TOKEN_MAX = 8192,              /* bytes of a token */
	KID_MAX = 64,
	KEY_SMALLEST = 32,             /* bytes of a secret of Daybook's own */
	KEY_LARGEST = 64,
	RSA_BITS_LEAST = 2048,
	ES256_HALF = 32,               /* bytes of r and of s */
	ISSUER_FILE_MAX = 64 * 1024,
	ISSUER_KEYS_MAX = 32,
	FILES_MAX = 256,               /* keys or issuers in a folder */
	SUBJECT_MAX = 255,
	SKEW = 60,                     /* seconds by which the clock of the issuing host may be ahead */
	LIFE_MAX = 24 * 60 * 60        /* seconds from iat to exp of Daybook's own tokens */
};

enum algorithm {
	HS256,
	RS256,
	ES256
};

static const char *const algorithm_names[] = { "HS256", "RS256", "ES256" };

struct key {
	const char *kid;
	enum algorithm algorithm;    /* the only algorithm that the key is used with */
	const unsigned char *secret; /* of Daybook's own key */
	size_t secret_size;
	EVP_PKEY *public_key;        /* of an external issuer; freed with the arena */
};

struct issuer {
	const char *name;     /* iss */
	const char *audience; /* must be in aud */
	bool external;
	int64_t life_max;     /* seconds from iat to exp */
	struct key *keys;
	size_t key_count;
};

struct token_ring {
	struct issuer *issuers; /* the first is Daybook itself; its keys are sorted by name */
	size_t count;
	unsigned char digest[SHA256_SIZE];
	unsigned char *seals;   /* one for each key of Daybook itself, the last key's first */
};

/* The parts of a token. */
struct token_parts {
	const char *text;
	size_t signed_length;   /* of header.payload */
	struct json_object *header, *payload;
	const unsigned char *signature;
	size_t signature_size;
};

/* --- files --- */

static struct problem *
unreadable(struct arena *a, const char *path, int wrong)
{
	return problem_internal(a, "%s cannot be read: %s", path, strerror(wrong));
}

/* Read the whole file, followed by a NUL.  Of a file of more than most bytes it reads most + 1: the caller refuses
 * it. */
static struct problem *
read_key_file(struct arena *a, const char *path, size_t most, char **bytes, size_t *size)
{
	int wrong;

	*bytes = arena_alloc(a, most + 2);
	wrong = file_read(path, *bytes, most + 1, size);
	return wrong == 0 || wrong == EFBIG ? NULL : unreadable(a, path, wrong);
}

static int
compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && strcmp(text + length - end_length, end) == 0;
}

/* The names of files in folder that end with end, without that ending and without hidden files, sorted by their
 * bytes. */
static struct problem *
list_files(struct arena *a, const char *folder, const char *end, char ***names, size_t *count)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL)
		return unreadable(a, folder, errno);
	*names = arena_alloc(a, FILES_MAX * sizeof(**names));
	*count = 0;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || !ends_with(entry->d_name, end))
			continue;
		if (*count == FILES_MAX) {
			closedir(dir);
			return problem_internal(a,
			    "%s holds more than %d files *%s: remove old ones", folder, FILES_MAX, end);
		}
		(*names)[(*count)++] = arena_strndup(a, entry->d_name, strlen(entry->d_name) - strlen(end));
	}
	closedir(dir);
	qsort(*names, *count, sizeof(**names), compare_names);
	return NULL;
}

/* --- Daybook's own keys --- */

static bool
kid_valid(const char *kid)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t length = strlen(kid);

	return length >= 1 && length <= KID_MAX && strspn(kid, allowed) == length;
}

/* A key file that every user of the machine can read is refused. */
static struct problem *
check_mode(struct arena *a, const char *path)
{
	struct stat about;

	if (stat(path, &about) != 0)
		return unreadable(a, path, errno);
	if (!S_ISREG(about.st_mode))
		return problem_internal(a, "%s is not a file", path);
	if ((about.st_mode & (S_IROTH | S_IWOTH)) != 0)
		return problem_internal(a, "%s is open to every user of this machine: chmod o= it, "
		    "and make a new key if others had access", path);
	return NULL;
}

static struct problem *
load_own_key(struct arena *a, const char *folder, const char *name, struct key *key)
{
	const char *path = arena_printf(a, "%s/%s.key", folder, name);
	struct problem *p;
	char *bytes;

	if (!kid_valid(name))
		return problem_internal(a,
		    "%s: the name of a key is 1 to %d of A-Z a-z 0-9 . _ - before .key", path, KID_MAX);
	if ((p = check_mode(a, path)) != NULL ||
	    (p = read_key_file(a, path, KEY_LARGEST, &bytes, &key->secret_size)) != NULL)
		return p;
	if (key->secret_size < KEY_SMALLEST || key->secret_size > KEY_LARGEST)
		return problem_internal(a, "%s: a key is %d to %d random bytes; make one with daybookctl key",
		    path, KEY_SMALLEST, KEY_LARGEST);
	key->kid = name;
	key->algorithm = HS256;
	key->secret = (unsigned char *)bytes;
	return NULL;
}

static struct problem *
load_own(struct arena *a, const char *folder, const char *name, struct issuer *ours)
{
	struct problem *p;
	char **names;
	size_t count;

	if ((p = list_files(a, folder, ".key", &names, &count)) != NULL)
		return p;
	if (count == 0)
		return problem_internal(a, "%s holds no key: make one with daybookctl key", folder);
	*ours = (struct issuer){ .name = name, .audience = name, .life_max = LIFE_MAX, .key_count = count };
	ours->keys = arena_alloc(a, count * sizeof(*ours->keys));
	for (size_t i = 0; i < count; i++)
		if ((p = load_own_key(a, folder, names[i], &ours->keys[i])) != NULL)
			return p;
	return NULL;
}

/* --- keys of external issuers --- */

static void
free_public_key(void *what)
{
	EVP_PKEY_free(what);
}

static bool
sound(EVP_PKEY *public_key)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(public_key, NULL);
	bool good = context != NULL && EVP_PKEY_public_check(context) == 1;

	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return good;
}

static struct problem *
check_public_key(struct arena *a, const char *path, const struct key *key)
{
	char group[64] = "";

	if (key->algorithm == RS256 && EVP_PKEY_get_base_id(key->public_key) != EVP_PKEY_RSA)
		return problem_internal(a, "%s is no RSA key, but RS256 wants one", path);
	if (key->algorithm == RS256 && EVP_PKEY_get_bits(key->public_key) < RSA_BITS_LEAST)
		return problem_internal(a, "%s: an RSA key of fewer than %d bits is too weak", path, RSA_BITS_LEAST);
	if (key->algorithm == ES256 &&
	    (EVP_PKEY_get_base_id(key->public_key) != EVP_PKEY_EC ||
		EVP_PKEY_get_group_name(key->public_key, group, sizeof(group), NULL) != 1 ||
		(strcmp(group, "prime256v1") != 0 && strcmp(group, "P-256") != 0)))
		return problem_internal(a, "%s is no key on the curve P-256, but ES256 wants one", path);
	if (!sound(key->public_key))
		return problem_internal(a, "%s: the key does not pass its own checks", path);
	return NULL;
}

static struct problem *
load_public_key(struct arena *a, const char *path, struct key *key)
{
	struct problem *p;
	char *text;
	size_t size;
	BIO *bio;

	if ((p = read_key_file(a, path, ISSUER_FILE_MAX, &text, &size)) != NULL)
		return p;
	bio = BIO_new_mem_buf(text, (int)size);
	key->public_key = bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	if (key->public_key == NULL)
		return problem_internal(a, "%s: no public key in PEM form (-----BEGIN PUBLIC KEY-----)", path);
	arena_defer(a, free_public_key, key->public_key);
	return check_public_key(a, path, key);
}

static struct problem *
choose_algorithm(struct arena *a, const char *path, const char *name, enum algorithm *algorithm)
{
	if (name != NULL && strcmp(name, algorithm_names[RS256]) == 0)
		*algorithm = RS256;
	else if (name != NULL && strcmp(name, algorithm_names[ES256]) == 0)
		*algorithm = ES256;
	else
		return problem_internal(a, "%s: alg of a key is RS256 or ES256", path);
	return NULL;
}

static struct problem *
read_issuer_key(struct arena *a, const char *folder, const char *path, struct json_object *member, struct key *key)
{
	static const char *const allowed[] = { "kid", "alg", "pem", NULL };
	const char *alg, *pem;
	struct problem *p;

	if (!json_object_is_type(member, json_type_object))
		return problem_internal(a, "%s: a key is {\"kid\",\"alg\",\"pem\"}", path);
	if ((p = json_only(a, member, allowed)) != NULL ||
	    (p = json_get_text(a, member, "kid", &key->kid)) != NULL ||
	    (p = json_get_text(a, member, "alg", &alg)) != NULL ||
	    (p = json_get_text(a, member, "pem", &pem)) != NULL)
		return problem_internal(a, "%s: in a key: %s", path, p->detail);
	if (key->kid == NULL || key->kid[0] == '\0' || pem == NULL || pem[0] == '\0')
		return problem_internal(a, "%s: a key is {\"kid\",\"alg\",\"pem\"}", path);
	if ((p = choose_algorithm(a, path, alg, &key->algorithm)) != NULL)
		return p;
	return load_public_key(a, pem[0] == '/' ? pem : arena_printf(a, "%s/%s", folder, pem), key);
}

static struct problem *
read_issuer_keys(struct arena *a, const char *folder, const char *path, struct json_object *list, struct issuer *issuer)
{
	struct problem *p;

	if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0 ||
	    json_object_array_length(list) > ISSUER_KEYS_MAX)
		return problem_internal(a, "%s: keys is a list of 1 to %d keys", path, ISSUER_KEYS_MAX);
	issuer->key_count = json_object_array_length(list);
	issuer->keys = arena_alloc(a, issuer->key_count * sizeof(*issuer->keys));
	for (size_t i = 0; i < issuer->key_count; i++) {
		if ((p = read_issuer_key(a, folder, path, json_object_array_get_idx(list, i),
		    &issuer->keys[i])) != NULL)
			return p;
		for (size_t k = 0; k < i; k++)
			if (strcmp(issuer->keys[k].kid, issuer->keys[i].kid) == 0)
				return problem_internal(a, "%s: two keys have the same kid", path);
	}
	return NULL;
}

static struct problem *
load_issuer(struct arena *a, const char *folder, const char *name, struct issuer *issuer)
{
	static const char *const allowed[] = { "issuer", "audience", "keys", "maxMinutes", NULL };
	const char *path = arena_printf(a, "%s/%s.json", folder, name);
	int64_t minutes = LIFE_MAX / 60;
	struct json_object *top;
	struct problem *p;
	char *text;
	size_t size;

	if ((p = read_key_file(a, path, ISSUER_FILE_MAX, &text, &size)) != NULL)
		return p;
	issuer->external = true;
	if ((p = json_parse_object(a, text, size, &top)) != NULL ||
	    (p = json_only(a, top, allowed)) != NULL ||
	    (p = json_get_text(a, top, "issuer", &issuer->name)) != NULL ||
	    (p = json_get_text(a, top, "audience", &issuer->audience)) != NULL ||
	    (p = json_get_integer(a, top, "maxMinutes", &minutes, NULL)) != NULL)
		return problem_internal(a, "%s: %s", path, p->detail);
	if (issuer->name == NULL || issuer->name[0] == '\0' || strlen(issuer->name) > SUBJECT_MAX ||
	    issuer->audience == NULL || issuer->audience[0] == '\0')
		return problem_internal(a, "%s: issuer and audience must be given, as they stand in iss and aud", path);
	if (minutes < 1 || minutes > 365 * 24 * 60)
		return problem_internal(a, "%s: maxMinutes is 1 to %d", path, 365 * 24 * 60);
	issuer->life_max = minutes * 60;
	return read_issuer_keys(a, folder, path, json_object_object_get(top, "keys"), issuer);
}

static struct problem *
load_issuers(struct arena *a, const char *folder, char *const *names, size_t count, struct token_ring *ring)
{
	for (size_t i = 0; i < count; i++) {
		struct issuer *issuer = &ring->issuers[ring->count];
		struct problem *p = load_issuer(a, folder, names[i], issuer);

		if (p != NULL)
			return p;
		for (size_t k = 0; k < ring->count; k++)
			if (strcmp(ring->issuers[k].name, issuer->name) == 0)
				return problem_internal(a,
				    "%s/%s.json: this issuer exists already, or is ours", folder, names[i]);
		ring->count++;
	}
	return NULL;
}

/* --- parsing a token --- */

static struct problem *
bad_token(struct arena *a, const char *cause)
{
	struct problem *p = problem_new(a, PROBLEM_UNAUTHORIZED, "The token is not valid; please sign in again.");

	p->cause = cause;
	return p;
}

/* Find the two dots that separate the three parts.  False when there are fewer or more. */
static bool
find_dots(const char *text, size_t length, const char **first, const char **second)
{
	*first = memchr(text, '.', length);
	if (*first == NULL)
		return false;
	*second = memchr(*first + 1, '.', length - (size_t)(*first + 1 - text));
	return *second != NULL && strchr(*second + 1, '.') == NULL;
}

static struct json_object *
parse_part(struct arena *a, const char *text, size_t length)
{
	struct json_object *tree;
	size_t size;
	unsigned char *json = base64url_parse(a, text, length, &size);

	if (json == NULL || json_parse_object(a, (char *)json, size, &tree) != NULL)
		return NULL;
	return tree;
}

static struct problem *
take_apart(struct arena *a, const char *text, struct token_parts *parts)
{
	const char *first, *second;
	size_t length = strnlen(text, TOKEN_MAX + 1);

	if (length > TOKEN_MAX)
		return bad_token(a, "longer than 8 KiB");
	if (!find_dots(text, length, &first, &second))
		return bad_token(a, "not three parts");
	parts->text = text;
	parts->signed_length = (size_t)(second - text);
	if ((parts->header = parse_part(a, text, (size_t)(first - text))) == NULL)
		return bad_token(a, "the header is not base64url of strict JSON");
	if ((parts->payload = parse_part(a, first + 1, (size_t)(second - first - 1))) == NULL)
		return bad_token(a, "the payload is not base64url of strict JSON");
	parts->signature = base64url_parse(a, second + 1, length - parts->signed_length - 1, &parts->signature_size);
	if (parts->signature == NULL || parts->signature_size == 0)
		return bad_token(a, "no signature, or not base64url");
	return NULL;
}

/* The text of a member, or NULL when it is absent, not a text, empty, or longer than most. */
static const char *
text_of(struct json_object *object, const char *key, size_t most)
{
	struct json_object *member = json_object_object_get(object, key);
	const char *text;
	size_t length;

	if (!json_object_is_type(member, json_type_string))
		return NULL;
	text = json_object_get_string(member);
	length = (size_t)json_object_get_string_len(member);
	return length >= 1 && length <= most && text_is_clean(text, length) ? text : NULL;
}

/* Read an integer that is written without point and exponent. */
static bool
integer_of(struct json_object *object, const char *key, int64_t *value)
{
	struct json_object *member = json_object_object_get(object, key);

	if (!json_object_is_type(member, json_type_int))
		return false;
	*value = json_object_get_int64(member);
	return true;
}

/* --- header and key --- */

static struct problem *
check_header(struct arena *a, struct json_object *header)
{
	static const char *const refused[] = { "crit", "jku", "jwk", "x5u", "x5c", "b64", "zip" };
	struct json_object *typ;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (json_object_object_get_ex(header, refused[i], NULL))
			return bad_token(a, arena_printf(a, "the header has %s", refused[i]));
	if (!json_object_object_get_ex(header, "typ", &typ))
		return NULL;
	if (!json_object_is_type(typ, json_type_string) ||
	    (strcasecmp(json_object_get_string(typ), "JWT") != 0 &&
	        strcasecmp(json_object_get_string(typ), "at+jwt") != 0))
		return bad_token(a, "typ is not JWT or at+jwt");
	return NULL;
}

static const struct issuer *
find_issuer(const struct token_ring *ring, struct json_object *payload)
{
	const char *name = text_of(payload, "iss", SUBJECT_MAX);

	for (size_t i = 0; name != NULL && i < ring->count; i++)
		if (strcmp(ring->issuers[i].name, name) == 0)
			return &ring->issuers[i];
	return NULL;
}

/* kid is only compared with the names in memory: it is never part of a path. */
static const struct key *
find_key(const struct issuer *issuer, struct json_object *header)
{
	const char *kid;

	if (!json_object_object_get_ex(header, "kid", NULL))
		return issuer->external && issuer->key_count == 1 ? &issuer->keys[0] : NULL;
	kid = text_of(header, "kid", TOKEN_MAX);
	for (size_t i = 0; kid != NULL && i < issuer->key_count; i++)
		if (strcmp(issuer->keys[i].kid, kid) == 0)
			return &issuer->keys[i];
	return NULL;
}

/* --- signatures --- */

/* libjwt accepts any token when called without a key, so this is checked before the only call. */
static bool
verify_own(const struct key *key, const char *text)
{
	jwt_t *jwt = NULL;
	bool good;

	if (key->secret == NULL || key->secret_size < KEY_SMALLEST)
		abort();
	good = jwt_decode(&jwt, text, key->secret, (int)key->secret_size) == 0 && jwt_get_alg(jwt) == JWT_ALG_HS256;
	jwt_free(jwt);
	return good;
}

/* A token has r and s one after the other; libcrypto needs them in DER.  NULL when the length is wrong. */
static unsigned char *
ecdsa_der(struct arena *a, const struct token_parts *parts, size_t *size)
{
	ECDSA_SIG *pair;
	BIGNUM *r, *s;
	unsigned char *der = NULL, *at;
	int room;

	if (parts->signature_size != 2 * ES256_HALF)
		return NULL;
	pair = ECDSA_SIG_new();
	r = BN_bin2bn(parts->signature, ES256_HALF, NULL);
	s = BN_bin2bn(parts->signature + ES256_HALF, ES256_HALF, NULL);
	if (pair == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1)
		abort();
	room = i2d_ECDSA_SIG(pair, NULL);
	if (room > 0) {
		at = der = arena_alloc(a, (size_t)room);
		*size = (size_t)i2d_ECDSA_SIG(pair, &at);
	}
	ECDSA_SIG_free(pair);
	return der;
}

static bool
verify_external(struct arena *a, const struct key *key, const struct token_parts *parts)
{
	const unsigned char *signature = parts->signature;
	size_t size = parts->signature_size;
	EVP_MD_CTX *context;
	bool good;

	if (key->algorithm == ES256 && (signature = ecdsa_der(a, parts, &size)) == NULL)
		return false;
	context = EVP_MD_CTX_new();
	if (context == NULL)
		abort();
	good = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->public_key) == 1 &&
	    EVP_DigestVerify(context, signature, size, (const unsigned char *)parts->text, parts->signed_length) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good;
}

static struct problem *
check_signature(struct arena *a, const struct key *key, const struct token_parts *parts)
{
	const char *alg = text_of(parts->header, "alg", TOKEN_MAX);
	bool good;

	if (alg == NULL || strcmp(alg, algorithm_names[key->algorithm]) != 0)
		return bad_token(a, "alg is not that of the key");
	good = key->algorithm == HS256 ? verify_own(key, parts->text) : verify_external(a, key, parts);
	return good ? NULL : bad_token(a, "the signature is wrong");
}

/* --- claims --- */

/* True when aud is the issuer's audience, or, of an external issuer, a list of texts that contains it. */
static bool
audience_fits(const struct issuer *issuer, struct json_object *aud)
{
	bool found = false;

	if (json_object_is_type(aud, json_type_string))
		return strcmp(json_object_get_string(aud), issuer->audience) == 0;
	if (!issuer->external || !json_object_is_type(aud, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(aud); i++) {
		struct json_object *one = json_object_array_get_idx(aud, i);

		if (!json_object_is_type(one, json_type_string))
			return false;
		found = found || strcmp(json_object_get_string(one), issuer->audience) == 0;
	}
	return found;
}

static struct problem *
check_times(struct arena *a, const struct issuer *issuer, struct json_object *payload, int64_t now,
    struct claims *claims)
{
	int64_t not_before;

	if (!integer_of(payload, "exp", &claims->expires_at))
		return bad_token(a, "exp is missing or no integer");
	if (!integer_of(payload, "iat", &claims->issued_at))
		return bad_token(a, "iat is missing or no integer");
	if (claims->expires_at <= now)
		return bad_token(a, "expired");
	if (claims->issued_at > now + SKEW)
		return bad_token(a, "iat lies in the future");
	if (claims->issued_at >= claims->expires_at || claims->expires_at - claims->issued_at > issuer->life_max)
		return bad_token(a, "exp is too far from iat");
	if (!json_object_object_get_ex(payload, "nbf", NULL))
		return NULL;
	if (!integer_of(payload, "nbf", &not_before))
		return bad_token(a, "nbf is no integer");
	if (not_before > now + SKEW)
		return bad_token(a, "nbf lies in the future");
	return NULL;
}

static struct problem *
check_claims(struct arena *a, const struct issuer *issuer, struct json_object *payload, int64_t now,
    struct claims *claims)
{
	*claims = (struct claims){ .issuer = issuer->name, .external = issuer->external };
	if (!audience_fits(issuer, json_object_object_get(payload, "aud")))
		return bad_token(a, "aud is not us");
	claims->subject = text_of(payload, "sub", SUBJECT_MAX);
	if (claims->subject == NULL)
		return bad_token(a, "sub is missing or no text");
	if (issuer->external)
		return check_times(a, issuer, payload, now, claims);
	claims->session = text_of(payload, "sid", SUBJECT_MAX);
	claims->space = text_of(payload, "space", SUBJECT_MAX);
	if (claims->session == NULL || claims->space == NULL || text_of(payload, "jti", SUBJECT_MAX) == NULL)
		return bad_token(a, "sid, space or jti is missing or no text");
	return check_times(a, issuer, payload, now, claims);
}

/* --- signing --- */

static const char *
payload_text(struct arena *a, const struct issuer *ours, const struct claims *claims)
{
	struct buf b;

	buf_init(&b, a);
	buf_text(&b, "{\"iss\":");
	json_quote(&b, ours->name);
	buf_text(&b, ",\"aud\":");
	json_quote(&b, ours->audience);
	buf_text(&b, ",\"sub\":");
	json_quote(&b, claims->subject);
	buf_text(&b, ",\"sid\":");
	json_quote(&b, claims->session);
	buf_text(&b, ",\"space\":");
	json_quote(&b, claims->space);
	buf_printf(&b, ",\"iat\":%lld,\"exp\":%lld,\"jti\":\"%s\"}",
	    (long long)claims->issued_at, (long long)claims->expires_at, random_hex(a));
	return b.text;
}

static void
free_jwt(void *what)
{
	jwt_free(what);
}

/* --- the digest --- */

static void
add_text(struct sha256 *h, const char *text)
{
	if (text != NULL)
		sha256_add(h, text, strlen(text));
	sha256_add(h, text != NULL ? "" : "-", 1); /* with its NUL */
}

static void
add_key(struct sha256 *h, const struct key *key)
{
	unsigned char *der = NULL;
	int size = key->public_key != NULL ? i2d_PUBKEY(key->public_key, &der) : 0;

	add_text(h, key->kid);
	sha256_add(h, &key->algorithm, sizeof(key->algorithm));
	sha256_add(h, &key->secret_size, sizeof(key->secret_size));
	sha256_add(h, key->secret, key->secret_size);
	if (size > 0)
		sha256_add(h, der, (size_t)size);
	OPENSSL_free(der);
}

static void
digest_ring(struct token_ring *ring)
{
	struct sha256 h;

	sha256_start(&h);
	for (size_t i = 0; i < ring->count; i++) {
		const struct issuer *issuer = &ring->issuers[i];

		add_text(&h, issuer->name);
		add_text(&h, issuer->audience);
		sha256_add(&h, &issuer->life_max, sizeof(issuer->life_max));
		sha256_add(&h, &issuer->key_count, sizeof(issuer->key_count));
		for (size_t k = 0; k < issuer->key_count; k++)
			add_key(&h, &issuer->keys[k]);
	}
	sha256_end(&h, ring->digest);
}

/* --- keys for seals --- */

static void
make_seals(struct arena *a, struct token_ring *ring)
{
	static const char purpose[] = "seals of backups";
	const struct issuer *own = &ring->issuers[0];

	ring->seals = arena_alloc(a, own->key_count * SHA256_SIZE);
	for (size_t i = 0; i < own->key_count; i++) {
		const struct key *key = &own->keys[own->key_count - 1 - i];

		hmac_sha256(key->secret, key->secret_size, purpose, sizeof(purpose) - 1, ring->seals + i * SHA256_SIZE);
	}
}

/* --- public functions --- */

const unsigned char *
token_ring_seals(const struct token_ring *ring, size_t *size)
{
	*size = ring->issuers[0].key_count * SHA256_SIZE;
	return ring->seals;
}

const unsigned char *
token_ring_digest(const struct token_ring *ring)
{
	return ring->digest;
}

struct problem *
token_ring_load(struct arena *a, const char *keys_dir, const char *issuers_dir, const char *issuer,
    struct token_ring **ring)
{
	char **names = NULL;
	size_t count = 0;
	struct problem *p;

	if (issuer == NULL || issuer[0] == '\0' || strlen(issuer) > SUBJECT_MAX)
		return problem_internal(a,
		    "the setting issuer must be given: the name of this Daybook in iss and aud of its tokens");
	if (issuers_dir != NULL && (p = list_files(a, issuers_dir, ".json", &names, &count)) != NULL)
		return p;
	*ring = arena_alloc(a, sizeof(**ring));
	(*ring)->issuers = arena_alloc(a, (count + 1) * sizeof(*(*ring)->issuers));
	if ((p = load_own(a, keys_dir, arena_strdup(a, issuer), &(*ring)->issuers[0])) != NULL)
		return p;
	(*ring)->count = 1;
	if ((p = load_issuers(a, issuers_dir, names, count, *ring)) != NULL)
		return p;
	digest_ring(*ring);
	make_seals(a, *ring);
	return NULL;
}

/* The file is written under a hidden name and then renamed: a worker that loads its keys meanwhile sees the whole key
 * or none. */
struct problem *
token_key_create(struct arena *a, const char *keys_dir)
{
	unsigned char secret[KEY_LARGEST];
	char name[INSTANT_TEXT_SIZE], *path, *hidden, *to = name;
	struct problem *p;
	bool written;
	int fd;

	if (mkdir(keys_dir, 0700) != 0 && errno != EEXIST)
		return problem_internal(a, "%s cannot be made: %s", keys_dir, strerror(errno));
	for (const char *from = instant_text(a, instant_now()); *from != '\0'; from++)
		if (*from != '-' && *from != ':')
			*to++ = *from;
	*to = '\0';
	path = arena_printf(a, "%s/%s.key", keys_dir, name);
	hidden = arena_printf(a, "%s/.%s", keys_dir, random_hex(a));
	fd = open(hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return problem_internal(a, "%s cannot be written: %s", path, strerror(errno));
	random_bytes(secret, sizeof(secret));
	written = write(fd, secret, sizeof(secret)) == (ssize_t)sizeof(secret) && fsync(fd) == 0;
	explicit_bzero(secret, sizeof(secret));
	close(fd);
	if (written && rename(hidden, path) == 0)
		return NULL;
	p = problem_internal(a, "%s cannot be written: %s", path, strerror(errno));
	unlink(hidden);
	return p;
}

struct problem *
token_issue(const struct token_ring *ring, struct arena *a, const struct claims *claims, char **text)
{
	const struct issuer *ours = &ring->issuers[0];
	const struct key *key = &ours->keys[ours->key_count - 1];
	char *encoded;
	jwt_t *jwt;

	if (claims->subject == NULL || claims->session == NULL || claims->space == NULL ||
	    claims->expires_at <= claims->issued_at || claims->expires_at - claims->issued_at > LIFE_MAX)
		return problem_internal(a,
		    "a token of ours needs subject, session, space, and a life of at most a day");
	if (jwt_new(&jwt) != 0)
		abort();
	arena_defer(a, free_jwt, jwt);
	if (jwt_add_header(jwt, "kid", key->kid) != 0 ||
	    jwt_add_grants_json(jwt, payload_text(a, ours, claims)) != 0 ||
	    jwt_set_alg(jwt, JWT_ALG_HS256, key->secret, (int)key->secret_size) != 0 ||
	    (encoded = jwt_encode_str(jwt)) == NULL)
		return problem_internal(a, "the token could not be signed: %s", strerror(errno));
	*text = arena_strdup(a, encoded);
	free(encoded);
	return strlen(*text) <= TOKEN_MAX ? NULL : problem_internal(a, "the token became longer than 8 KiB");
}

/* The checks run from the outside in: form, key, signature, and only then the claims. */
struct problem *
token_verify(const struct token_ring *ring, struct arena *a, const char *text, int64_t now, struct claims *claims)
{
	struct token_parts parts = { 0 };
	const struct issuer *issuer;
	const struct key *key;
	struct problem *p;

	if ((p = take_apart(a, text, &parts)) != NULL ||
	    (p = check_header(a, parts.header)) != NULL)
		return p;
	if ((issuer = find_issuer(ring, parts.payload)) == NULL)
		return bad_token(a, "iss is nobody we know");
	if ((key = find_key(issuer, parts.header)) == NULL)
		return bad_token(a, "kid names no key of the issuer");
	if ((p = check_signature(a, key, &parts)) != NULL)
		return p;
	return check_claims(a, issuer, parts.payload, now, claims);
}

/* --- seals --- */

static void
seal_with(const struct key *key, const char *purpose, const void *bytes, size_t size, unsigned char seal[SHA256_SIZE])
{
	unsigned char derived[SHA256_SIZE];

	hmac_sha256(key->secret, key->secret_size, purpose, strlen(purpose), derived);
	hmac_sha256(derived, sizeof(derived), bytes, size, seal);
}

void
token_seal(const struct token_ring *ring, const char *purpose, const void *bytes, size_t size,
    unsigned char seal[SHA256_SIZE])
{
	const struct issuer *ours = &ring->issuers[0];

	seal_with(&ours->keys[ours->key_count - 1], purpose, bytes, size, seal);
}

bool
token_seal_fits(const struct token_ring *ring, const char *purpose, const void *bytes, size_t size,
    const unsigned char seal[SHA256_SIZE])
{
	const struct issuer *ours = &ring->issuers[0];
	unsigned char expected[SHA256_SIZE];

	for (size_t i = 0; i < ours->key_count; i++) {
		seal_with(&ours->keys[i], purpose, bytes, size, expected);
		if (secret_equal(expected, seal, SHA256_SIZE))
			return true;
	}
	return false;
}
