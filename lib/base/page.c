/* page.c -- see page.h. */
#include "base/page.h"

#include "base/crypto.h"

static const char page_style[] =
    "body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#111;background:#fff}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin-top:1.5em}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right}"
    "p.note{white-space:pre-wrap;border-left:3px solid #999;padding-left:.75em}"
    "tr{break-inside:avoid}"
    "@media print{body{margin:0}}";

/* The policy needs the hash of the style in standard base64. */
const char *
page_policy(struct arena *a)
{
	unsigned char digest[SHA256_SIZE];
	char *text;

	sha256(page_style, sizeof page_style - 1, digest);
	text = base64url_text(a, digest, sizeof digest);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
	return arena_printf(a, "default-src 'none'; style-src 'sha256-%s='; "
	    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'", text);
}

void
page_begin(struct buf *b, const char *title)
{
	buf_text(b, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	page_text(b, title);
	buf_printf(b, "</title><style>%s</style></head><body>\n", page_style);
}

void
page_end(struct buf *b)
{
	buf_text(b, "</body></html>\n");
}

void
page_text(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			buf_text(b, "&amp;");
			break;
		case '<':
			buf_text(b, "&lt;");
			break;
		case '>':
			buf_text(b, "&gt;");
			break;
		case '"':
			buf_text(b, "&quot;");
			break;
		case '\'':
			buf_text(b, "&#39;");
			break;
		default:
			buf_char(b, *text);
			break;
		}
	}
}

void
page_element(struct buf *b, const char *open, const char *text, const char *close)
{
	buf_text(b, open);
	if (text != NULL)
		page_text(b, text);
	buf_text(b, close);
}

void
page_cell(struct buf *b, const char *text)
{
	page_element(b, "<td>", text, "</td>");
}

void
page_number(struct buf *b, const char *text)
{
	page_element(b, "<td class=\"n\">", text, "</td>");
}
