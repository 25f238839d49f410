/* buf.h -- text that grows at its end, inside an arena: responses, canonical JSON, CSV lines.  Nothing here can fail:
 * when memory runs out, the arena aborts. */
#ifndef BUF_H
#define BUF_H

#include "base/arena.h"

struct buf {
	struct arena *arena; /* owns the bytes */
	char *text;          /* always ends in NUL, which is not counted */
	size_t length;       /* bytes used */
	size_t room;         /* bytes held, NUL included */
};

/* Begin with the empty text, in a. */
void buf_init(struct buf *b, struct arena *a);

/* Append length bytes. */
void buf_add(struct buf *b, const void *bytes, size_t length);

/* Append a NUL-terminated text. */
void buf_text(struct buf *b, const char *text);

/* Append one byte. */
void buf_char(struct buf *b, char c);

/* Make room for so many bytes more, so that the text does not move while they are appended; they may also be written
 * at the place that is returned, and buf_took then says how many they were. */
char *buf_room(struct buf *b, size_t more);
void buf_took(struct buf *b, size_t length);

/* Append formatted text. */
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Empty the text but keep its memory. */
void buf_clear(struct buf *b);

#endif
