#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

int dw_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int dw_epoll_set(int epoll, int descriptor, uint32_t bits, uint64_t token, bool is_new) {
    struct epoll_event event = {.events = bits, .data = {.u64 = token}};
    if (epoll_ctl(epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
    if (errno != (is_new ? EEXIST : ENOENT)) return -1;
    return epoll_ctl(epoll, is_new ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
}

void dw_epoll_remove(int epoll, int descriptor) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

int dw_epoll_wait(int epoll, struct dw_event *events, int limit, int milliseconds) {
    struct epoll_event found[256];
    if (limit > 256) limit = 256;
    int count = epoll_wait(epoll, found, limit, milliseconds);
    for (int i = 0; i < count; i++) {
        events[i].bits = found[i].events;
        events[i].token = found[i].data.u64;
    }
    return count < 0 ? 0 : count;
}

int dw_wake_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void dw_wake(int descriptor) {
    uint64_t one = 1;
    ssize_t written = write(descriptor, &one, sizeof one);
    (void)written;  // EAGAIN means that it is readable already
}

void dw_wake_clear(int descriptor) {
    uint64_t count;
    ssize_t taken = read(descriptor, &count, sizeof count);
    (void)taken;
}

void dw_prepare_worker_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
    sigset_t set;
    sigfillset(&set);
    const int synchronous[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof synchronous / sizeof *synchronous; i++)
        sigdelset(&set, synchronous[i]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int dw_process_descriptor(pid_t process) {
    return (int)syscall(SYS_pidfd_open, process, 0);
}

int dw_spawn(const char *program, char *const arguments[], char *const environment[],
             const char *folder, int input, int output, int error, pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // The descriptors go above 2 first, so that none is overwritten before it is copied.
    int sources[3] = {input, output, error}, copies[3], result = 0;
    for (int i = 0; i < 3; i++) {
        copies[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, 3);
        if (copies[i] < 0) result = errno;
        else posix_spawn_file_actions_adddup2(&actions, copies[i], i);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (folder) posix_spawn_file_actions_addchdir_np(&actions, folder);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (result == 0)
        result = posix_spawnp(process, program, &actions, &attributes, arguments, environment);
    for (int i = 0; i < 3; i++)
        if (copies[i] >= 0) close(copies[i]);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

int dw_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int dw_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    return dw_set_nonblocking(ends[0]);
}

void dw_thread_name(char name[16]) {
    if (pthread_getname_np(pthread_self(), name, 16) != 0) name[0] = 0;
}
