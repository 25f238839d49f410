/* verify_file.c -- daybookctl verify --file: checks a file that Daybook gave out, without settings and database.  Its
 * first bytes say what it is: a logbook (JSON), a backup of a space (tar), or a sealed one. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "backup/seal.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/json.h"
#include "ctl/ctl.h"
#include "expenses/logbook.h"

enum {
	LOGBOOK_MAX = 512 << 20  /* bytes of a file */
};

static int
refuse_file(const char *path, int error)
{
	fprintf(stderr, "daybookctl: %s: %s\n", path, strerror(error));
	return CTL_FAILED;
}

static void
print_logbook(const struct logbook_verified *verified)
{
	printf("ok: %" PRId64 " trips, %" PRId64 " writes", verified->trips, verified->writes);
	if (verified->sealed > 0)
		printf(", %" PRId64 " of them without their content", verified->sealed);
	if (verified->linked)
		printf("; the chain is whole up to write %" PRId64 ", hash %s\n", verified->head, verified->head_hash);
	else
		printf("; each write by itself, because the file has no links up to the head (write %" PRId64
		    ", hash %s)\n", verified->head, verified->head_hash);
}

static int
verify_logbook(struct arena *a, const char *path)
{
	struct logbook_verified verified;
	struct problem *p;
	struct stat file;
	char *text;
	size_t length;
	int error;

	if (stat(path, &file) != 0)
		return refuse_file(path, errno);
	if (file.st_size > LOGBOOK_MAX)
		return refuse_file(path, EFBIG);
	text = arena_raw(a, (size_t)file.st_size + 1);
	if ((error = file_read(path, text, (size_t)file.st_size + 1, &length)) != 0)
		return refuse_file(path, error);
	if ((p = logbook_verify(a, text, length, &verified)) != NULL)
		return ctl_refuse(p);
	if (verified.difference != NULL) {
		printf("%s\n", verified.difference);
		return CTL_FAILED;
	}
	print_logbook(&verified);
	return CTL_OK;
}

/* ---- backups of a space ---- */

static struct problem *
read_bytes(void *arg, void *room, size_t size, size_t *got)
{
	*got = fread(room, 1, size, arg);
	return NULL;
}

static int
print_archive(struct arena *a, FILE *file, const char *path, struct problem *p, const struct archive_read *read)
{
	char at[INSTANT_TEXT_SIZE];

	if (ferror(file))
		return refuse_file(path, errno);
	if (p != NULL) {
		printf("%s\n", p->detail);
		return CTL_FAILED;
	}
	instant_format(read->head.at, at);
	printf("ok: backup of %s as of %s, seq %" PRId64 ": %" PRId64 " records, %" PRId64 " files\n",
	    json_quoted(a, read->head.space_name), at, read->head.seq, read->records, read->files);
	return CTL_OK;
}

static int
verify_archive(struct arena *a, FILE *file, const char *path)
{
	struct archive_read read;

	struct problem *p = archive_read(a, NULL, 0, read_bytes, file, NULL, NULL, &read);

	return print_archive(a, file, path, p, &read);
}

static int
verify_opened(struct arena *a, FILE *file, const char *path, const struct seal_keys *keys)
{
	struct archive_read read;
	struct opener *opener;
	struct problem *p;

	if ((p = opener_begin(a, keys, read_bytes, file, &opener)) == NULL)
		p = archive_read(a, NULL, 0, opener_read, opener, NULL, NULL, &read);
	return print_archive(a, file, path, p, &read);
}

/* What could not be looked into is not called whole. */
static int
verify_seal(struct arena *a, FILE *file, const char *path)
{
	unsigned char public[BOX_KEY_SIZE], digest[SHA256_SIZE];
	int64_t bytes;
	struct problem *p = seal_check(a, read_bytes, file, public, &bytes, digest);

	if (ferror(file))
		return refuse_file(path, errno);
	if (p != NULL) {
		printf("%s\n", p->detail);
		return CTL_FAILED;
	}
	printf("the seal is whole: %" PRId64 " bytes, sha256 %s; what is in it can be checked with the key file of the "
	    "public key %s (--key)\n", bytes, hex_text(a, digest, sizeof digest),
	    base64url_text(a, public, sizeof public));
	return CTL_USAGE;
}

static int
verify_sealed(struct arena *a, FILE *file, const char *path, const char *key_path)
{
	char *text = arena_raw(a, SEAL_KEY_FILE_MAX);
	struct seal_keys keys;
	struct problem *p;
	size_t length;
	int error, status;

	if (key_path == NULL)
		return verify_seal(a, file, path);
	if ((error = file_read(key_path, text, SEAL_KEY_FILE_MAX, &length)) != 0)
		return refuse_file(key_path, error);
	p = seal_keys_read(a, text, length, &keys);
	secret_forget(text, SEAL_KEY_FILE_MAX);
	if (p != NULL)
		return ctl_refuse(p);
	status = verify_opened(a, file, path, &keys);
	secret_forget(&keys, sizeof keys);
	return status;
}

int
ctl_verify_file(struct arena *a, const char *path, const char *key_path)
{
	FILE *file = fopen(path, "rb");
	char start[SEAL_MAGIC_SIZE + 1] = "";
	size_t length;
	int status;

	if (file == NULL)
		return refuse_file(path, errno);
	length = fread(start, 1, SEAL_MAGIC_SIZE, file);
	rewind(file);
	if (seal_begins(start, length))
		status = verify_sealed(a, file, path, key_path);
	else if (key_path != NULL)
		status = ctl_refuse(problem_new(a, PROBLEM_INVALID, "%s is not sealed: there is no key for it.", path));
	else if (start[strspn(start, " \t\r\n")] == '{')
		status = verify_logbook(a, path);
	else
		status = verify_archive(a, file, path);
	fclose(file);
	return status;
}
