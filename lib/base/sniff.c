/* sniff.c -- the kinds of files that are accepted, and how each begins.  A magic number is not enough: the lengths in
 * the first bytes must fit the size of the file too.  The rest is not decoded; files are sent with headers that let
 * nothing in them run. */
#include "base/sniff.h"

#include <string.h>

/* The beginning of a file. */
struct start {
	const unsigned char *bytes;
	size_t length;
	int64_t size; /* of the whole file */
};

static uint32_t
big32(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t
little32(const unsigned char *b)
{
	return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static bool
has(const struct start *s, size_t at, const char *text)
{
	size_t length = strlen(text);

	return at + length <= s->length && memcmp(s->bytes + at, text, length) == 0;
}

/* SOI, then a segment (APPn, a table, a comment or a frame) that fits into the file. */
static bool
is_jpeg(const struct start *s)
{
	unsigned marker;
	int64_t length;

	if (!has(s, 0, "\xff\xd8\xff") || s->length < 12)
		return false;
	marker = s->bytes[3];
	length = s->bytes[4] << 8 | s->bytes[5];
	if ((marker < 0xe0 || marker > 0xef) && marker != 0xfe && (marker < 0xc0 || marker > 0xcf) &&
	    marker != 0xdb && marker != 0xdd)
		return false;
	return length >= 2 && 4 + length < s->size;
}

/* The signature and IHDR, with a width and a height. */
static bool
is_png(const struct start *s)
{
	if (!has(s, 0, "\x89PNG\r\n\x1a\n") || s->length < 33 || big32(s->bytes + 8) != 13 || !has(s, 12, "IHDR"))
		return false;
	return big32(s->bytes + 16) - 1 < 0x7fffffff && big32(s->bytes + 20) - 1 < 0x7fffffff;
}

static bool
is_webp(const struct start *s)
{
	int64_t riff;

	if (s->length < 20 || !has(s, 0, "RIFF") || !has(s, 8, "WEBP"))
		return false;
	riff = little32(s->bytes + 4);
	if (riff < 12 || riff + 8 > s->size)
		return false;
	return has(s, 12, "VP8 ") || has(s, 12, "VP8L") || has(s, 12, "VP8X");
}

static bool
is_pdf(const struct start *s)
{
	return s->length >= 16 && (has(s, 0, "%PDF-1.") || has(s, 0, "%PDF-2."));
}

/* ISO 14496-12: the first box is "ftyp", with a major brand and a list of compatible brands. */
static bool
has_brand(const struct start *s, const char *const *brands)
{
	uint32_t box;

	if (s->length < 24 || !has(s, 4, "ftyp"))
		return false;
	box = big32(s->bytes);
	if (box < 16 || box % 4 != 0 || box > s->length || box >= s->size)
		return false;
	for (size_t at = 8; at + 4 <= box; at += at == 8 ? 8 : 4)
		for (size_t i = 0; brands[i] != NULL; i++)
			if (has(s, at, brands[i]))
				return true;
	return false;
}

static bool
is_heic(const struct start *s)
{
	static const char *const brands[] = { "heic", "heix", "heim", "heis", NULL };

	return has_brand(s, brands);
}

/* Still images in this container whose codec is not named.  Videos have none of these brands. */
static bool
is_heif(const struct start *s)
{
	static const char *const brands[] = { "mif1", "mif2", NULL };

	return has_brand(s, brands);
}

static const struct {
	const char *type, *extension;
	bool (*fits)(const struct start *s);
} kinds[] = {
	{ "image/jpeg", "jpg", is_jpeg },
	{ "image/png", "png", is_png },
	{ "image/webp", "webp", is_webp },
	{ "image/heic", "heic", is_heic },
	{ "image/heif", "heif", is_heif },
	{ "application/pdf", "pdf", is_pdf },
};

const char *
sniff_type(const void *bytes, size_t length, int64_t size)
{
	struct start s = { bytes, length < SNIFF_BYTES ? length : SNIFF_BYTES, size };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (kinds[i].fits(&s))
			return kinds[i].type;
	return NULL;
}

const char *
sniff_extension(const char *type)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].type, type) == 0)
			return kinds[i].extension;
	return "bin";
}

bool
sniff_is_image(const char *type)
{
	return strncmp(type, "image/", 6) == 0;
}
