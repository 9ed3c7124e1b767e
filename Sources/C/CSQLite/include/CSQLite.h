#pragma once
#include <sqlite3.h>

// Binds bytes or UTF-8 text, which SQLite copies at once. That wish is a macro's cast of -1 to a
// function pointer, nothing that Swift can spell.
int dw_sqlite_bind(sqlite3_stmt *statement, int index, const void *bytes, int count, int is_text);
