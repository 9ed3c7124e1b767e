#include "CMicrohttpd.h"

struct MHD_Daemon *cmhd_start(unsigned int flags, int listener, MHD_AccessHandlerCallback handler,
                              void *closure, struct MHD_OptionItem *options) {
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(flags, 0, NULL, NULL, handler, closure, MHD_OPTION_LISTEN_SOCKET,
                            listener, MHD_OPTION_ARRAY, options ? options : none, MHD_OPTION_END);
}

struct MHD_OptionItem cmhd_on_completed(MHD_RequestCompletedCallback function, void *closure) {
    struct MHD_OptionItem item = {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)function, closure};
    return item;
}

struct MHD_OptionItem cmhd_on_uri(cmhd_uri_callback function, void *closure) {
    struct MHD_OptionItem item = {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)function, closure};
    return item;
}

int cmhd_connection_fd(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

const struct sockaddr *cmhd_peer_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

enum MHD_Result cmhd_set_timeout(struct MHD_Connection *connection, unsigned int seconds) {
    return MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

unsigned int cmhd_connections(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info ? info->num_connections : 0;
}
