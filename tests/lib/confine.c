/* confine.c -- starts a program under the restrictions of deploy/systemd/daybook.service, as far as they can be had
 * without systemd:
 *
 *   confine [--user NAME] [--write FOLDER]... [--hide FOLDER]... PROGRAM [ARGUMENT]...
 *
 * Everything but FOLDERs is read-only, there is no network and no device but /dev/null and its like; the program has no
 * capabilities, gains none, maps no memory that is writable and executable, opens sockets of this machine only, and
 * every system call that is not in `calls` fails.  These calls are fewer than those that the unit allows: what works
 * here works there.
 *
 * Root becomes NAME; anybody else needs user namespaces for what concerns files and the network.  What cannot be had
 * here is said on standard error, and the program starts without it.  It keeps its process id. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	FOLDERS_MAX = 16,
	STEPS_MAX = 400,           /* of the filter */
	EXECUTABLE = 4,            /* PROT_EXEC */
	WRITABLE_EXECUTABLE = 6,   /* PROT_WRITE and PROT_EXEC */
	REFUSE_NEW_EXECUTABLE = 65 /* PR_SET_MDWE, of Linux 6.3 */
};

struct order {
	const char *user;
	const char *writable[FOLDERS_MAX], *hidden[FOLDERS_MAX];
	int writable_count, hidden_count;
	char **program;
};

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#define MACHINE 0
#endif

#define CALL(name) __NR_##name

/* What Daybook, its libraries, the dynamic loader, and a mail command in shell ask of the system. */
static const int calls[] = {
	/* files */
	CALL(openat), CALL(close), CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64),
	CALL(pwrite64), CALL(lseek), CALL(fcntl), CALL(flock), CALL(ftruncate), CALL(fstat), CALL(newfstatat),
	CALL(statx), CALL(statfs), CALL(fstatfs), CALL(getdents64), CALL(readlinkat), CALL(faccessat),
	CALL(unlinkat), CALL(renameat2), CALL(mkdirat), CALL(dup), CALL(dup3), CALL(pipe2), CALL(ioctl),
	CALL(umask), CALL(getcwd), CALL(fchdir), CALL(fadvise64), CALL(fchown), CALL(fchownat), CALL(memfd_create),
	CALL(close_range), CALL(faccessat2), CALL(copy_file_range),
	/* memory */
	CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise),
	/* processes, signals, time */
	CALL(execve), CALL(exit), CALL(exit_group), CALL(wait4), CALL(kill), CALL(tgkill), CALL(prctl),
	CALL(getpid), CALL(getppid), CALL(gettid), CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid),
	CALL(getpgid), CALL(set_tid_address), CALL(set_robust_list), CALL(get_robust_list), CALL(rseq),
	CALL(prlimit64), CALL(futex), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn),
	CALL(rt_sigpending), CALL(rt_sigtimedwait), CALL(rt_sigsuspend), CALL(sigaltstack), CALL(restart_syscall),
	CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep), CALL(nanosleep), CALL(gettimeofday),
	CALL(setitimer), CALL(getitimer), CALL(uname), CALL(sysinfo), CALL(getrandom), CALL(sched_yield),
	CALL(sched_getaffinity), CALL(getrusage),
	/* sockets and waiting for them */
	CALL(connect), CALL(bind), CALL(listen), CALL(accept), CALL(accept4), CALL(shutdown), CALL(getsockopt),
	CALL(setsockopt), CALL(getsockname), CALL(getpeername), CALL(sendto), CALL(recvfrom), CALL(sendmsg),
	CALL(recvmsg), CALL(ppoll), CALL(pselect6),
#if defined(__x86_64__)
	CALL(open), CALL(stat), CALL(lstat), CALL(access), CALL(readlink), CALL(unlink), CALL(rename), CALL(mkdir),
	CALL(dup2), CALL(pipe), CALL(poll), CALL(select), CALL(time), CALL(alarm), CALL(getpgrp), CALL(arch_prctl),
	CALL(vfork), CALL(fork), CALL(chown), CALL(utime),
#endif
	CALL(utimensat), CALL(chdir), CALL(truncate),
};

/* ---- the system calls ---- */

struct filter {
	struct sock_filter steps[STEPS_MAX];
	unsigned short count;
};

static void
add(struct filter *f, unsigned short code, unsigned int k, unsigned char yes, unsigned char no)
{
	if (f->count == STEPS_MAX)
		abort();
	f->steps[f->count++] = (struct sock_filter){ code, yes, no, k };
}

static void
load(struct filter *f, size_t offset)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

static void
answer(struct filter *f, unsigned int action)
{
	add(f, BPF_RET | BPF_K, action, 0, 0);
}

static unsigned int
fail_with(int error)
{
	return SECCOMP_RET_ERRNO | ((unsigned int)error & SECCOMP_RET_DATA);
}

static void
answer_call(struct filter *f, int call, unsigned int action)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 1);
	answer(f, action);
}

/* The call fails when its argument has one of the bits; with all, only when it has all of them. */
static void
refuse_bits(struct filter *f, int call, int argument, unsigned int bits, bool all)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 5);
	load(f, offsetof(struct seccomp_data, args) + 8 * (size_t)argument);
	add(f, BPF_ALU | BPF_AND | BPF_K, bits, 0, 0);
	add(f, BPF_JMP | BPF_JEQ | BPF_K, all ? bits : 0, all ? 0 : 1, all ? 1 : 0);
	answer(f, fail_with(EPERM));
	answer(f, SECCOMP_RET_ALLOW);
}

static void
only_unix_sockets(struct filter *f, int call)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 4);
	load(f, offsetof(struct seccomp_data, args));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1);
	answer(f, SECCOMP_RET_ALLOW);
	answer(f, fail_with(EAFNOSUPPORT));
}

static void
add_rules(struct filter *f)
{
	const unsigned int namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
	    CLONE_NEWPID | CLONE_NEWNET;
	const unsigned int set_ids = S_ISUID | S_ISGID;

	refuse_bits(f, CALL(mmap), 2, WRITABLE_EXECUTABLE, true);
	refuse_bits(f, CALL(mprotect), 2, EXECUTABLE, false);
	refuse_bits(f, CALL(clone), 0, namespaces, false);
	refuse_bits(f, CALL(fchmod), 1, set_ids, false);
	refuse_bits(f, CALL(fchmodat), 2, set_ids, false);
#if defined(__x86_64__)
	refuse_bits(f, CALL(chmod), 1, set_ids, false);
#endif
	answer_call(f, CALL(clone3), fail_with(ENOSYS)); /* its flags are out of reach; libraries then take clone */
	only_unix_sockets(f, CALL(socket));
	only_unix_sockets(f, CALL(socketpair));
}

static int
filter_calls(void)
{
	static struct filter f;
	struct sock_fprog program = { .filter = f.steps };

	load(&f, offsetof(struct seccomp_data, arch));
	add(&f, BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
	answer(&f, SECCOMP_RET_KILL_PROCESS);
	load(&f, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		answer_call(&f, calls[i], SECCOMP_RET_ALLOW);
	add_rules(&f);
	answer(&f, fail_with(EPERM));
	program.len = f.count;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* ---- files, devices, the network ---- */

static void
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
}

/* In a user namespace of its own, whoever is no root may change what its processes see.  Ids stay what they are. */
static void
keep_ids(uid_t user, gid_t group)
{
	char text[64];

	write_text("/proc/self/setgroups", "deny");
	snprintf(text, sizeof(text), "%u %u 1", user, user);
	write_text("/proc/self/uid_map", text);
	snprintf(text, sizeof(text), "%u %u 1", group, group);
	write_text("/proc/self/gid_map", text);
}

static int
leave_the_machine(void)
{
	int namespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
	uid_t user = getuid();
	gid_t group = getgid();

	if (user == 0)
		return unshare(namespaces);
	if (unshare(namespaces | CLONE_NEWUSER) != 0)
		return -1;
	keep_ids(user, group);
	return 0;
}

static int
make_devices(void)
{
	static const char *const names[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom" };
	enum { COUNT = sizeof(names) / sizeof(names[0]) };
	int trees[COUNT];

	for (int i = 0; i < COUNT; i++)
		if ((trees[i] = open_tree(AT_FDCWD, names[i], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)) < 0)
			return -1;
	if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k") != 0)
		return -1;
	for (int i = 0; i < COUNT; i++) {
		int place = open(names[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		if (place < 0 || move_mount(trees[i], "", AT_FDCWD, names[i], MOVE_MOUNT_F_EMPTY_PATH) != 0)
			return -1;
		close(place);
		close(trees[i]);
	}
	return 0;
}

static int
set_read_only(const char *path, bool yes)
{
	struct mount_attr attributes = { 0 };

	*(yes ? &attributes.attr_set : &attributes.attr_clr) = MOUNT_ATTR_RDONLY;
	return mount_setattr(AT_FDCWD, path, yes ? AT_RECURSIVE : 0, &attributes, sizeof(attributes));
}

/* Other people's processes and the state of the machine: only root can hide them. */
static void
hide_processes(void)
{
	if (getuid() == 0 && mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    "hidepid=invisible,subset=pid") != 0)
		perror("confine: /proc stays as it is");
}

static int
change_mounts(const struct order *order)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || make_devices() != 0)
		return -1;
	for (int i = 0; i < order->writable_count; i++)
		if (mount(order->writable[i], order->writable[i], NULL, MS_BIND, NULL) != 0)
			return -1;
	for (int i = 0; i < order->hidden_count; i++)
		if (mount("tmpfs", order->hidden[i], "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=000,size=4k") != 0)
			return -1;
	hide_processes();
	if (set_read_only("/", true) != 0)
		return -1;
	for (int i = 0; i < order->writable_count; i++)
		if (set_read_only(order->writable[i], false) != 0)
			return -1;
	return 0;
}

/* ---- who it is ---- */

static int
become(const char *name)
{
	const struct passwd *user = getpwnam(name);

	if (user == NULL) {
		errno = ENOENT;
		return -1;
	}
	return setgroups(0, NULL) != 0 || setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0 ? -1 : 0;
}

/* Who may not take capabilities out of the bounding set has none to lose. */
static void
drop_bounds(void)
{
	for (unsigned long one = 0; prctl(PR_CAPBSET_READ, one, 0, 0, 0) >= 0; one++)
		prctl(PR_CAPBSET_DROP, one, 0, 0, 0);
}

static int
drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	return (int)syscall(SYS_capset, &header, none);
}

static void
must(int result, const char *what)
{
	if (result == 0)
		return;
	fprintf(stderr, "confine: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
confine(const struct order *order)
{
	pid_t parent = getppid();

	if (leave_the_machine() != 0)
		fprintf(stderr, "confine: files and network stay as they are: %s\n", strerror(errno));
	else
		must(change_mounts(order), "the file systems cannot be made read-only");
	drop_bounds();
	if (getuid() == 0)
		must(become(order->user), order->user);
	must(drop_capabilities(), "capabilities cannot be dropped");
	must(prctl(PR_SET_PDEATHSIG, SIGTERM), "the parent's end would not be noticed");
	if (getppid() != parent)
		exit(1);
	umask(077);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	prctl(REFUSE_NEW_EXECUTABLE, 1, 0, 0, 0); /* an older kernel has only the filter */
	must(filter_calls(), "system calls cannot be filtered");
}

/* ---- the command line ---- */

static int
usage(void)
{
	fputs("usage: confine [--user NAME] [--write FOLDER]... [--hide FOLDER]... PROGRAM [ARGUMENT]...\n", stderr);
	return 2;
}

static bool
read_words(char **words, struct order *order)
{
	*order = (struct order){ .user = "nobody" };
	for (; *words != NULL && strncmp(*words, "--", 2) == 0; words += 2) {
		if (words[1] == NULL || order->writable_count == FOLDERS_MAX || order->hidden_count == FOLDERS_MAX)
			return false;
		if (strcmp(*words, "--user") == 0)
			order->user = words[1];
		else if (strcmp(*words, "--write") == 0)
			order->writable[order->writable_count++] = words[1];
		else if (strcmp(*words, "--hide") == 0)
			order->hidden[order->hidden_count++] = words[1];
		else
			return false;
	}
	order->program = words;
	return *words != NULL;
}

int
main(int argc, char **argv)
{
	struct order order;

	(void)argc;
	if (!read_words(argv + 1, &order))
		return usage();
	confine(&order);
	execvp(order.program[0], order.program);
	fprintf(stderr, "confine: %s: %s\n", order.program[0], strerror(errno));
	return 127;
}
