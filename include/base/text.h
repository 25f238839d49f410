/* text.h -- characters of UTF-8, percent-encoding, and a hash of texts. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* How many bytes the character at bytes has; room is how many bytes may be read.  0 when it is not a valid character:
 * cut off, overlong, a surrogate, or beyond U+10FFFF. */
size_t utf8_size(const char *bytes, size_t room);

/* The code point of the character at *at; *at moves past it.  The text is valid UTF-8 and does not end at *at. */
unsigned utf8_next(const char **at);

/* How many characters valid UTF-8 has. */
size_t utf8_count(const char *text);

/* How many bytes the first characters of valid UTF-8 take: as many characters as the argument says, or all if there are
 * fewer. */
size_t utf8_bytes(const char *text, size_t characters);

/* How many bytes the longest beginning of text has that ends between two characters, at most length.  text has length
 * bytes or more. */
size_t utf8_cut(const char *text, size_t length);

/* The value of a hexadecimal digit, in either case, or -1. */
int hex_value(char digit);

/* Write the last digits of n, as many as the argument says.  Returns the position after them; no NUL is written. */
char *text_digits(char *at, uint64_t n, unsigned digits);

/* Write n as text, of at most INTEGER_SIZE bytes with its NUL.  Returns its length. */
enum {
	INTEGER_SIZE = 21
};
size_t integer_text(char *text, int64_t n);
size_t unsigned_text(char *text, uint64_t n);

/* Read a decimal number at *text, which moves past it.  False when there is none, or it is too large. */
bool text_take_number(const char **text, int64_t *number);

/* Move *text past what is expected there.  False, and *text stays, when something else is there. */
bool text_take(const char **text, const char *expected);

/* Undo percent-encoding once, in a; with form a + is a space.  A % without two hexadecimal digits stays as it is, and
 * *strict is false then.  *length is that of from, and then of the result, which may hold NULs; one follows it. */
char *percent_decode(struct arena *a, const char *from, size_t *length, bool form, bool *strict);

/* FNV-1a of text, going on from another hash or TEXT_HASH.  Use it only where nobody can choose colliding keys, or
 * where a collision only costs time. */
#define TEXT_HASH UINT64_C(14695981039346656037)
uint64_t text_hash(uint64_t hash, const char *text);

#endif
