/* secret_forms.c -- every form in which a secret may be seen. */
#include "config/secret_forms.h"

#include <ctype.h>

#include "base/json.h"
#include "base/limits.h"
#include "message/escape.h"

#define URL_PATH_MIN 8 /* "/" or "/hook" gives nothing away */
#define PIECE_MIN 20   /* a token, and hardly a word of anybody's */

static void add(struct forms *f, struct str form, size_t least) {
  if (form.n < least)
    return;
  if (f->n == f->max) {
    struct str *old = f->v;

    f->max = 2 * f->max + 16;
    f->v = arena_array(f->arena, f->max, sizeof(*f->v));
    if (f->n > 0)
      memcpy(f->v, old, f->n * sizeof(*f->v));
  }
  f->v[f->n++] = form;
}

static void add_kept(struct forms *f, struct str form) {
  add(f, arena_str(f->arena, form), FORM_BYTES_MIN);
}

static void as_it_is(struct forms *f, const struct secret *s) {
  add(f, s->value, FORM_BYTES_MIN);
}

/* What cleaning makes of it: texts are cleaned before they are shown. */
static void cleaned(struct forms *f, const struct secret *s) {
  struct buf b freed_by(buf_release) = BUF(3 * s->value.n);

  clean_text(&b, s->value, true);
  if (!str_eq(buf_view(&b), s->value))
    add_kept(f, buf_view(&b));
}

/* "a\"b" of what JSON cannot say as it is. */
static void in_json(struct forms *f, const struct secret *s) {
  struct buf b freed_by(buf_release) = BUF(8 * s->value.n + 2);
  struct json_out o = JSON_OUT(&b);
  struct str inner;

  out_str(&o, NULL, s->value);
  inner = str_first(str_from(buf_view(&b), 1), b.n - 2);
  if (!str_eq(inner, s->value))
    add_kept(f, inner);
}

/* "a&amp;b", on a page that says what is wrong. */
static void in_html(struct forms *f, const struct secret *s) {
  struct buf b freed_by(buf_release) = BUF(8 * s->value.n + 2);

  escape_html(&b, s->value);
  if (!str_eq(buf_view(&b), s->value))
    add_kept(f, buf_view(&b));
}

/* "a%26b", in an address (RFC 3986). */
static void in_address(struct forms *f, const struct secret *s) {
  struct buf b freed_by(buf_release) = BUF(3 * s->value.n + 2);

  for (size_t i = 0; i < s->value.n; i++) {
    unsigned char c = (unsigned char)s->value.p[i];

    if (isalnum(c) || (c != '\0' && strchr("-._~", c) != NULL))
      buf_char(&b, (char)c);
    else
      buf_printf(&b, "%%%02X", c);
  }
  if (!str_eq(buf_view(&b), s->value))
    add_kept(f, buf_view(&b));
}

static void add_base64(struct forms *f, struct str bytes) {
  struct buf b freed_by(buf_release) = BUF(2 * bytes.n + 8);
  struct str text;

  base64(&b, bytes);
  text = buf_view(&b);
  add_kept(f, text);
  while (str_ends(text, "="))
    text.n--;
  add_kept(f, text); /* some leave out its end */
}

/* HTTP's "ApiKey" of an id and a key; SMTP's AUTH LOGIN. */
static void in_base64(struct forms *f, const struct secret *s) {
  if (s->value.n > 0)
    add_base64(f, s->value);
}

/* HTTP's "Basic" (RFC 7617); SMTP's AUTH PLAIN (RFC 4616). */
static void with_its_user(struct forms *f, const struct secret *s) {
  struct buf b freed_by(buf_release) = BUF(2 * PARAM_TEXT_MAX + 8);

  if (s->user.n == 0)
    return;
  buf_char(&b, '\0');
  buf_str(&b, s->user);
  buf_char(&b, ':');
  buf_str(&b, s->value);
  add_base64(f, str_from(buf_view(&b), 1));
  b.p[1 + s->user.n] = '\0';
  add_base64(f, buf_view(&b));
}

static bool is_url(struct str value) {
  return value.n > 0 && memmem(value.p, value.n, "://", 3) != NULL;
}

/* "/services/T0/B0/xyz" of "https://hooks.example/services/T0/B0/xyz". */
static struct str url_path(struct str value) {
  const char *at = memmem(value.p, value.n, "://", 3);
  struct str rest = str_from(value, (size_t)(at - value.p) + 3);

  return str_from(rest, str_find(rest, '/'));
}

/* The part behind the host: that is how error texts show it. */
static void behind_its_host(struct forms *f, const struct secret *s) {
  if (is_url(s->value))
    add(f, url_path(s->value), URL_PATH_MIN);
}

/* "xyz" of that path, and what follows the colon of a bot's token: an endpoint
 * puts these into another path, and an answer may write the rest of it
 * differently ("%3A"). */
static void in_pieces(struct forms *f, const struct secret *s) {
  struct str rest = is_url(s->value) ? url_path(s->value) : s->value;

  while (rest.n > 0) {
    size_t end = 0;

    while (end < rest.n && strchr("/?&=:", rest.p[end]) == NULL)
      end++;
    add(f, str_first(rest, end), PIECE_MIN);
    rest = str_from(rest, end + 1);
  }
}

typedef void form_fn(struct forms *f, const struct secret *s);

static form_fn *const all[] = {
    as_it_is,      cleaned,         in_json,   in_html,
    in_address,    in_base64,       in_pieces, with_its_user,
    behind_its_host,
};

void forms_add(struct forms *f, const struct secret *s) {
  for (size_t i = 0; i < COUNT_OF(all); i++)
    all[i](f, s);
}
