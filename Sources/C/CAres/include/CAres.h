// c-ares driven by an event loop: addresses of a host without blocking.
#pragma once

typedef struct dw_ares dw_ares;

/// Called when the library wants to hear of a socket, or (0, 0) no more.
typedef void (*dw_ares_socket_changed)(void *context, int socket, int readable, int writable);
/// Called once for each look-up: numeric addresses, one a line, or NULL and a status.
typedef void (*dw_ares_done)(void *context, int status, const char *addresses);

/// A channel that reads resolv.conf, or asks only `servers` ("ip:port,…") when that is not NULL.
/// `milliseconds` is the wait for the first try. NULL and a status on failure.
dw_ares *dw_ares_new(
    const char *servers, int milliseconds, int tries, dw_ares_socket_changed changed,
    void *context, int *status);
/// Ends every look-up, whose callbacks are called, then the channel.
void dw_ares_free(dw_ares *channel);

/// Looks a host up; `family` is 4, 6, or 0 for both. May call `done` before it returns.
void dw_ares_resolve(
    dw_ares *channel, const char *host, int family, dw_ares_done done, void *context);
/// Milliseconds until `dw_ares_process` must be called without a socket; -1 for never.
int dw_ares_timeout(dw_ares *channel);
/// Reads from one socket and writes to another; -1 for none.
void dw_ares_process(dw_ares *channel, int readable, int writable);

const char *dw_ares_error(int status);
