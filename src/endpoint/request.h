/* request.h -- what is sent and what came back, for every way of carrying.
 * Made by endpoint/, carried by transport/, judged by endpoint/. */
#ifndef ENDPOINT_REQUEST_H
#define ENDPOINT_REQUEST_H

#include "alert/alert.h"

enum via { VIA_HTTP, VIA_MAIL, VIA_SYSLOG, VIA_EXEC, VIA_FILE, VIA_STORE };

struct header {
    const char *name;
    struct str value; /* no CR, LF or NUL: the transport asserts it */
};
#define REQUEST_HEADERS_MAX 16

struct http_request {
    const char *method;
    struct str url;
    struct header headers[REQUEST_HEADERS_MAX];
    size_t header_count;
    struct str user, password; /* Basic; user empty: none */
    struct str body;
    bool allow_private; /* may connect to RFC 1918, ULA and loopback */
    struct str ca_file; /* PEM; empty: the system's */
};

enum mail_security { MAIL_PLAIN, MAIL_STARTTLS, MAIL_TLS };

struct mail_request {
    struct str host;
    uint16_t port;
    enum mail_security security; /* STARTTLS is required, never opportunistic */
    struct str user, password;   /* user empty: no AUTH */
    struct str helo;             /* our name */
    struct str from;             /* envelope */
    const struct str *to;
    size_t to_count; /* 0: no mail, only a look at the server: connects anew,
                        EHLO, STARTTLS, AUTH, QUIT; the answer is the last before
                        QUIT, "235 2.7.0 ok"; from and body are not used */
    struct str body; /* RFC 5322, CRLF; dot-stuffing is the transport's */
    struct str ca_file;
};

enum syslog_transport { SYSLOG_LOCAL, SYSLOG_UDP, SYSLOG_TCP, SYSLOG_TLS };
enum syslog_framing { SYSLOG_OCTET, SYSLOG_LF };

struct syslog_request {
    enum syslog_transport transport;
    enum syslog_framing framing; /* TCP and TLS */
    struct str host;             /* local: the socket's path, "/dev/log" */
    uint16_t port;
    const struct str *frames; /* one message each, no trailer */
    size_t frame_count;
    struct str ca_file;
};

struct exec_request {
    struct str directory; /* absolute, from configuration only */
    struct str script;    /* a file name in it: no '/', no ".." */
    bool program;         /* it is one of the system's programs, and need not be
                             a script with a name in .sh */
    const char *const *argv; /* NULL-terminated; argv[0] is the name */
    const char *const *envp;
    struct str input; /* to its standard input */
};

struct file_request {
    struct str path;  /* absolute, from configuration only */
    struct str lines; /* appended in one piece; ends in "\n" */
};

struct store_request {
    const struct alert *const *alerts;
    size_t count;
};

struct request {
    enum via via;
    int64_t timeout_ms; /* 0: ATTEMPT_TIMEOUT_MS */
    size_t answer_max;  /* bytes of an HTTP answer that are kept, at most
                           RESPONSE_LARGE_MAX; 0: RESPONSE_MAX */
    union {
        struct http_request http;
        struct mail_request mail;
        struct syslog_request syslog;
        struct exec_request exec;
        struct file_request file;
        struct store_request store;
    };
};

enum outcome {
    OUTCOME_ANSWERED,  /* status says what */
    OUTCOME_UNREACHED, /* name, connection: nothing was sent */
    OUTCOME_TLS,       /* the handshake or the certificate */
    OUTCOME_TIMED_OUT, /* sent, or begun: it may have arrived, or go on */
    OUTCOME_LOST,      /* sent, then no answer: it may have arrived */
    OUTCOME_DENIED,    /* address not allowed, script unsafe: ours to say no */
};

struct response {
    enum outcome outcome;
    int status; /* HTTP or SMTP code; exit status, -1 for a signal */
    int64_t retry_after_ms; /* from Retry-After; 0: none */
    struct str body;        /* its first bytes, see answer_max; a script's output */
    struct str headers;     /* HTTP: its lines, the first RESPONSE_HEADERS_MAX bytes */
    struct str error;       /* the transport's words, secrets redacted; "" */
    size_t written;         /* syslog: frames; mail: recipients accepted */
    struct str peer;        /* "203.0.113.9:443" */
    int64_t lookup_us, connect_us, tls_us, total_us; /* since start; 0: n/a */
    bool reused;            /* the connection was open already */
};

#endif
