/* order_key.c -- keys of an order that people make themselves.
 *
 * A key is a fraction written with the digits a–z, a being zero.  Between two neighbours the digit in the middle is
 * taken.  At the ends of a list this would halve what is left each time, so there the first four digits are counted up
 * or down by one instead: half a million things can be appended before a key becomes longer. */
#include "base/order_key.h"

#include <string.h>

#include "base/crypto.h"

enum {
	DIGITS = 26,
	BLOCK = 4,                                       /* digits that are counted together at the ends of a list */
	BLOCK_LAST = DIGITS * DIGITS * DIGITS * DIGITS - 1,
	TAIL = 3                                         /* random digits at the end of a key */
};

struct draft {
	char text[ORDER_KEY_MAX + 1];
	size_t length;
};

/* A random number below limit, which is at most 256.  Small numbers are a little more frequent, which does not
 * matter. */
static unsigned
random_below(unsigned limit)
{
	unsigned char byte;

	random_bytes(&byte, 1);
	return byte % limit;
}

bool
order_key_valid(const char *text)
{
	size_t length = text == NULL ? 0 : strspn(text, "abcdefghijklmnopqrstuvwxyz");

	return length > 0 && length <= ORDER_KEY_MAX && text[length] == '\0' && text[length - 1] != 'a';
}

/* Add a digit; false when the key is as long as it may be. */
static bool
put_digit(struct draft *draft, unsigned digit)
{
	if (draft->length >= ORDER_KEY_MAX)
		return false;
	draft->text[draft->length++] = (char)('a' + digit);
	return true;
}

/* The random end of a key, as far as there is room.  The last digit is not zero. */
static void
put_tail(struct draft *draft)
{
	for (int i = 0; i < TAIL && draft->length < ORDER_KEY_MAX; i++) {
		bool last = i + 1 == TAIL || draft->length + 1 == ORDER_KEY_MAX;

		(void)put_digit(draft, last ? 1 + random_below(DIGITS - 1) : random_below(DIGITS));
	}
}

/* The digit of key at a place; after its end, zero. */
static unsigned
digit_at(const char *key, size_t length, size_t place)
{
	return place < length ? (unsigned)(key[place] - 'a') : 0;
}

/* A digit between two others that leave room, near the middle. */
static unsigned
middle(unsigned low, unsigned high)
{
	unsigned room = high - low - 1;

	return room < 4 ? low + 1 + random_below(room) : low + 1 + room / 4 + random_below(room / 2);
}

/* low and high are keys, low the smaller one.  As soon as the draft is below high, only low bounds it. */
static bool
draft_between(struct draft *draft, const char *low, const char *high)
{
	size_t low_length = strlen(low), high_length = strlen(high);
	bool bound = true;

	for (size_t i = 0; i < ORDER_KEY_MAX; i++) {
		unsigned from = digit_at(low, low_length, i);
		unsigned to = bound ? digit_at(high, high_length, i) : DIGITS;

		if (to > from + 1) {
			(void)put_digit(draft, middle(from, to));
			put_tail(draft);
			return true;
		}
		(void)put_digit(draft, from);
		bound = bound && to == from;
	}
	return false;
}

static int
block_at(const char *key, size_t length, size_t place)
{
	int block = 0;

	for (size_t i = 0; i < BLOCK; i++)
		block = block * DIGITS + (int)digit_at(key, length, place + i);
	return block;
}

static void
put_block(struct draft *draft, int block)
{
	unsigned digits[BLOCK];

	for (int i = BLOCK - 1; i >= 0; i--, block /= DIGITS)
		digits[i] = (unsigned)(block % DIGITS);
	for (int i = 0; i < BLOCK; i++)
		(void)put_digit(draft, digits[i]);
}

/* Count the first block that allows it by step, 1 or -1.  After the block there is room for the tail. */
static bool
draft_beside(struct draft *draft, const char *key, int step)
{
	size_t length = strlen(key);

	for (size_t place = 0; place + BLOCK < ORDER_KEY_MAX; place += BLOCK) {
		int block = block_at(key, length, place);

		if (step > 0 ? block < BLOCK_LAST : block > 0) {
			put_block(draft, block + step);
			put_tail(draft);
			return true;
		}
		put_block(draft, block);
	}
	return false;
}

static bool
draft_key(struct draft *draft, const char *low, const char *high)
{
	if ((low != NULL && !order_key_valid(low)) || (high != NULL && !order_key_valid(high)))
		return false;
	if (low != NULL && high != NULL)
		return strcmp(low, high) < 0 && draft_between(draft, low, high);
	if (low != NULL)
		return draft_beside(draft, low, 1);
	if (high != NULL)
		return draft_beside(draft, high, -1);
	put_tail(draft);
	draft->text[0] = 'm';
	return true;
}

char *
order_key_between(struct arena *a, const char *low, const char *high)
{
	struct draft draft = { .length = 0 };

	if (!draft_key(&draft, low, high))
		return arena_strdup(a, low != NULL ? low : high);
	return arena_strndup(a, draft.text, draft.length);
}

char *
order_key_of_number(struct arena *a, int64_t number)
{
	char text[BLOCK + 1] = "";

	if (number < 0 || number >= ORDER_KEY_NUMBERS)
		return NULL;
	for (int i = BLOCK - 1; i >= 0; i--, number /= DIGITS - 1)
		text[i] = (char)('b' + number % (DIGITS - 1));
	return arena_strdup(a, text);
}
