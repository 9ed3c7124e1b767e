// libcurl's multi interface driven by an event loop, without its variadic calls. Every option comes
// from the request: no environment, no folder of certificates, no look-up of names.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct dw_multi dw_multi;
typedef struct dw_transfer dw_transfer;

/// Called when libcurl wants to hear of a socket, or (0, 0) no more.
typedef void (*dw_multi_socket_changed)(void *context, int socket, int readable, int writable);
/// Called when libcurl wants `dw_multi_timeout` after so many milliseconds; -1 for not any more.
typedef void (*dw_multi_timer_changed)(void *context, long milliseconds);

dw_multi *dw_multi_new(
    dw_multi_socket_changed socket, dw_multi_timer_changed timer, void *context);
/// Frees a multi without transfers.
void dw_multi_free(dw_multi *multi);
/// Tells libcurl of readiness. Must not be called from a callback.
void dw_multi_ready(dw_multi *multi, int socket, int readable, int writable, int failed);
void dw_multi_timeout(dw_multi *multi);
/// The context of a transfer that has ended, with its CURLcode; NULL when there is none more.
void *dw_multi_next_done(dw_multi *multi, int *code);

/// What a transfer sends, and how. Texts are copied, the body is not: it lives as long as the
/// transfer. NULL and 0 mean the absence of a thing.
struct dw_request {
    const char *method;
    const char *url;
    const char *const *headers;      // "Name: value", ended by NULL
    const uint8_t *body;
    size_t body_size;
    int has_body;
    const char *unix_socket;
    const char *connect_to;          // "::address:port": where to connect instead of the URL's host
    const char *proxy;               // with a numeric host
    const char *ca_file;
    const char *certificate_file;
    const char *key_file;
    int verify;
    int is_modern;                   // refuse what is older than TLS 1.2
    const char *verify_host;         // the name that the leaf must bear
    int reuses_connection;
    int accepts_compression;
    long connect_milliseconds;       // 0: no limit of its own
};

/// Called with each header line, and with each piece of the body. Returns 0 to go on, 1 to end the
/// transfer, 2 (body only) to pause: the same piece comes again after `dw_transfer_resume`.
typedef int (*dw_transfer_received)(
    void *context, int is_header, const uint8_t *bytes, size_t count);

/// Starts a transfer; NULL when libcurl refuses an option or has no memory.
dw_transfer *dw_transfer_start(
    dw_multi *multi, const struct dw_request *request, dw_transfer_received received,
    void *context);
void dw_transfer_resume(dw_transfer *transfer);
/// Ends the transfer if it runs, and frees it.
void dw_transfer_end(dw_multi *multi, dw_transfer *transfer);

/// What is known of a transfer, while it runs and after. Times in microseconds from its start, 0
/// when the point was not reached.
struct dw_transfer_facts {
    int64_t looked_up, connected, secured, requested, answered, total;
    long status;
    int http_major, http_minor;      // 0 when nothing was answered
    long system_error;               // errno of a failed connect
    int connections;                 // new ones that were made
    char address[64];
    char redirect[4096];             // the absolute URL of a redirect, "" for none
    char error[256];                 // libcurl's own words
};

void dw_transfer_get_facts(dw_transfer *transfer, struct dw_transfer_facts *facts);

struct dw_tls_facts;
/// The facts of the transfer's last handshake.
const struct dw_tls_facts *dw_transfer_tls(dw_transfer *transfer);

const char *dw_curl_error(int code);

/// The parts of an absolute HTTP URL that a connection needs.
struct dw_url {
    int is_secure;
    int port;
    int has_credentials;
    char host[256];                  // without brackets, in ASCII
    char target[2048];               // path and query, cut to the room
};

/// 0, or a text that says what is wrong with the URL.
const char *dw_url_parse(const char *text, struct dw_url *url);
