/* decimal.h -- exact decimals as scaled integers: 12.5 with scale 2 is 1250.  Never a double. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum decimal_result {
	DECIMAL_OK,
	DECIMAL_NOT_A_NUMBER,
	DECIMAL_TOO_MANY_DIGITS, /* more digits after the point than the scale holds, not all zero */
	DECIMAL_OUT_OF_RANGE     /* |n| * 10^scale >= 2^53 */
};

/* Read a number as JSON writes it ("-12.50", "1e3") into *value = number * 10^scale, scale 0 to 9. */
enum decimal_result decimal_parse(const char *text, int scale, int64_t *value) MUST_CHECK;

/* As decimal_parse, but excess digits are rounded half away from zero.  *rounded says whether that changed the
 * value. */
enum decimal_result decimal_round(const char *text, int scale, int64_t *value, bool *rounded) MUST_CHECK;

/* value / 10^scale in its shortest form: with scale 2, 1250 is "12.5" and 1200 is "12". */
char *decimal_format(struct arena *a, int64_t value, int scale);

#endif
