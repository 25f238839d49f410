/* page.h -- an HTML page to print: headings, lines and tables, in a style of its own and without scripts.  Text that is
 * given is escaped. */
#ifndef PAGE_H
#define PAGE_H

#include "base/buf.h"

/* The Content-Security-Policy of such a page: nothing may load but its own style. */
const char *page_policy(struct arena *a);

/* Begin a page with this title, and end it. */
void page_begin(struct buf *b, const char *title);
void page_end(struct buf *b);

/* Append text, escaped. */
void page_text(struct buf *b, const char *text);

/* Append open, text (escaped; NULL is nothing) and close: page_element(b, "<td>", name, "</td>"). */
void page_element(struct buf *b, const char *open, const char *text, const char *close);

/* A cell of a table, and one of a number. */
void page_cell(struct buf *b, const char *text);
void page_number(struct buf *b, const char *text);

#endif
