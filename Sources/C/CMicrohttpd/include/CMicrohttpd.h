#pragma once
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <microhttpd.h>

// Most of libmicrohttpd is imported as it is. What stands here is what Swift cannot call: variadic
// functions, and macros that hold casts. The library's enumerations arrive as Swift ones:
// MHD_OPTION.CONNECTION_LIMIT, MHD_ResponseMemoryMode.RESPMEM_MUST_COPY, MHD_Result.YES.
// Callbacks run on the daemon's own thread: write them in nonisolated code, as a closure made on the
// main actor stops the program there.

/// Starts a daemon that listens on `listener`, which is bound and listening already: no port is ever
/// chosen by the library. The daemon owns the socket: MHD_stop_daemon closes it.
///
/// `flags` are MHD_FLAG values; `options` ends with {MHD_OPTION_END, 0, NULL} and may be NULL. Values of
/// type function pointer with a closure (such as MHD_OPTION_NOTIFY_COMPLETED) go in as `value` (the
/// function) and `ptr_value` (the closure). Answers NULL and leaves the socket open on failure.
struct MHD_Daemon *cmhd_start(unsigned int flags, int listener, MHD_AccessHandlerCallback handler,
                              void *closure, struct MHD_OptionItem *options);

/// An option whose value is a function of the type of MHD_OPTION_NOTIFY_COMPLETED.
struct MHD_OptionItem cmhd_on_completed(MHD_RequestCompletedCallback function, void *closure);

/// Called with each request's target as it was sent, before anything is decoded. What it answers is
/// the state that the access handler's first call finds.
typedef void *(*cmhd_uri_callback)(void *closure, const char *uri, struct MHD_Connection *connection);
struct MHD_OptionItem cmhd_on_uri(cmhd_uri_callback function, void *closure);

/// The descriptor of the connection, for SO_PEERCRED and the like; -1 when there is none.
/// It stays the library's: never close it.
int cmhd_connection_fd(struct MHD_Connection *connection);

/// The address of the peer, NULL when there is none. It lives as long as the connection.
const struct sockaddr *cmhd_peer_address(struct MHD_Connection *connection);

/// Seconds without traffic after which this connection is closed; 0 means never.
enum MHD_Result cmhd_set_timeout(struct MHD_Connection *connection, unsigned int seconds);

/// Connections that the daemon holds now.
unsigned int cmhd_connections(struct MHD_Daemon *daemon);

/// Answers of a content reader (MHD_create_response_from_callback), and a length that is not known.
static const ssize_t CMHD_END_OF_STREAM = -1;
static const ssize_t CMHD_END_WITH_ERROR = -2;
static const uint64_t CMHD_SIZE_UNKNOWN = UINT64_MAX;
