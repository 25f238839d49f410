/* doctor_say.c -- prints one line for each check of the doctor. */
#include "ctl/doctor.h"

#include <stdarg.h>
#include <stdio.h>

PRINTF_LIKE(4, 0)
static void
print_finding(const char *verdict, const char *what, const char *mend, const char *format, va_list args)
{
	printf("%-4s  %-18s  ", verdict, what);
	vprintf(format, args);
	putchar('\n');
	if (mend != NULL)
		printf("%26s-> %s\n", "", mend);
	fflush(stdout);
}

void
doctor_good(struct doctor *d, const char *what, const char *format, ...)
{
	va_list args;

	(void)d;
	va_start(args, format);
	print_finding("ok", what, NULL, format, args);
	va_end(args);
}

void
doctor_warn(struct doctor *d, const char *what, const char *mend, const char *format, ...)
{
	va_list args;

	d->warnings++;
	va_start(args, format);
	print_finding("warn", what, mend, format, args);
	va_end(args);
}

void
doctor_bad(struct doctor *d, const char *what, const char *mend, const char *format, ...)
{
	va_list args;

	d->bad++;
	va_start(args, format);
	print_finding("BAD", what, mend, format, args);
	va_end(args);
}
