/* expenses_image.c -- takes images, as parts of a form or as base64, and stores them by the same way as uploads of
 * Daybook's own API: their type comes from the content, and nothing but pictures and PDFs is taken. */
#include "compat/expenses_image.h"

#include <string.h>

#include "base/crypto.h"
#include "base/multipart.h"
#include "base/sniff.h"
#include "compat/compat.h"
#include "http/reply.h"
#include "transfer/upload.h"

enum {
	NAME_SIZE = 2 * SHA256_SIZE,
	INLINE_MAX = 256 << 10 /* bytes of a file that is put into an answer: signatures */
};

/* ---- base64 ---- */

const char *
image_decode(struct arena *a, const char *text, size_t *length)
{
	static const char data[] = "data:", mark[] = ";base64,";
	const char *begin = text;
	char *url;
	size_t n = 0;

	if (strncmp(text, data, sizeof data - 1) == 0) {
		if ((begin = strstr(text, mark)) == NULL || begin - text > 200)
			return NULL;
		begin += sizeof mark - 1;
	}
	url = arena_raw(a, strlen(begin) + 1);
	for (; *begin != '\0'; begin++)
		if (strchr("\r\n =", *begin) == NULL)
			url[n++] = (char)(*begin == '+' ? '-' : *begin == '/' ? '_' : *begin);
	return (const char *)base64url_parse(a, url, n, length);
}

/* The other way round: base64 with its padding. */
static const char *
encode(struct arena *a, const char *bytes, size_t length)
{
	static const char *const padding[] = { "", "==", "=" };
	char *text = base64url_text(a, bytes, length);

	for (char *at = text; *at != '\0'; at++)
		*at = (char)(*at == '-' ? '+' : *at == '_' ? '/' : *at);
	return arena_printf(a, "%s%s", text, padding[length % 3]);
}

struct problem *
image_data_url(struct request *r, const char *name, const char **url)
{
	struct file file;
	struct problem *p;
	const char *chunk;
	struct buf b;
	size_t length;
	int64_t at;
	bool found;

	*url = NULL;
	if (!file_named(name, &file))
		return NULL;
	if ((p = file_find(&r->call, &file, &found)) != NULL || !found || file.type == NULL)
		return p;
	*url = image_uri(r->a, name, file.type);
	if (file.size > INLINE_MAX)
		return NULL;
	buf_init(&b, r->a);
	while ((int64_t)b.length < file.size) {
		if ((p = file_chunk(&r->call, &file, (int64_t)b.length, &chunk, &length, &at)) != NULL)
			return p;
		buf_add(&b, chunk, length);
	}
	*url = arena_printf(r->a, "data:%s;base64,%s", file.type, encode(r->a, b.text, b.length));
	return NULL;
}

/* ---- storing ---- */

struct problem *
image_store(struct request *r, const char *bytes, size_t length, struct file *file)
{
	const struct upload_piece piece = { .bytes = bytes, .length = length, .total = (int64_t)length };
	const struct upload_limits limits = { r->worker->config.file_max_bytes, r->worker->config.space_quota_bytes };
	unsigned char digest[SHA256_SIZE];
	struct problem *p;
	bool created;

	if (length == 0)
		return problem_at(r->a, PROBLEM_INVALID, "image", "The image is empty.");
	sha256(bytes, length, digest);
	if (!file_named(hex_text(r->a, digest, sizeof digest), file))
		return problem_internal(r->a, "a SHA-256 is a name of a file");
	if ((p = upload_take(&r->call, &limits, &piece, file, &created)) != NULL)
		return p;
	return NULL;
}

const char *
image_uri(struct arena *a, const char *name, const char *type)
{
	return arena_printf(a, "/uploads/%s.%s", name, type == NULL ? "bin" : sniff_extension(type));
}

/* The 64 hexadecimal digits with which the last segment of an address begins; NULL when it does not. */
static const char *
name_in(struct arena *a, const char *uri)
{
	const char *last = strrchr(uri, '/');

	last = last == NULL ? uri : last + 1;
	if (strspn(last, "0123456789abcdef") != NAME_SIZE || (last[NAME_SIZE] != '\0' && last[NAME_SIZE] != '.'))
		return NULL;
	return arena_strndup(a, last, NAME_SIZE);
}

struct problem *
image_of_uri(struct request *r, const char *uri, const char **name)
{
	const char *bytes;
	struct file file;
	struct problem *p;
	size_t length;

	*name = NULL;
	if (uri == NULL || *uri == '\0' || (*name = name_in(r->a, uri)) != NULL)
		return NULL;
	if (strncmp(uri, "data:", 5) != 0)
		return problem_at(r->a, PROBLEM_INVALID, "imageUri",
		    "This image is not on the server; upload it by receipts/upload-image, and name what it answers.");
	if ((bytes = image_decode(r->a, uri, &length)) == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "imageUri", "The image is not base64.");
	if ((p = image_store(r, bytes, length, &file)) != NULL)
		return p;
	*name = file.name;
	return NULL;
}

/* ---- POST …/receipts/upload-image ---- */

/* The part of the form that is the image: that name, else the first one with a file name. */
static struct problem *
read_form(struct request *r, const char *type, const char **bytes, size_t *length)
{
	struct multipart_part *parts = arena_alloc(r->a, MULTIPART_PARTS_MAX * sizeof *parts), *image = NULL;
	struct problem *p;
	size_t count;

	if ((p = multipart_read(r->a, type, r->body, r->body_length, parts, &count)) != NULL)
		return p;
	for (size_t i = count; i-- > 0;)
		if (parts[i].name != NULL && strcmp(parts[i].name, "image") == 0)
			image = &parts[i];
	for (size_t i = 0; image == NULL && i < count; i++)
		if (parts[i].filename != NULL)
			image = &parts[i];
	if (image == NULL)
		return problem_at(r->a, PROBLEM_REQUIRED, "image", "No image file provided.");
	*bytes = image->bytes;
	*length = image->length;
	return NULL;
}

static struct problem *
read_base64(struct request *r, const char **bytes, size_t *length)
{
	static const char *const names[] = { "image", "imageData", "imageBase64", "base64", "data" };
	struct json_object *body;
	const char *text = NULL;
	struct problem *p;

	if ((p = json_parse_object(r->a, r->body, r->body_length, &body)) != NULL)
		return p;
	for (size_t i = 0; text == NULL && i < sizeof names / sizeof names[0]; i++)
		text = body_text(body, names[i]);
	if (text == NULL || *text == '\0')
		return problem_at(r->a, PROBLEM_REQUIRED, "image", "No image data provided.");
	if ((*bytes = image_decode(r->a, text, length)) == NULL)
		return problem_at(r->a, PROBLEM_INVALID, "image", "The image is not base64.");
	return NULL;
}

/* POST …/receipts/upload-image -- a form with the file `image`, or {"image": base64}. */
struct problem *
compat_expenses_upload(struct request *r)
{
	const char *type = request_header(r, "Content-Type"), *bytes;
	struct json_out *out;
	struct problem *p;
	struct file file;
	size_t length;

	p = multipart_is(type) ? read_form(r, type, &bytes, &length) : read_base64(r, &bytes, &length);
	if (p != NULL || (p = image_store(r, bytes, length, &file)) != NULL)
		return p;
	if ((p = file_read_whole(&r->call, &file)) != NULL)
		return p;
	out = reply_object(r, 200);
	put_text(out, "imageUri", image_uri(r->a, file.name, file.type));
	put_text(out, "imagePath", image_uri(r->a, file.name, file.type));
	put_text(out, "filename", image_uri(r->a, file.name, file.type) + sizeof "/uploads");
	put_integer(out, "size", (int64_t)length);
	put_text(out, "message", "Image uploaded successfully");
	return NULL;
}
