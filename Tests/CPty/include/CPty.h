#pragma once
#include <sys/types.h>
#include <termios.h>

/// Makes a pseudo-terminal of the given size: `*master` is this side, `*slave` the program's. Both are
/// closed on exec. 0, or -1 and errno.
int cpty_open(int rows, int columns, int *master, int *slave);

/// Runs a program as the leader of a session on the terminal `slave`. Answers 0 or an errno.
int cpty_start(const char *program, char *const arguments[], char *const environment[], int slave,
               pid_t *process);

/// Changes the size; the program gets SIGWINCH. 0, or -1 and errno.
int cpty_resize(int master, int rows, int columns);
