/* Loaded before the C library (LD_PRELOAD): of the calls that change or read files below the
   working directory, the one that SEPFLOW_FAULT names by kind and number does not happen.

       "kill 3"      the process is killed at the third write, rename, or other change
       "killall 3"   so is its parent, before it
       "change 3"    the third change says ENOSPC
       "read 3"      the third read says EIO
       "end 3"       the third read of a file that is only read finds its end

   Files are meant, not pipes or terminals. SEPFLOW_FAULT_MARK names a file that is made when it
   comes to that. With SEPFLOW_NAMED_FILES in the environment the file system has no files without a
   name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int counted;

static int is_below(const char *path) {
    char here[PATH_MAX];
    if (getcwd(here, sizeof here) == NULL) return 0;
    const size_t length = strlen(here);
    return path[0] != '/' || (strncmp(path, here, length) == 0 && path[length] == '/');
}

static int is_file_below(int fd) {
    char link[64], path[PATH_MAX];
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    return is_below(path);
}

/* Whether a call of this kind is the one. */
static int is_the_one(const char *kind) {
    char wanted[16];
    int number;
    const char *fault = getenv("SEPFLOW_FAULT"), *mark = getenv("SEPFLOW_FAULT_MARK");
    if (fault == NULL || sscanf(fault, "%15s %d", wanted, &number) != 2) return 0;
    if (strcmp(wanted, kind) != 0 || __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST) != number)
        return 0;
    const int file = mark != NULL ? open(mark, O_CREAT | O_WRONLY, 0600) : -1;
    if (file >= 0) close(file);
    return 1;
}

static int change_fails(void) {
    if (is_the_one("kill")) kill(getpid(), SIGKILL);
    if (is_the_one("killall")) {
        kill(getppid(), SIGKILL);
        kill(getpid(), SIGKILL);
    }
    if (!is_the_one("change")) return 0;
    errno = ENOSPC;
    return 1;
}

#define REAL(type, name, ...) (__extension__(type(*)(__VA_ARGS__)) dlsym(RTLD_NEXT, #name))

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if ((flags & O_TMPFILE) == O_TMPFILE && getenv("SEPFLOW_NAMED_FILES") != NULL) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return REAL(int, open, const char *, int, ...)(path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (is_file_below(fd) && change_fails()) return -1;
    return REAL(ssize_t, write, int, const void *, size_t)(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    if (is_file_below(fd) && change_fails()) return -1;
    return REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (is_file_below(fd) && change_fails()) return -1;
    return REAL(ssize_t, writev, int, const struct iovec *, int)(fd, parts, count);
}

int ftruncate64(int fd, off64_t length) {
    if (is_file_below(fd) && change_fails()) return -1;
    return REAL(int, ftruncate64, int, off64_t)(fd, length);
}

int rename(const char *from, const char *to) {
    if (is_below(to) && change_fails()) return -1;
    return REAL(int, rename, const char *, const char *)(from, to);
}

/* A file system that stores late may find out only now that there is no room; the descriptor is
   gone even so. */
int close(int fd) {
    int (*real)(int) = REAL(int, close, int);
    const int mode = fcntl(fd, F_GETFL) & O_ACCMODE;
    const int fails = mode != O_RDONLY && is_file_below(fd) && change_fails();
    const int result = real(fd);
    if (!fails) return result;
    errno = ENOSPC;
    return -1;
}

ssize_t read(int fd, void *bytes, size_t count) {
    if (is_file_below(fd)) {
        const int is_input = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
        if (is_input && is_the_one("end")) return 0;
        if (is_the_one("read")) {
            errno = EIO;
            return -1;
        }
    }
    return REAL(ssize_t, read, int, void *, size_t)(fd, bytes, count);
}
