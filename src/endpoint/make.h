/* make.h -- what several types share: checking parameters, making requests,
 * saying why. Private to endpoint/. */
#ifndef ENDPOINT_MAKE_H
#define ENDPOINT_MAKE_H

#include "endpoint/endpoint.h"

extern const struct field no_fields[]; /* a table without rows */
/* The row of a struct's member ca_file. */
#define CA_FILE(S)                                                             \
    {TEXT(S, ca_file), .label = "CA file", .optional = true, .max = 1024,      \
     .help = "PEM file with the authorities to trust instead of the system's."}

/* False, with what is wanted said at a field. */
bool check_refuse(struct error *err, const char *field, const char *wanted);
/* Letters, digits and what is in `more`; at least one. */
bool check_token(struct str s, const char *more) must_check;
/* http(s)://host[:port][/...]: printable, no blanks, no user in it. The error's
 * place is `field`. */
bool check_url(struct str url, const char *field, struct error *err) must_check;
/* The same for a vendor's own servers: https and one of `hosts` (NULL ends), in
 * any case and on its own port; any URL when `others` are allowed. ".example.com"
 * stands for every name below it. The error does not repeat the URL, which may be
 * a secret. */
bool check_vendor_url(struct str url, const char *field, const char *const *hosts,
                      bool others, struct error *err) must_check;
/* Whether the URL's host is one of those. */
bool url_host_is_one_of(struct str url, const char *const *hosts);
/* Whether the host has a dot inside: some vendors refuse a link to any other. */
bool url_host_is_dotted(struct str url);
/* check_url() for one that paths are put behind: nothing after ? or #. */
bool check_base_url(struct str url, const char *field,
                    struct error *err) must_check;
/* A name or address: no scheme, no port, no blanks. */
bool check_host(struct str host, const char *field, struct error *err) must_check;
/* "localhost", 127.0.0.0/8 and ::1. */
bool host_is_loopback(struct str host);

/* Whether these words are in it, in any case. */
bool text_says(struct str text, const char *words);

/* What one of the items says, remark and all. */
void render_message(const struct render_input *in, size_t at, struct arena *a,
                    struct message *out);
/* A request by HTTP, without a body yet; the second a POST of JSON. */
void render_http(struct request *out, const char *method, struct str url,
                 bool allow_private, struct str ca_file);
void render_post(struct request *out, struct str url, bool allow_private,
                 struct str ca_file);
/* Without the slashes it ends in: a path is put behind it. */
struct str url_base(struct str url);
/* What was written, moved into the arena. False: past the buffer's limit. */
bool render_kept(const struct buf *b, struct arena *a, struct str *out,
                 struct error *err) must_check;
void render_header(struct http_request *h, const char *name, struct str value);
/* Letters, digits, '.', '_' and '-'; anything else becomes '-'. */
struct str render_token(struct arena *a, struct str s, size_t max);

/* "engaged", "released", "stored": for machines. */
const char *alert_state_word(const struct alert *a);

/* When what is told happened: a release tells of an end. */
int64_t event_ms(const struct alert *a);

/* The same verdict for all. */
void judge_all(struct verdict verdict, struct verdict *v, size_t n);
/* "429 Too Many Requests: slow down": the code, its name, what else was said;
 * cleaned, of at most REASON_MAX bytes. */
struct str judge_reason(int status, struct str said, struct arena *a);

#endif
