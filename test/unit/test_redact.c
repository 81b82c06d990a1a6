/* test_redact.c -- secrets taken out of texts: a table, and a slow oracle. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/redact.h"

#define VALUES_MAX 6

static void redacted(const char *const *values, struct str text,
                     struct buf *to) {
  struct arena a freed_by(arena_release) = {0};
  struct secret secrets[VALUES_MAX];
  struct redactor r;
  size_t n = 0;

  for (; n < VALUES_MAX && values[n] != NULL; n++)
    secrets[n] = (struct secret){.value = str_of(values[n])};
  redactor_init(&r, secrets, n, &a);
  redact(&r, to, text);
}

static const struct {
  const char *name;
  const char *values[VALUES_MAX];
  const char *text, *want;
} table[] = {
    {"none", {NULL}, "nothing to hide", "nothing to hide"},
    {"empty text", {"secret"}, "", ""},
    {"alone", {"secret"}, "secret", "•••"},
    {"within", {"secret"}, "a secret word", "a ••• word"},
    {"twice", {"secret"}, "secretsecret", "••••••"},
    {"at the end", {"secret"}, "my secret", "my •••"},
    {"cut short", {"secret"}, "my secre", "my secre"},
    {"too short a secret", {"abc", ""}, "abc", "abc"},
    {"the longest wins", {"secret", "secretive"}, "secretive!", "•••!"},
    {"the longest wins, other order",
     {"secretive", "secret"},
     "secretive!",
     "•••!"},
    {"a shorter one of the same start",
     {"abcdxxxx", "abcd", "abcdefgh"},
     "abcdef",
     "•••ef"},
    {"between two of the same start",
     {"abcda", "abcdz", "abcd"},
     "abcdm",
     "•••m"},
    {"same start, none fits", {"abcda", "abcdz"}, "abcdm", "abcdm"},
    {"overlapping: the first found", {"aabb", "bbcc"}, "aabbcc", "•••cc"},
    {"doubled value", {"same", "same"}, "same", "•••"},
    {"a whole URL",
     {"https://h.example/T0/B0/xyz"},
     "POST https://h.example/T0/B0/xyz: 404",
     "POST •••: 404"},
    {"only the path of a URL",
     {"https://h.example/T0/B0/xyz"},
     "POST /T0/B0/xyz to h.example: 404",
     "POST ••• to h.example: 404"},
    {"a token in a path that was made anew",
     {"https://discord.com/api/webhooks/11/aaaaaaaaaa_bbbbbbbbbb-cc"},
     "GET /api/v10/webhooks/11/aaaaaaaaaa_bbbbbbbbbb-cc/messages/7",
     "GET /api/v10/webhooks/11/•••/messages/7"},
    {"a key in a query",
     {"https://h.example/send?key=aaaaaaaaaabbbbbbbbbb"},
     "?debug=1&key=aaaaaaaaaabbbbbbbbbb",
     "?debug=1&key=•••"},
    {"a bot's token, its colon encoded",
     {"123456:aaaaaaaaaabbbbbbbbbb"},
     "/bot123456%3Aaaaaaaaaaabbbbbbbbbb/getMe",
     "/bot•••/getMe"},
    {"a bot's token, its colon encoded otherwise",
     {"123456:aaaaaaaaaabbbbbbbbbb"},
     "/bot123456%3aaaaaaaaaaabbbbbbbbbb/getMe",
     "/bot123456%3a•••/getMe"},
    {"a bot's token",
     {"123456:aaaaaaaaaabbbbbbbbbb"},
     "/bot123456:aaaaaaaaaabbbbbbbbbb/getMe",
     "/bot•••/getMe"},
    {"a host is no secret",
     {"https://a-rather-long-host.example.com/x"},
     "a-rather-long-host.example.com: refused",
     "a-rather-long-host.example.com: refused"},
    {"a URL with no path to speak of",
     {"https://h.example/hook"},
     "GET /hook",
     "GET /hook"},
    {"a URL without a path", {"https://h.example"}, "h.example", "h.example"},
    {"as JSON repeats it",
     {"a\"b\\c d"},
     "{\"said\":\"a\\\"b\\\\c d\"}",
     "{\"said\":\"•••\"}"},
    {"as it is in JSON",
     {"a\"b\\c\nd"},
     "{\"k\":\"a\\\"b\\\\c\\nd\"}",
     "{\"k\":\"•••\"}"},
    {"as HTML repeats it", {"a<b&c"}, "<p>a&lt;b&amp;c</p>", "<p>•••</p>"},
    {"as an address repeats it",
     {"pass word/1"},
     "?k=pass%20word%2F1",
     "?k=•••"},
    {"Elasticsearch's key, encoded",
     {"id-7:key-of-it"},
     "ApiKey aWQtNzprZXktb2YtaXQ= is bad",
     "ApiKey ••• is bad"},
    {"the same without its end",
     {"id-7:key-of-it"},
     "ApiKey aWQtNzprZXktb2YtaXQ is bad",
     "ApiKey ••• is bad"},
    {"cut within, as a reason is", {"secretive"}, "401: secret…", "401: •••…"},
    {"cut within, as an error is",
     {"secretive"},
     "401: secreti...: more",
     "401: •••...: more"},
    {"cut at its start", {"secretive"}, "401: sec…", "401: sec…"},
    {"cut behind it", {"secret"}, "secret…", "•••…"},
    {"a cut one that has dots", {"abc.d.e"}, "abc.d....", "•••..."},
    {"a shorter one, cut", {"abcd", "abcde"}, "abcd…", "•••…"},
    {"between two, cut", {"abcda", "abcdz"}, "abcd…", "•••…"},
    {"UTF-8", {"pässword"}, "der pässword", "der •••"},
};

static void test_table(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(table); i++) {
    struct buf out freed_by(buf_release) = BUF(4096);

    redacted(table[i].values, str_of(table[i].text), &out);
    if (strcmp(buf_c(&out), table[i].want) != 0)
      fail_msg("%s: \"%s\"", table[i].name, buf_c(&out));
  }
}

/* What a login sends is as good as the password. */
static void test_with_its_user(void **state) {
  struct arena a freed_by(arena_release) = {0};
  struct buf out freed_by(buf_release) = BUF(4096);
  struct secret s = {STR("open sesame"), STR("ali")};
  struct redactor r;

  (void)state;
  redactor_init(&r, &s, 1, &a);
  redact(&r, &out,
         STR("Basic YWxpOm9wZW4gc2VzYW1l, "     /* ali:open sesame */
             "PLAIN AGFsaQBvcGVuIHNlc2FtZQ==, " /* \0ali\0open sesame */
             "LOGIN YWxp b3BlbiBzZXNhbWU=."));  /* ali, open sesame */
  assert_string_equal(buf_c(&out), "Basic •••, PLAIN •••, LOGIN YWxp •••.");
}

static void test_too_long_is_over(void **state) {
  static const char *const values[VALUES_MAX] = {"1234"};
  struct buf out freed_by(buf_release) = BUF(8);

  (void)state;
  redacted(values, STR("1234 1234"), &out);
  assert_true(out.over);
  assert_null(strstr(buf_c(&out), "1234"));
}

/* The plain way: at each byte try them all. */
static void oracle(const struct str *values, size_t n, struct str text,
                   struct buf *to) {
  for (size_t at = 0; at < text.n;) {
    size_t longest = 0;

    for (size_t i = 0; i < n; i++)
      if (values[i].n >= REDACT_BYTES_MIN && values[i].n > longest &&
          str_eq(str_first(str_from(text, at), values[i].n), values[i]))
        longest = values[i].n;
    if (longest > 0)
      buf_text(to, REDACTED);
    else
      buf_char(to, text.p[at]);
    at += MAX(longest, 1u);
  }
}

/* Few letters, so that values are each other's beginnings all the time. */
static struct str letters(uint32_t *seed, size_t n, struct arena *a) {
  char *p = arena_new(a, n + 1);

  for (size_t i = 0; i < n; i++) {
    *seed = *seed * 1664525u + 1013904223u;
    p[i] = "ab"[*seed >> 31];
  }
  return (struct str){p, n};
}

static void test_against_the_oracle(void **state) {
  uint32_t seed = 1;

  (void)state;
  for (size_t round = 0; round < 2000; round++) {
    struct arena a freed_by(arena_release) = {0};
    struct buf out freed_by(buf_release) = BUF(4096);
    struct buf want freed_by(buf_release) = BUF(4096);
    struct str values[8], text = letters(&seed, 60, &a);
    struct secret secrets[COUNT_OF(values)] = {0};
    struct redactor r;

    for (size_t i = 0; i < COUNT_OF(values); i++)
      secrets[i].value = values[i] = letters(&seed, 2 + (seed >> 8) % 9, &a);
    redactor_init(&r, secrets, COUNT_OF(values), &a);
    redact(&r, &out, text);
    oracle(values, COUNT_OF(values), text, &want);
    if (strcmp(buf_c(&out), buf_c(&want)) != 0)
      fail_msg("round %zu, \"%.*s\": \"%s\", not \"%s\"", round, STR_ARG(text),
               buf_c(&out), buf_c(&want));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_with_its_user),
      cmocka_unit_test(test_too_long_is_over),
      cmocka_unit_test(test_against_the_oracle),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
