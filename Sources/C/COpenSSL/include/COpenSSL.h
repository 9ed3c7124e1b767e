// OpenSSL's client side: one context per set of options, facts about the peer's chain even when it
// is bad. Swift sees no OpenSSL type.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// What a handshake showed. Texts are UTF-8 and cut to their room.
struct dw_tls_facts {
    int is_known;              // whether a certificate came at all
    char version[16];          // "TLSv1.3"
    char cipher[64];
    char subject[512];         // RFC 2253
    char issuer[512];
    char names[2048];          // DNS names of the subject alternatives, separated by commas
    char sha256[65];           // of the leaf, lower-case hexadecimal
    char key_type[16];         // of the leaf's key: "RSA", "EC", "ED25519"
    int key_bits;              // 0: not known
    char signature_hash[16];   // "SHA256"; "" where the signature has none of its own
    int64_t expires;           // seconds since the epoch, the leaf
    int64_t earliest;          // the earliest of the certificates that the peer sent
    int64_t verified_earliest; // the earliest of the chain that was verified, 0 when none was
    char error[160];           // the verifier's text, "" when the chain and the name are good
};

/// How one connection is checked, and where its facts go.
struct dw_tls_check {
    int verify;                // 0: record the error and go on
    char host[256];            // the name or address that the leaf must bear
    struct dw_tls_facts facts;
};

/// Installs the check of the peer's chain in an `SSL_CTX`, for libcurl's callback of that kind.
/// `check` lives as long as the context.
void dw_tls_install(void *ssl_context, struct dw_tls_check *check);

typedef struct dw_tls_context dw_tls_context;
typedef struct dw_tls dw_tls;

/// A context for clients; NULL and a text on failure. Files are PEM, NULL for none. `is_modern`
/// refuses what is older than TLS 1.2.
dw_tls_context *dw_tls_context_new(
    const char *ca_file, const char *certificate_file, const char *key_file, int is_modern,
    char *error, size_t room);
void dw_tls_context_free(dw_tls_context *context);

/// A connection over a descriptor that does not block. `check` lives as long as the connection.
dw_tls *dw_tls_new(
    dw_tls_context *context, int descriptor, const char *server_name, struct dw_tls_check *check);
void dw_tls_free(dw_tls *tls);

/// What the calls below return besides a number of bytes.
static const int DW_TLS_CLOSED = 0;
static const int DW_TLS_WANTS_READ = -1;
static const int DW_TLS_WANTS_WRITE = -2;
static const int DW_TLS_FAILED = -3;

/// 1 once the handshake is over.
int dw_tls_handshake(dw_tls *tls);
int dw_tls_read(dw_tls *tls, void *buffer, int room);
int dw_tls_write(dw_tls *tls, const void *bytes, int count);
/// Tells the peer that no more comes; never waits.
void dw_tls_shutdown(dw_tls *tls);
/// HMAC-SHA256 of a message under a key. 1, or 0 when the library cannot.
int dw_hmac_sha256(
    const void *key, size_t key_size, const void *message, size_t size, uint8_t code[32]);
/// The text of the last failure on this thread, which is then forgotten.
void dw_tls_error(char *text, size_t room);
