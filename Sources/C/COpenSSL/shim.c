#include "COpenSSL.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int check_index = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) { check_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL); }

// MARK: facts

static int64_t expiry(const X509 *certificate) {
    struct tm parts;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return 0;
    return timegm(&parts);
}

static int64_t earliest(STACK_OF(X509) *chain) {
    int64_t result = 0;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        int64_t end = expiry(sk_X509_value(chain, i));
        if (i == 0 || end < result) result = end;
    }
    return result;
}

static void copy_name(const X509_NAME *name, char *text, size_t room) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (!memory) return;
    X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    int count = BIO_read(memory, text, (int)room - 1);
    text[count > 0 ? count : 0] = 0;
    BIO_free(memory);
}

static void copy_alternatives(const X509 *certificate, char *text, size_t room) {
    size_t used = 0;
    text[0] = 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS) continue;
        int length = ASN1_STRING_length(name->d.dNSName);
        if (used + length + 2 > room) break;
        if (used) text[used++] = ',';
        memcpy(text + used, ASN1_STRING_get0_data(name->d.dNSName), length);
        used += length;
        text[used] = 0;
    }
    GENERAL_NAMES_free(names);
}

static void copy_digest(const X509 *certificate, char text[65]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    text[0] = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &length) != 1) return;
    for (unsigned int i = 0; i < length && i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

static void copy_key(X509 *leaf, struct dw_tls_facts *facts) {
    const EVP_PKEY *key = X509_get0_pubkey(leaf);
    const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
    if (type) {
        snprintf(facts->key_type, sizeof facts->key_type, "%s", type);
        facts->key_bits = EVP_PKEY_get_bits(key);
    }
    int hash = NID_undef;
    if (X509_get_signature_info(leaf, &hash, NULL, NULL, NULL) == 1 && hash != NID_undef)
        snprintf(facts->signature_hash, sizeof facts->signature_hash, "%s", OBJ_nid2sn(hash));
}

static int bears_name(X509 *leaf, const char *host) {
    if (X509_check_ip_asc(leaf, host, 0) == 1) return 1;
    return X509_check_host(leaf, host, strlen(host), 0, NULL) == 1;
}

static void record(X509_STORE_CTX *store, SSL *ssl, int error, struct dw_tls_facts *facts) {
    memset(facts, 0, sizeof *facts);
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    if (!leaf) return;
    facts->is_known = 1;
    snprintf(facts->version, sizeof facts->version, "%s", SSL_get_version(ssl));
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
    if (!cipher) cipher = SSL_get_pending_cipher(ssl);
    if (cipher) snprintf(facts->cipher, sizeof facts->cipher, "%s", SSL_CIPHER_get_name(cipher));
    copy_name(X509_get_subject_name(leaf), facts->subject, sizeof facts->subject);
    copy_name(X509_get_issuer_name(leaf), facts->issuer, sizeof facts->issuer);
    copy_alternatives(leaf, facts->names, sizeof facts->names);
    copy_digest(leaf, facts->sha256);
    copy_key(leaf, facts);
    facts->expires = expiry(leaf);
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
    facts->earliest = sk_X509_num(sent) > 0 ? earliest(sent) : facts->expires;
    if (error == X509_V_OK) facts->verified_earliest = earliest(X509_STORE_CTX_get0_chain(store));
    else
        snprintf(facts->error, sizeof facts->error, "%s", X509_verify_cert_error_string(error));
}

/// Replaces OpenSSL's own verification: runs it, adds the name, records, then decides.
static int verify(X509_STORE_CTX *store, void *argument) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct dw_tls_check *check = argument ? argument : SSL_get_ex_data(ssl, check_index);
    if (!check) return 0;
    X509_verify_cert(store);
    int error = X509_STORE_CTX_get_error(store);
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    if (error == X509_V_OK && leaf && check->host[0] && !bears_name(leaf, check->host))
        error = X509_V_ERR_HOSTNAME_MISMATCH;
    record(store, ssl, error, &check->facts);
    // A caller that looks at the result again must see the decision, not the recorded error.
    X509_STORE_CTX_set_error(store, check->verify ? error : X509_V_OK);
    return !check->verify || error == X509_V_OK;
}

void dw_tls_install(void *ssl_context, struct dw_tls_check *check) {
    SSL_CTX_set_verify(ssl_context, SSL_VERIFY_PEER, NULL);
    // A connection that is kept can outlive its check: no second handshake may ask for it.
    SSL_CTX_set_options(ssl_context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_cert_verify_callback(ssl_context, verify, check);
}

// MARK: contexts and connections

static SSL_CTX *raw(dw_tls_context *context) { return (SSL_CTX *)context; }
static SSL *ssl(dw_tls *tls) { return (SSL *)tls; }

static dw_tls_context *refuse(SSL_CTX *context, const char *what, char *error, size_t room) {
    char text[256];
    dw_tls_error(text, sizeof text);
    snprintf(error, room, "%s: %s", what, text);
    SSL_CTX_free(context);
    return NULL;
}

dw_tls_context *dw_tls_context_new(
    const char *ca_file, const char *certificate_file, const char *key_file, int is_modern,
    char *error, size_t room) {
    pthread_once(&once, prepare);
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) return refuse(context, "TLS", error, room);
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                     SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    dw_tls_install(context, NULL);
    if (is_modern && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
        return refuse(context, "TLS 1.2", error, room);
    if (ca_file && SSL_CTX_load_verify_file(context, ca_file) != 1)
        return refuse(context, ca_file, error, room);
    if (certificate_file &&
        SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1)
        return refuse(context, certificate_file, error, room);
    const char *key = key_file ? key_file : certificate_file;
    if (key && SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        return refuse(context, key, error, room);
    return (dw_tls_context *)context;
}

void dw_tls_context_free(dw_tls_context *context) { SSL_CTX_free(raw(context)); }

dw_tls *dw_tls_new(
    dw_tls_context *context, int descriptor, const char *server_name, struct dw_tls_check *check) {
    SSL *made = SSL_new(raw(context));
    if (!made) return NULL;
    SSL_set_ex_data(made, check_index, check);
    if (server_name && server_name[0]) SSL_set_tlsext_host_name(made, server_name);
    if (SSL_set_fd(made, descriptor) != 1) {
        SSL_free(made);
        return NULL;
    }
    SSL_set_connect_state(made);
    return (dw_tls *)made;
}

void dw_tls_free(dw_tls *tls) { SSL_free(ssl(tls)); }

static int outcome(dw_tls *tls, int result) {
    if (result > 0) return result;
    switch (SSL_get_error(ssl(tls), result)) {
        case SSL_ERROR_WANT_READ: return DW_TLS_WANTS_READ;
        case SSL_ERROR_WANT_WRITE: return DW_TLS_WANTS_WRITE;
        case SSL_ERROR_ZERO_RETURN: return DW_TLS_CLOSED;
        default: return DW_TLS_FAILED;
    }
}

int dw_tls_handshake(dw_tls *tls) {
    ERR_clear_error();
    errno = 0;
    return outcome(tls, SSL_do_handshake(ssl(tls)));
}

int dw_tls_read(dw_tls *tls, void *buffer, int room) {
    ERR_clear_error();
    errno = 0;
    return outcome(tls, SSL_read(ssl(tls), buffer, room));
}

int dw_tls_write(dw_tls *tls, const void *bytes, int count) {
    ERR_clear_error();
    errno = 0;
    return outcome(tls, SSL_write(ssl(tls), bytes, count));
}

void dw_tls_shutdown(dw_tls *tls) {
    SSL_shutdown(ssl(tls));
    ERR_clear_error();
}

int dw_hmac_sha256(
    const void *key, size_t key_size, const void *message, size_t size, uint8_t code[32]) {
    unsigned int length = 0;
    if (key_size > INT_MAX) return 0;
    // A NULL key would mean the key of the call before.
    return HMAC(EVP_sha256(), key ? key : "", (int)key_size, message, size, code, &length) && length == 32;
}

void dw_tls_error(char *text, size_t room) {
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    if (reason) snprintf(text, room, "%s", reason);
    else if (code) ERR_error_string_n(code, text, room);
    else if (errno) strerror_r(errno, text, room);
    else snprintf(text, room, "closed by the other side");
    ERR_clear_error();
}

// MARK: digests
