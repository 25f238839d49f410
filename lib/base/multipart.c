/* multipart.c -- reads a form with files.  Whatever is not exactly as RFC 7578 has it is refused; nothing of a part is
 * decoded or copied but its names. */
#include "base/multipart.h"

#include <string.h>
#include <strings.h>

static const char type[] = "multipart/form-data";

bool
multipart_is(const char *content_type)
{
	return content_type != NULL && strncasecmp(content_type, type, sizeof type - 1) == 0 &&
	    strchr("; \t", content_type[sizeof type - 1]) != NULL;
}

static struct problem *
malformed(struct arena *a, const char *what)
{
	return problem_new(a, PROBLEM_MALFORMED, "The form cannot be read: %s.", what);
}

/* The value of a parameter such as name="image" in a header, or NULL.  A quote within it is written as \" or %22; the
 * value is only a name, so it stays as it is written. */
static const char *
parameter(struct arena *a, const char *header, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = header; (at = strchr(at, ';')) != NULL;) {
		at++;
		at += strspn(at, " \t");
		if (strncasecmp(at, name, length) != 0 || at[length] != '=')
			continue;
		at += length + 1;
		if (*at != '"')
			return arena_strndup(a, at, strcspn(at, "; \t"));
		at++;
		return strchr(at, '"') == NULL ? NULL : arena_strndup(a, at, strcspn(at, "\""));
	}
	return NULL;
}

/* ---- headers of a part ---- */

/* Take what the header says, if it is the one that names the part. */
static void
take_header(struct arena *a, const char *line, struct multipart_part *part)
{
	static const char disposition[] = "Content-Disposition:";

	if (strncasecmp(line, disposition, sizeof disposition - 1) != 0)
		return;
	part->name = parameter(a, line, "name");
	part->filename = parameter(a, line, "filename");
}

/* Read the header lines at *at, which then is at the first byte of the content. */
static struct problem *
read_headers(struct arena *a, const char **at, const char *end, struct multipart_part *part)
{
	const char *limit = end - *at > MULTIPART_HEADER_MAX ? *at + MULTIPART_HEADER_MAX : end, *line, *stop;

	for (line = *at;; line = stop + 2) {
		stop = limit - line < 2 ? NULL : memmem(line, (size_t)(limit - line), "\r\n", 2);
		if (stop == NULL)
			return malformed(a, "the headers of a part do not end");
		if (stop == line)
			break;
		if (memchr(line, '\0', (size_t)(stop - line)) != NULL)
			return malformed(a, "a header holds a zero byte");
		take_header(a, arena_strndup(a, line, (size_t)(stop - line)), part);
	}
	*at = stop + 2;
	return NULL;
}

/* ---- parts ---- */

/* What stands between two parts: CRLF, two dashes and the boundary. */
struct mark {
	const char *text;
	size_t length;
};

static struct problem *
read_part(struct arena *a, const struct mark *mark, const char **at, const char *end, struct multipart_part *part)
{
	const char *stop;
	struct problem *p;

	*part = (struct multipart_part){ .name = NULL };
	if ((p = read_headers(a, at, end, part)) != NULL)
		return p;
	stop = memmem(*at, (size_t)(end - *at), mark->text, mark->length);
	if (stop == NULL)
		return malformed(a, "a part does not end");
	part->bytes = *at;
	part->length = (size_t)(stop - *at);
	*at = stop + mark->length;
	return NULL;
}

/* Behind a boundary: two dashes end the form, a line break begins a part. */
static bool
goes_on(const char **at, const char *end)
{
	if (end - *at < 2 || memcmp(*at, "\r\n", 2) != 0)
		return false;
	*at += 2;
	return true;
}

static struct problem *
read_parts(struct arena *a, const struct mark *mark, const char *at, const char *end,
    struct multipart_part parts[MULTIPART_PARTS_MAX], size_t *count)
{
	struct problem *p;

	while (goes_on(&at, end)) {
		if (*count == MULTIPART_PARTS_MAX)
			return malformed(a, "it has too many parts");
		if ((p = read_part(a, mark, &at, end, &parts[*count])) != NULL)
			return p;
		(*count)++;
	}
	if (end - at < 2 || memcmp(at, "--", 2) != 0)
		return malformed(a, "a boundary is not followed by a line break or two dashes");
	return NULL;
}

struct problem *
multipart_read(struct arena *a, const char *content_type, const char *body, size_t length,
    struct multipart_part parts[MULTIPART_PARTS_MAX], size_t *count)
{
	const char *boundary = parameter(a, content_type, "boundary");
	struct mark mark;

	*count = 0;
	if (boundary == NULL || *boundary == '\0' || strlen(boundary) > MULTIPART_BOUNDARY_MAX)
		return malformed(a, "its boundary is not named");
	mark.text = arena_printf(a, "\r\n--%s", boundary);
	mark.length = strlen(mark.text);
	if (length < mark.length - 2 || memcmp(body, mark.text + 2, mark.length - 2) != 0)
		return malformed(a, "it does not begin with its boundary");
	return read_parts(a, &mark, body + mark.length - 2, body + length, parts, count);
}
