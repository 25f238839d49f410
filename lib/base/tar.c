/* tar.c -- see tar.h. */
#include "base/tar.h"

#include <string.h>

/* Where the fields of a header begin, and how many bytes they have (POSIX.1-2017, pax, "ustar Interchange Format"). */
enum {
	NAME = 0,
	MODE = 100,
	USER = 108,
	GROUP = 116,
	SIZE = 124,
	SECONDS = 136,
	CHECKSUM = 148,
	TYPE = 156,
	MAGIC = 257,
	DEVICE_MAJOR = 329,
	DEVICE_MINOR = 337,
	ID_DIGITS = 7,
	LONG_DIGITS = 11,
	CHECKSUM_DIGITS = 6
};

/* Write a number with so many octal digits.  A NUL is behind them already. */
static void
put_octal(unsigned char *at, int digits, uint64_t number)
{
	for (int i = digits - 1; i >= 0; i--) {
		at[i] = (unsigned char)('0' + (number & 7));
		number >>= 3;
	}
}

static bool
take_octal(const unsigned char *at, int digits, int64_t *number)
{
	*number = 0;
	for (int i = 0; i < digits; i++) {
		if (at[i] < '0' || at[i] > '7')
			return false;
		*number = *number << 3 | (at[i] - '0');
	}
	return true;
}

/* The sum of all bytes, those of the checksum itself taken as blanks. */
static void
put_checksum(unsigned char block[TAR_BLOCK])
{
	uint64_t sum = 0;

	memset(block + CHECKSUM, ' ', CHECKSUM_DIGITS + 2);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += block[i];
	put_octal(block + CHECKSUM, CHECKSUM_DIGITS, sum);
	block[CHECKSUM + CHECKSUM_DIGITS] = '\0';
}

void
tar_header(unsigned char block[TAR_BLOCK], const char *name, int64_t size, int64_t seconds)
{
	memset(block, 0, TAR_BLOCK);
	memcpy(block + NAME, name, strnlen(name, TAR_NAME_MAX));
	put_octal(block + MODE, ID_DIGITS, 0644);
	put_octal(block + USER, ID_DIGITS, 0);
	put_octal(block + GROUP, ID_DIGITS, 0);
	put_octal(block + SIZE, LONG_DIGITS, (uint64_t)size);
	put_octal(block + SECONDS, LONG_DIGITS, (uint64_t)seconds);
	block[TYPE] = '0';
	memcpy(block + MAGIC, "ustar\0" "00", 8);
	put_octal(block + DEVICE_MAJOR, ID_DIGITS, 0);
	put_octal(block + DEVICE_MINOR, ID_DIGITS, 0);
	put_checksum(block);
}

bool
tar_read(const unsigned char block[TAR_BLOCK], char name[TAR_NAME_MAX + 1], int64_t *size, int64_t *seconds)
{
	unsigned char again[TAR_BLOCK];

	memcpy(name, block + NAME, TAR_NAME_MAX);
	name[TAR_NAME_MAX] = '\0';
	if (name[0] == '\0' || !take_octal(block + SIZE, LONG_DIGITS, size) ||
	    !take_octal(block + SECONDS, LONG_DIGITS, seconds))
		return false;
	tar_header(again, name, *size, *seconds);
	return memcmp(block, again, TAR_BLOCK) == 0;
}

size_t
tar_padding(int64_t size)
{
	return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}
