#include "CSQLite.h"

int dw_sqlite_bind(sqlite3_stmt *statement, int index, const void *bytes, int count, int is_text) {
    const void *start = bytes ? bytes : "";
    return is_text ? sqlite3_bind_text(statement, index, start, count, SQLITE_TRANSIENT)
                   : sqlite3_bind_blob(statement, index, start, count, SQLITE_TRANSIENT);
}
