#pragma once
#include <sys/types.h>
#include <termios.h>

/// Runs a program as the leader of a session on a new pseudo-terminal of the given size. Answers 0 or an
/// errno. `*master` is this side; `*slave` stays open here too, so that the settings can be read when the
/// program has ended. Both are closed on exec.
int cpty_start(const char *program, char *const arguments[], char *const environment[], int rows,
               int columns, int *master, int *slave, pid_t *process);

/// Changes the size; the program gets SIGWINCH. 0, or -1 and errno.
int cpty_resize(int master, int rows, int columns);
