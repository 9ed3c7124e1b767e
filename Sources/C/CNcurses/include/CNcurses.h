#pragma once
#include <stdint.h>

// The terminal library behind plain functions: every macro and global of curses stays in shim.c.
// All functions but the guard's handler belong to one thread. Curses draws into a memory file;
// the caller moves the bytes to the terminal, so that a slow terminal never blocks drawing.

/// One cell of a row. A `base` of 0 is the second half of a wide character.
typedef struct {
    uint32_t base;
    /// Combining marks; 0 where there is none.
    uint32_t marks[2];
    int16_t pair;
    uint8_t emphasis;
    /// Columns that the caller counts for it: 1 or 2.
    uint8_t width;
} dw_cell;

enum { DW_BOLD = 1, DW_DIM = 2, DW_UNDERLINE = 4, DW_REVERSE = 8, DW_ITALIC = 16 };

/// 1 when the environment's locale writes UTF-8. Sets the process's locale.
int dw_locale_is_utf8(void);
/// 1 when the terminal database has an entry of this name.
int dw_term_exists(const char *term);
/// Starts drawing for an entry of the terminal database; 0, or -1 when curses refuses.
int dw_open(const char *term);
/// How many colours and colour pairs the entry has; 0 colours: none.
int dw_colours(void);
int dw_pairs(void);
/// Defines a pair (1…); a colour of -1 is the terminal's default.
void dw_define_pair(int pair, int foreground, int background);
void dw_resize(int rows, int columns);
/// Replaces a row from its first column on.
void dw_row(int row, const dw_cell *cells, int count);
/// Shows the cursor there, or hides it when row is negative.
void dw_cursor(int row, int column);
/// Makes the next refresh repaint everything.
void dw_repaint(void);

/// Rings the terminal's bell at once; where it has none the screen flashes.
void dw_beep(void);
/// Puts what changed into the memory file.
void dw_refresh(void);
/// Puts the sequences that leave the full screen into the memory file; a refresh enters again.
void dw_leave(void);
void dw_close(void);
/// How many bytes wait in the memory file.
long dw_pending(void);
/// Moves up to `limit` bytes out of the memory file, oldest first, and empties it after the last.
long dw_take(uint8_t *into, long limit);

/// Rows and columns of the terminal at `fd`; -1 when it does not say.
int dw_size(int fd, int *rows, int *columns);
/// Keeps the line's settings, then reads keys one by one without echo. 0 or -1.
int dw_raw(int fd);
/// Gives the line its kept settings back.
void dw_cooked(int fd);
/// Another open file description of the same terminal, non-blocking, so that the shell's own
/// stays as it is; -1 when it cannot be opened.
int dw_reopen(int fd);
/// An anonymous file in memory, closed on exec; -1 when there is none.
int dw_memory_file(void);

/// On a crash: leaves the full screen, restores the line, prints what `captured` (a memory file,
/// or -1) holds of the standard error, and dies of the same signal. Replaces the handlers of the
/// language's runtime, which would ask questions on a broken terminal.
void dw_guard(int terminal, int captured);
/// Puts the earlier handlers back.
void dw_unguard(void);
