// libmicrohttpd is linked with GnuTLS, which this program never uses: its set-up at load would cost
// a millisecond and a megabyte. GnuTLS asks this function whether to skip it (gnutls.h,
// GNUTLS_SKIP_GLOBAL_INIT).
int _gnutls_global_init_skip(void);

__attribute__((visibility("default"), used)) int _gnutls_global_init_skip(void) { return 1; }
