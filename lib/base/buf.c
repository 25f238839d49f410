/* buf.c -- text that grows at its end.  Its memory doubles, and the outgrown memory stays in the arena until the reset:
 * a text costs at most about twice what it holds in the end. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_ROOM = 256 /* bytes, once something is added */
};

/* Make room for more bytes and the NUL after them. */
static void
make_room(struct buf *b, size_t more)
{
	size_t room = b->room < FIRST_ROOM ? FIRST_ROOM : b->room;
	char *text;

	if (more > SIZE_MAX / 4 - b->length)
		abort();
	if (b->length + more < b->room)
		return;
	while (room <= b->length + more)
		room *= 2;
	text = arena_raw(b->arena, room);
	memcpy(text, b->text, b->length + 1);
	b->text = text;
	b->room = room;
}

void
buf_init(struct buf *b, struct arena *a)
{
	b->arena = a;
	b->text = arena_alloc(a, 1);
	b->length = 0;
	b->room = 1;
}

void
buf_add(struct buf *b, const void *bytes, size_t length)
{
	if (length == 0)
		return;
	make_room(b, length);
	memcpy(b->text + b->length, bytes, length);
	b->length += length;
	b->text[b->length] = '\0';
}

char *
buf_room(struct buf *b, size_t more)
{
	make_room(b, more);
	return b->text + b->length;
}

void
buf_took(struct buf *b, size_t length)
{
	b->length += length;
	b->text[b->length] = '\0';
}

void
buf_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(b->text + b->length, b->room - b->length, format, args);
	va_end(args);
	if (length < 0)
		abort();
	if ((size_t)length >= b->room - b->length) {
		make_room(b, (size_t)length);
		vsnprintf(b->text + b->length, b->room - b->length, format, again);
	}
	va_end(again);
	b->length += (size_t)length;
}

void
buf_clear(struct buf *b)
{
	b->length = 0;
	b->text[0] = '\0';
}
