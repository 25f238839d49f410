/* order_key.h -- texts that put things in an order of people's own.  Between two keys there is always room for another
 * one, so moving one thing changes one record and no number of any other. */
#ifndef ORDER_KEY_H
#define ORDER_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
	ORDER_KEY_MAX = 60,         /* letters of a key */
	ORDER_KEY_NUMBERS = 390625  /* order_key_of_number takes numbers below this */
};

/* True for 1–60 letters a–z that do not end in a: keys are compared by their bytes, and nothing fits below a final a.
 * False for NULL. */
bool order_key_valid(const char *text);

/* A key after low and before high; NULL is the beginning or the end of everything.  A part of it is random: two who
 * insert something at the same place at the same time get different keys.  Never NULL: where nothing fits, because low
 * is not before high, one of them is not a key, or the place is used up, the result is low once more, or high where
 * low is NULL, and the ids of the two decide. */
char *order_key_between(struct arena *a, const char *low, const char *high);

/* The key of a place in a numbered list, 0 being the first.  Always the same for the same number; NULL for a number out
 * of range. */
char *order_key_of_number(struct arena *a, int64_t number);

#endif
