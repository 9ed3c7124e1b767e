#pragma once
#include <hiredis/hiredis.h>

// A reader of replies whose arrays take their elements from `budget`. An array beyond what is left
// ends the reply with REDIS_ERR_OOM: hiredis allocates an array by the length that the peer
// announces, before one element has arrived. The budget outlives the reader.
redisReader *dw_redis_reader(long long *budget);
