#include "CCurl.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "COpenSSL.h"

struct dw_multi {
    CURLM *curl;
    dw_multi_socket_changed socket;
    dw_multi_timer_changed timer;
    void *context;
};

struct dw_transfer {
    CURL *curl;
    struct curl_slist *headers, *connect_to;
    dw_transfer_received received;
    void *context;
    struct dw_tls_check check;
    int64_t socket_opened, tls_began;  // microseconds on the monotonic clock, 0 before
    char error[CURL_ERROR_SIZE];
};

static int64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// MARK: the loop

static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *data, void *extra) {
    (void)easy, (void)extra;
    dw_multi *multi = data;
    int readable = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    int writable = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    multi->socket(multi->context, socket, readable, writable);
    return 0;
}

static int timer_changed(CURLM *curl, long milliseconds, void *data) {
    (void)curl;
    dw_multi *multi = data;
    multi->timer(multi->context, milliseconds);
    return 0;
}

dw_multi *dw_multi_new(
    dw_multi_socket_changed socket, dw_multi_timer_changed timer, void *context) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return NULL;
    dw_multi *multi = calloc(1, sizeof *multi);
    if (!multi) return NULL;
    multi->curl = curl_multi_init();
    if (!multi->curl) {
        free(multi);
        return NULL;
    }
    multi->socket = socket;
    multi->timer = timer;
    multi->context = context;
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, timer_changed);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, 64L);
    return multi;
}

void dw_multi_free(dw_multi *multi) {
    curl_multi_cleanup(multi->curl);
    free(multi);
}

void dw_multi_ready(dw_multi *multi, int socket, int readable, int writable, int failed) {
    int running;
    int bits = (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0) |
               (failed ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(multi->curl, socket, bits, &running);
}

void dw_multi_timeout(dw_multi *multi) {
    int running;
    curl_multi_socket_action(multi->curl, CURL_SOCKET_TIMEOUT, 0, &running);
}

void *dw_multi_next_done(dw_multi *multi, int *code) {
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi->curl, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *code = message->data.result;
        dw_transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        if (transfer) return transfer->context;
    }
    return NULL;
}

// MARK: a transfer

static size_t received(char *bytes, size_t size, size_t count, dw_transfer *transfer, int header) {
    size_t length = size * count;
    switch (transfer->received(transfer->context, header, (const uint8_t *)bytes, length)) {
        case 0: return length;
        case 2: return CURL_WRITEFUNC_PAUSE;
        default: return length == 0 ? 1 : 0;
    }
}

static size_t header_received(char *bytes, size_t size, size_t count, void *transfer) {
    return received(bytes, size, count, transfer, 1);
}

static size_t body_received(char *bytes, size_t size, size_t count, void *transfer) {
    return received(bytes, size, count, transfer, 0);
}

/// Comes when the connection stands and TLS begins: libcurl keeps no time for that moment when the
/// handshake fails.
static CURLcode install_check(CURL *curl, void *context, void *data) {
    (void)curl;
    dw_transfer *transfer = data;
    transfer->tls_began = microseconds();
    dw_tls_install(context, &transfer->check);
    return CURLE_OK;
}

static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    dw_transfer *transfer = data;
    transfer->socket_opened = microseconds();
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_method(CURL *curl, const struct dw_request *request) {
    if (strcmp(request->method, "HEAD") == 0 && !request->has_body) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
        return;
    }
    if (request->has_body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body ? (const char *)request->body : "");
    }
    if (strcmp(request->method, "GET") != 0 || request->has_body)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_tls(dw_transfer *transfer, const struct dw_request *request) {
    CURL *curl = transfer->curl;
    transfer->check.verify = request->verify;
    snprintf(transfer->check.host, sizeof transfer->check.host, "%s",
             request->verify_host ? request->verify_host : "");
    // The installed check decides about chain and name; libcurl loads the trusted certificates for
    // it only when it believes that it verifies itself.
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_file);
    if (request->certificate_file) {
        curl_easy_setopt(curl, CURLOPT_SSLCERT, request->certificate_file);
        curl_easy_setopt(
            curl, CURLOPT_SSLKEY,
            request->key_file ? request->key_file : request->certificate_file);
    }
    if (request->is_modern)
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    // A resumed session has no certificate to report.
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, install_check);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, transfer);
}

static void set_route(dw_transfer *transfer, const struct dw_request *request) {
    CURL *curl = transfer->curl;
    curl_easy_setopt(curl, CURLOPT_PROXY, request->proxy ? request->proxy : "");
    if (request->unix_socket) curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    if (request->connect_to) {
        transfer->connect_to = curl_slist_append(NULL, request->connect_to);
        curl_easy_setopt(curl, CURLOPT_CONNECT_TO, transfer->connect_to);
    }
    long fresh = !request->reuses_connection;
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, fresh);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, fresh);
    if (request->connect_milliseconds > 0)
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, request->connect_milliseconds);
}

static void set_callbacks(dw_transfer *transfer) {
    CURL *curl = transfer->curl;
    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, header_received);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_received);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
}

dw_transfer *dw_transfer_start(
    dw_multi *multi, const struct dw_request *request, dw_transfer_received received,
    void *context) {
    dw_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) return NULL;
    transfer->received = received;
    transfer->context = context;
    CURL *curl = transfer->curl = curl_easy_init();
    if (!curl || curl_easy_setopt(curl, CURLOPT_URL, request->url) != CURLE_OK) {
        dw_transfer_end(multi, transfer);
        return NULL;
    }
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    if (request->accepts_compression) curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    for (const char *const *header = request->headers; header && *header; header++)
        transfer->headers = curl_slist_append(transfer->headers, *header);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
    set_method(curl, request);
    set_tls(transfer, request);
    set_route(transfer, request);
    set_callbacks(transfer);
    if (curl_multi_add_handle(multi->curl, curl) != CURLM_OK) {
        dw_transfer_end(multi, transfer);
        return NULL;
    }
    return transfer;
}

void dw_transfer_resume(dw_transfer *transfer) {
    curl_easy_pause(transfer->curl, CURLPAUSE_CONT);
}

void dw_transfer_end(dw_multi *multi, dw_transfer *transfer) {
    if (transfer->curl) {
        curl_multi_remove_handle(multi->curl, transfer->curl);
        curl_easy_cleanup(transfer->curl);
    }
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->connect_to);
    free(transfer);
}

static int64_t moment(CURL *curl, CURLINFO what) {
    curl_off_t value = 0;
    curl_easy_getinfo(curl, what, &value);
    return value;
}

static void copy_text(CURL *curl, CURLINFO what, char *text, size_t room) {
    char *found = NULL;
    curl_easy_getinfo(curl, what, &found);
    snprintf(text, room, "%s", found ? found : "");
}

void dw_transfer_get_facts(dw_transfer *transfer, struct dw_transfer_facts *facts) {
    CURL *curl = transfer->curl;
    memset(facts, 0, sizeof *facts);
    facts->looked_up = moment(curl, CURLINFO_NAMELOOKUP_TIME_T);
    facts->connected = moment(curl, CURLINFO_CONNECT_TIME_T);
    if (transfer->tls_began)
        facts->connected = facts->looked_up + 1 + transfer->tls_began - transfer->socket_opened;
    facts->secured = moment(curl, CURLINFO_APPCONNECT_TIME_T);
    facts->requested = moment(curl, CURLINFO_PRETRANSFER_TIME_T);
    facts->answered = moment(curl, CURLINFO_STARTTRANSFER_TIME_T);
    facts->total = moment(curl, CURLINFO_TOTAL_TIME_T);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &facts->status);
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &facts->system_error);
    long connections = 0, version = 0;
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version);
    facts->connections = (int)connections;
    switch (version) {
        case CURL_HTTP_VERSION_1_0: facts->http_major = 1; break;
        case CURL_HTTP_VERSION_1_1: facts->http_major = 1, facts->http_minor = 1; break;
        case CURL_HTTP_VERSION_2_0: facts->http_major = 2; break;
        case CURL_HTTP_VERSION_3: facts->http_major = 3; break;
        default: break;
    }
    copy_text(curl, CURLINFO_PRIMARY_IP, facts->address, sizeof facts->address);
    copy_text(curl, CURLINFO_REDIRECT_URL, facts->redirect, sizeof facts->redirect);
    snprintf(facts->error, sizeof facts->error, "%s", transfer->error);
}

const struct dw_tls_facts *dw_transfer_tls(dw_transfer *transfer) {
    return &transfer->check.facts;
}

const char *dw_curl_error(int code) { return curl_easy_strerror(code); }

// MARK: URLs

static int copy_part(CURLU *url, CURLUPart part, unsigned int flags, char *text, size_t room) {
    char *found = NULL;
    if (curl_url_get(url, part, &found, flags) != CURLUE_OK || !found) return 0;
    int fits = strlen(found) < room;
    snprintf(text, room, "%s", found);
    curl_free(found);
    return fits;
}

const char *dw_url_parse(const char *text, struct dw_url *result) {
    memset(result, 0, sizeof *result);
    CURLU *url = curl_url();
    if (!url) return "out of memory";
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, 0);
    const char *fault = code == CURLUE_OK ? NULL : curl_url_strerror(code);
    char part[1024];
    if (!fault) {
        copy_part(url, CURLUPART_SCHEME, 0, part, sizeof part);
        result->is_secure = strcmp(part, "https") == 0;
        if (!result->is_secure && strcmp(part, "http") != 0) fault = "the scheme is not http or https";
    }
    if (!fault && !copy_part(url, CURLUPART_HOST, CURLU_PUNYCODE, part, sizeof result->host))
        fault = "the host is missing or too long";
    if (!fault) {
        size_t length = strlen(part);
        int bracketed = length > 2 && part[0] == '[' && part[length - 1] == ']';
        if (bracketed) part[length - 1] = 0;
        snprintf(result->host, sizeof result->host, "%.255s", part + bracketed);
        copy_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, part, sizeof part);
        result->port = atoi(part);
        copy_part(url, CURLUPART_PATH, 0, result->target, sizeof result->target);
        if (copy_part(url, CURLUPART_QUERY, 0, part, sizeof part)) {
            size_t used = strlen(result->target);
            snprintf(result->target + used, sizeof result->target - used, "?%s", part);
        }
        char *user = NULL;
        result->has_credentials = curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK;
        curl_free(user);
    }
    curl_url_cleanup(url);
    return fault;
}
