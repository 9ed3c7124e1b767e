// Linux system calls that Swift's Glibc module lacks or cannot call.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// One readiness event: the bits of epoll(7) and the token that was registered.
struct dw_event {
    uint32_t bits;
    uint64_t token;
};

static const uint32_t DW_READABLE = 0x001;     // EPOLLIN
static const uint32_t DW_WRITABLE = 0x004;     // EPOLLOUT
static const uint32_t DW_ERROR = 0x008;        // EPOLLERR
static const uint32_t DW_HANGUP = 0x010;       // EPOLLHUP
static const uint32_t DW_PEER_CLOSED = 0x2000; // EPOLLRDHUP
static const uint32_t DW_ONCE = 1u << 30;      // EPOLLONESHOT

/// epoll_create1 with close-on-exec; -1 and errno on failure.
int dw_epoll_create(void);
/// Adds or changes the interest in a descriptor, in the order that `is_new` suggests; -1 and errno on
/// failure.
int dw_epoll_set(int epoll, int descriptor, uint32_t bits, uint64_t token, bool is_new);
/// Drops the interest; a descriptor that is not registered is no error.
void dw_epoll_remove(int epoll, int descriptor);
/// Waits at most `milliseconds` (-1: for ever). Returns the number of events, 0 when interrupted.
int dw_epoll_wait(int epoll, struct dw_event *events, int limit, int milliseconds);

/// An eventfd that does not block, closed on exec; -1 and errno on failure.
int dw_wake_create(void);
/// Makes a wake descriptor readable.
void dw_wake(int descriptor);
/// Makes a wake descriptor unreadable again.
void dw_wake_clear(int descriptor);

/// Names the calling thread (at most 15 bytes) and blocks every signal on it but the synchronous
/// ones, so that handlers run elsewhere and a closed socket gives EPIPE.
void dw_prepare_worker_thread(const char *name);

/// pidfd_open(2): readable once the process has ended; -1 and errno on failure.
int dw_process_descriptor(pid_t process);

/// Starts a program: own process group, no blocked or ignored signals, the three given descriptors as
/// 0, 1 and 2, every other one closed. Returns 0 or an errno; `*process` gets the id.
int dw_spawn(const char *program, char *const arguments[], char *const environment[],
             const char *folder, int input, int output, int error, pid_t *process);

/// A pipe, closed on exec; the reading end does not block. -1 and errno on failure.
int dw_pipe(int ends[2]);

/// The name of the calling thread.
void dw_thread_name(char name[16]);

/// Turns O_NONBLOCK on; -1 and errno on failure.
int dw_set_nonblocking(int descriptor);

/// Starts to connect a TCP socket (not blocking, closed on exec, no delay) to a numeric address.
/// Returns the descriptor, or a negative errno.
int dw_connect_tcp(const char *address, int port);
/// The same for a Unix socket; -EAGAIN when its queue is full at this moment.
int dw_connect_unix(const char *path);
/// The pending error of a socket, 0 for none.
int dw_socket_error(int descriptor);
/// 4 or 6 when the text is a numeric address, else 0.
int dw_address_family(const char *address);

/// At most two malloc arenas: threads are few, and each arena keeps what it once held. Call it first.
void dw_few_arenas(void);
/// Gives back what only the start needed: pages of programs and libraries (they come back from
/// their files when touched) and free heap. Takes about a millisecond.
void dw_release_start_up_memory(void);
