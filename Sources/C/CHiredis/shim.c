#include "CHiredis.h"

// hiredis' own functions; the same for every reader.
static redisReplyObjectFunctions original;
static redisReplyObjectFunctions bounded;

static void *bounded_array(const redisReadTask *task, int elements) {
    long long *budget = task->privdata;
    if (elements > 0 && budget != NULL) {
        if (*budget < elements) return NULL;
        *budget -= elements;
    }
    return original.createArray(task, elements);
}

__attribute__((constructor)) static void prepare(void) {
    redisReader *reader = redisReaderCreate();
    if (reader == NULL) return;
    original = *reader->fn;
    bounded = original;
    bounded.createArray = bounded_array;
    redisReaderFree(reader);
}

redisReader *dw_redis_reader(long long *budget) {
    if (bounded.createArray == NULL) return NULL;
    redisReader *reader = redisReaderCreateWithFunctions(&bounded);
    if (reader != NULL) reader->privdata = budget;
    return reader;
}
