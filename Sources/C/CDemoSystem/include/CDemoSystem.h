#pragma once
#include <sys/types.h>

// System calls of the demo that Swift's Glibc module does not show.

/// Blocks SIGTERM, SIGINT, SIGHUP and SIGCHLD for the process and ignores SIGPIPE. Answers a descriptor
/// that is readable when one of the blocked ones came; -1 and errno on failure. Call it before the
/// first thread starts, as threads inherit the mask.
int cdemo_signals(void);

/// The next signal that waits, 0 when there is none. Never blocks.
int cdemo_next_signal(int signals);

/// Starts a program in a session of its own with no blocked or ignored signals: input from `input` (or
/// /dev/null for -1), output and errors to `output`, `kept` (or -1) as descriptor 3, every other
/// descriptor closed. None of the three may be 0, 1 or 2.
/// Answers 0 or an errno; `*process` gets the id.
int cdemo_spawn(const char *program, char *const arguments[], const char *folder, int input,
                int output, int kept, pid_t *process);

/// The user at the other end of a Unix socket: 0, or -1 and errno.
int cdemo_peer_user(int socket, uid_t *user);

/// Names the calling thread; at most 15 bytes are kept.
void cdemo_name_thread(const char *name);
