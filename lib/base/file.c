/* file.c -- reads until the end of the file, so it also works for pipes and for files that grow. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Read as many bytes as there are, at most size.  -1 sets errno. */
static ssize_t
read_some(int fd, void *room, size_t size)
{
	ssize_t got;

	do
		got = read(fd, room, size);
	while (got < 0 && errno == EINTR);
	return got;
}

static int
read_all(int fd, char *room, size_t size, size_t *length)
{
	ssize_t got;
	char more;

	*length = 0;
	while (*length < size) {
		if ((got = read_some(fd, room + *length, size - *length)) < 0)
			return errno;
		if (got == 0)
			return 0;
		*length += (size_t)got;
	}
	got = read_some(fd, &more, 1);
	return got < 0 ? errno : got > 0 ? EFBIG : 0;
}

int
file_read(const char *path, void *room, size_t size, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), wrong;

	*length = 0;
	if (fd < 0)
		return errno;
	wrong = read_all(fd, room, size, length);
	close(fd);
	return wrong;
}
