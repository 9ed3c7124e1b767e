#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include "CNcurses.h"
#include <curses.h>
#include <term.h>
#undef columns
#undef lines
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static FILE *sink;
static int sink_fd = -1;
static long sink_read;

int dw_locale_is_utf8(void) {
    setlocale(LC_CTYPE, "");
    const char *codeset = nl_langinfo(CODESET);
    return codeset && (strcasecmp(codeset, "UTF-8") == 0 || strcasecmp(codeset, "utf8") == 0);
}

int dw_memory_file(void) { return memfd_create("dogwatch", MFD_CLOEXEC); }

int dw_term_exists(const char *term) {
    TERMINAL *before = cur_term;
    int error = 0;
    int found = setupterm((char *)term, STDERR_FILENO, &error) == OK;
    if (found) {
        TERMINAL *mine = cur_term;
        set_curterm(before);
        if (mine != before) del_curterm(mine);
    }
    return found;
}

int dw_open(const char *term) {
    sink_fd = dw_memory_file();
    if (sink_fd < 0) return -1;
    sink = fdopen(sink_fd, "w");
    if (!sink) return -1;
    use_env(FALSE);
    screen = newterm((char *)term, sink, stdin);
    if (!screen) return -1;
    nonl();
    typeahead(-1);
    curs_set(0);
    // Terminals disagree about the colour of what deleting characters leaves behind.
    idcok(stdscr, FALSE);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    return 0;
}

int dw_colours(void) { return screen && has_colors() ? COLORS : 0; }
int dw_pairs(void) { return screen && has_colors() ? COLOR_PAIRS : 0; }

void dw_define_pair(int pair, int foreground, int background) {
    init_extended_pair(pair, foreground, background);
}

void dw_resize(int rows, int columns) {
    if (screen) resize_term(rows > 0 ? rows : 1, columns > 0 ? columns : 1);
}

static attr_t attributes(uint8_t emphasis) {
    attr_t result = 0;
    if (emphasis & DW_BOLD) result |= A_BOLD;
    if (emphasis & DW_DIM) result |= A_DIM;
    if (emphasis & DW_UNDERLINE) result |= A_UNDERLINE;
    if (emphasis & DW_REVERSE) result |= A_REVERSE;
    if (emphasis & DW_ITALIC) result |= A_ITALIC;
    return result;
}

static void put(cchar_t *out, const wchar_t *text, const dw_cell *cell) {
    setcchar(out, text, attributes(cell->emphasis), cell->pair, NULL);
}

void dw_row(int row, const dw_cell *cells, int count) {
    if (!screen || row >= LINES) return;
    if (count > COLS) count = COLS;
    cchar_t *line = malloc(sizeof(cchar_t) * (size_t)(count > 0 ? count : 1));
    if (!line) return;
    int used = 0;
    for (int column = 0; column < count; column++) {
        const dw_cell *cell = &cells[column];
        if (cell->base == 0) continue;
        wchar_t text[4] = {(wchar_t)cell->base, (wchar_t)cell->marks[0], (wchar_t)cell->marks[1], 0};
        int wide = cell->width == 2;
        // Where the locale disagrees about the width, a stand-in of the right width is drawn.
        if (wcwidth(text[0]) != cell->width || (wide && column + 1 >= count)) {
            wchar_t stand_in[2] = {L'?', 0};
            put(&line[used++], stand_in, cell);
            if (wide && column + 1 < count) put(&line[used++], stand_in, cell);
            continue;
        }
        if (text[1] && wcwidth(text[1]) != 0) text[1] = 0;
        if (text[1] && text[2] && wcwidth(text[2]) != 0) text[2] = 0;
        put(&line[used++], text, cell);
    }
    mvadd_wchnstr(row, 0, line, used);
    free(line);
}

void dw_cursor(int row, int column) {
    curs_set(row >= 0);
    if (row >= 0) move(row, column);
}

void dw_beep(void) {
    beep();
}

void dw_repaint(void) {
    if (screen) clearok(curscr, TRUE);
}

void dw_refresh(void) {
    if (screen) refresh();
}

void dw_leave(void) {
    if (screen) endwin();
    if (sink) fflush(sink);
}

void dw_close(void) {
    if (screen) {
        if (!isendwin()) endwin();
        delscreen(screen);
    }
    screen = NULL;
}

long dw_pending(void) {
    if (sink_fd < 0) return 0;
    off_t size = lseek(sink_fd, 0, SEEK_END);
    return size > sink_read ? (long)size - sink_read : 0;
}

long dw_take(uint8_t *into, long limit) {
    if (sink_fd < 0) return 0;
    ssize_t count = pread(sink_fd, into, (size_t)limit, sink_read);
    if (count > 0) sink_read += count;
    if (dw_pending() == 0 && sink_read > 0) {
        if (ftruncate(sink_fd, 0) == 0) lseek(sink_fd, 0, SEEK_SET);
        sink_read = 0;
    }
    return count > 0 ? (long)count : 0;
}
