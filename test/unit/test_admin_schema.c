/* test_admin_schema.c -- what forms are drawn from, over HTTP: every type's tables in
 * the reader's language, and the fields of filters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"

static void the_schema_names_every_type(void **state)
{
    struct bench *b = *state;
    struct got g = api_get(b, "/api/v1/schema/endpoint-types");
    const struct json *said;

    GOT_STATUS(g, 200);
    said = member_at(g.json, "/data")->first;
    for (size_t i = 0; endpoint_types[i] != NULL; i++, said = said->next) {
        const struct endpoint_type *type = endpoint_types[i];

        assert_non_null(said);
        assert_true(str_is(json_text(json_get(said, "name")), type->name));
        assert_int_equal(json_i64_or(json_get(said, "batch_max"), 0), type->batch_max);
        assert_int_equal(json_get(said, "rate") != NULL, type->rate_per_s > 0);
        assert_int_equal(json_get(said, "recipient_rate") != NULL,
                         type->recipient_rate_per_s > 0);
        assert_int_equal(json_bool_or(json_get(said, "edits"), false), type->edits);
    }
    assert_null(said);
}

static struct str said_at(const struct json *type, const char *path)
{
    return json_text(member_at(type, path));
}

/* A label, a help and a choice of the mail type's forms. */
static void schema_says(struct bench *b, const char *query, const char *label,
                        const char *help, const char *none)
{
    struct got g = api_get(
        b, arena_printf(&b->arena, "/api/v1/schema/endpoint-types%s", query).p);
    const struct json *type = member_at(g.json, "/data")->first;

    GOT_STATUS(g, 200);
    while (!str_is(json_text(json_get(type, "name")), "email"))
        type = type->next;
    assert_true(str_is(said_at(type, "/recipient/properties/cc/title"), label));
    assert_true(str_is(said_at(type, "/help"), help));
    assert_true(str_is(said_at(type, "/endpoint/properties/security/x-labels/none"),
                       none));
}

static void the_schema_speaks_the_readers_language(void **state)
{
    struct bench *b = *state;
    static const char english[] = "Sends alerts as mails through an SMTP server.";

    schema_says(b, "", "Copy to", english, "");
    schema_says(b, "?language=en", "Copy to", english, "");
    schema_says(b, "?language=fr", "Copy to", english, "");
    schema_says(b, "?language=de", "Kopie an",
                "Sendet Alarme als E-Mails \xc3\xbc" "ber einen SMTP-Server.", "ohne");
    schema_says(b, "?language=it", "Copia a",
                "Invia gli allarmi come e-mail tramite un server SMTP.", "senza");
}

/* Every sign the schema offers is one that the parser takes for that field. */
static void the_fields_of_filters_are_told(void **state)
{
    static const char *const values[][2] = {
        {"number", "3"}, {"severity", "error"}, {"entity", "host"}, {"action", "store"},
        {"address", "10.0.0.7"}, {"mac", "AA:BB:CC:DD:EE:FF"}, {"text", "a"},
    };
    struct bench *b = *state;
    struct got g = api_get(b, "/api/v1/schema/filters");
    const struct json *list = member_at(g.json, "/data");

    GOT_STATUS(g, 200);
    assert_in_range(list->count, 20, 100);
    for (const struct json *f = list->first; f != NULL; f = f->next)
        for (const struct json *s = json_get(f, "signs")->first; s != NULL; s = s->next) {
            bool in = str_ends(s->text, "in");
            const char *value = NULL;
            struct error err = {0};
            struct str text;

            for (size_t i = 0; i < COUNT_OF(values); i++)
                if (str_is(json_text(json_get(f, "kind")), values[i][0]))
                    value = values[i][1];
            assert_non_null(value);
            text = arena_printf(&b->arena, "%.*s %.*s %s%s%s",
                                STR_ARG(json_text(json_get(f, "name"))), STR_ARG(s->text),
                                in ? "(" : "", value, in ? ")" : "");
            if (filter_parse(text, &b->arena, NULL, &err) == NULL)
                fail_msg("%s: %s", text.p, err.text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_schema_names_every_type),
        TEST(the_schema_speaks_the_readers_language),
        TEST(the_fields_of_filters_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
