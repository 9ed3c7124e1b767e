// The terminal's line: its size, its settings, and the guard that restores both on a crash.
#define _GNU_SOURCE
#include "CNcurses.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static struct termios kept;
static int has_kept;

int dw_size(int fd, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int dw_raw(int fd) {
    struct termios line;
    if (tcgetattr(fd, &line) != 0) return -1;
    if (!has_kept) {
        kept = line;
        has_kept = 1;
    }
    line.c_iflag &= ~(tcflag_t)(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP);
    line.c_oflag &= ~(tcflag_t)OPOST;
    line.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSADRAIN, &line);
}

void dw_cooked(int fd) {
    if (has_kept) tcsetattr(fd, TCSANOW, &kept);
}

int dw_reopen(int fd) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

// What leaves the full screen on every terminal that has one: attributes off, keypad mode off,
// pasting and mouse as before, the cursor shown, the first screen back.
static const char restore[] = "\033[0m\033[?2004l\033[?1000l\033[?1006l\033[?1l\033>\033[?25h\033[?1049l\r\n";

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
enum { CRASHES = sizeof crashes / sizeof crashes[0], TAIL = 4096 };
static struct sigaction before[CRASHES];
static volatile sig_atomic_t guarded_terminal = -1;
static volatile sig_atomic_t captured_errors = -1;
static char alternate_stack[64 * 1024];

static void say(int fd, const char *text, size_t length) {
    while (length > 0) {
        ssize_t count = write(fd, text, length);
        if (count <= 0) return;
        text += count;
        length -= (size_t)count;
    }
}

static void tell_captured(int fd) {
    static char tail[TAIL];
    struct stat facts;
    if (captured_errors < 0 || fstat(captured_errors, &facts) != 0) return;
    off_t from = facts.st_size > TAIL ? facts.st_size - TAIL : 0;
    ssize_t count = pread(captured_errors, tail, TAIL, from);
    if (count > 0) say(fd, tail, (size_t)count);
}

static void crashed(int signal_number) {
    int fd = guarded_terminal;
    if (fd >= 0) {
        guarded_terminal = -1;
        // Blocking from here on: these last bytes must not be lost to a full buffer.
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
        tcflush(fd, TCOFLUSH);
        say(fd, restore, sizeof restore - 1);
        if (has_kept) tcsetattr(fd, TCSANOW, &kept);
        tell_captured(fd);
        static const char words[] = "dogwatch crashed; the terminal is restored.\r\n";
        say(fd, words, sizeof words - 1);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

void dw_guard(int terminal, int captured) {
    int is_installed = guarded_terminal >= 0;
    guarded_terminal = terminal;
    captured_errors = captured;
    if (is_installed) return;
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = crashed;
    action.sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESETHAND;
    for (int index = 0; index < CRASHES; index++) sigaction(crashes[index], &action, &before[index]);
}

void dw_unguard(void) {
    if (guarded_terminal < 0) return;
    guarded_terminal = -1;
    for (int index = 0; index < CRASHES; index++) sigaction(crashes[index], &before[index], NULL);
}
