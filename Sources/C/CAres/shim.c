#include "CAres.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) { ares_library_init(ARES_LIB_INIT_ALL); }

static ares_channel raw(dw_ares *channel) { return (ares_channel)channel; }

dw_ares *dw_ares_new(
    const char *servers, int milliseconds, int tries, dw_ares_socket_changed changed,
    void *context, int *status) {
    pthread_once(&once, prepare);
    struct ares_options options = {
        .timeout = milliseconds, .tries = tries,
        .sock_state_cb = changed, .sock_state_cb_data = context};
    ares_channel channel = NULL;
    *status = ares_init_options(
        &channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (*status != ARES_SUCCESS) return NULL;
    if (servers) {
        *status = ares_set_servers_ports_csv(channel, servers);
        if (*status != ARES_SUCCESS) {
            ares_destroy(channel);
            return NULL;
        }
    }
    return (dw_ares *)channel;
}

void dw_ares_free(dw_ares *channel) { ares_destroy(raw(channel)); }

struct request {
    dw_ares_done done;
    void *context;
};

static void finish(void *argument, int status, int timeouts, struct ares_addrinfo *found) {
    (void)timeouts;
    struct request *request = argument;
    char text[64 * (INET6_ADDRSTRLEN + 1)];
    size_t used = 0;
    text[0] = 0;
    for (struct ares_addrinfo_node *node = found ? found->nodes : NULL; node; node = node->ai_next) {
        const void *address =
            node->ai_family == AF_INET
                ? (const void *)&((struct sockaddr_in *)node->ai_addr)->sin_addr
                : (const void *)&((struct sockaddr_in6 *)node->ai_addr)->sin6_addr;
        if (used + INET6_ADDRSTRLEN + 2 > sizeof text) break;
        if (used) text[used++] = '\n';
        inet_ntop(node->ai_family, address, text + used, INET6_ADDRSTRLEN);
        used += strlen(text + used);
    }
    if (status == ARES_SUCCESS && used == 0) status = ARES_ENODATA;
    request->done(request->context, status, status == ARES_SUCCESS ? text : NULL);
    if (found) ares_freeaddrinfo(found);
    free(request);
}

void dw_ares_resolve(
    dw_ares *channel, const char *host, int family, dw_ares_done done, void *context) {
    struct request *request = malloc(sizeof *request);
    if (!request) return done(context, ARES_ENOMEM, NULL);
    request->done = done;
    request->context = context;
    struct ares_addrinfo_hints hints = {
        .ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC,
        .ai_socktype = SOCK_STREAM};
    ares_getaddrinfo(raw(channel), host, NULL, &hints, finish, request);
}

int dw_ares_timeout(dw_ares *channel) {
    struct timeval room, *next = ares_timeout(raw(channel), NULL, &room);
    return next ? (int)(next->tv_sec * 1000 + (next->tv_usec + 999) / 1000) : -1;
}

void dw_ares_process(dw_ares *channel, int readable, int writable) {
    ares_process_fd(
        raw(channel), readable < 0 ? ARES_SOCKET_BAD : readable,
        writable < 0 ? ARES_SOCKET_BAD : writable);
}

const char *dw_ares_error(int status) { return ares_strerror(status); }
