/* test_chat_steps.c -- whatever the other side answers, and in whatever order, a
 * delivery comes to an end within STEPS_MAX requests, and each is well formed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "chat_rig.h"

#define WALKS 3000
#define SLACK_NO(error) {200, "{\"ok\":false,\"error\":\"" error "\"}"}
#define MATTER_NO(status, id) {status, "{\"id\":\"" id "\",\"message\":\"x\"}"}

static const struct answer {
    int status;
    const char *body;
} discord_answers[] = {
    {200, "{\"id\":\"7\"}"},
    {204, ""},
    {404, "{\"code\":10008}"},
    {404, "{\"code\":10015}"},
    {404, ""},
    {400, "{\"code\":30046}"},
    {400, "{\"code\":50083}"},
    {400, "{\"code\":50035}"},
    {400, ""},
    {413, ""},
    {429, ""},
    {500, ""},
};

static const struct answer telegram_answers[] = {
    {200, "{\"ok\":true,\"result\":{\"message_id\":7,\"chat\":{\"id\":-100}}}"},
    {200, "{\"ok\":true}"},
    {200, ""},
    {400, "{\"description\":\"Bad Request: message is not modified\"}"},
    {400, "{\"description\":\"Bad Request: message to edit not found\"}"},
    {400, "{\"description\":\"Bad Request: chat not found\"}"},
    {400, "{\"description\":\"upgraded\",\"parameters\":{"
          "\"migrate_to_chat_id\":-200}}"},
    {400, "{\"description\":\"Bad Request: can't parse entities\"}"},
    {403, "{\"description\":\"Forbidden: bot was kicked\"}"},
    {413, ""},
    {429, "{\"description\":\"x\",\"parameters\":{\"retry_after\":3}}"},
    {500, ""},
};

static const struct answer slack_answers[] = {
    {200, "{\"ok\":true,\"channel\":\"C0123456789\",\"ts\":\"1.2\"}"},
    {200, "{\"ok\":true}"},
    SLACK_NO("message_not_found"),
    SLACK_NO("edit_window_closed"),
    SLACK_NO("thread_not_found"),
    SLACK_NO("is_archived"),
    SLACK_NO("invalid_blocks"),
    SLACK_NO("msg_too_long"),
    SLACK_NO("invalid_auth"),
    SLACK_NO("ratelimited"),
    {200, "ok"},
    {400, "invalid_payload"},
    {404, "no_service"},
    {413, ""},
    {500, ""},
};

static const struct answer mattermost_answers[] = {
    {201, "{\"id\":\"" POST "\",\"channel_id\":\"" CHANNEL "\"}"},
    {201, ""},
    {200, "ok"},
    MATTER_NO(400, "api.post.update_post.permissions_time_limit.app_error"),
    MATTER_NO(400, "api.post.create_post.root_id.app_error"),
    MATTER_NO(400, "model.post.is_valid.props.app_error"),
    MATTER_NO(403, "api.context.permissions.app_error"),
    MATTER_NO(404, "app.post.get.app_error"),
    {400, ""},
    {401, ""},
    {413, ""},
    {429, ""},
    {500, ""},
};

static const struct walk {
    const char *type, *endpoint, *recipient;
    const char *handles[4];
    const struct answer *answers;
    size_t count;
} walks[] = {
    {"discord", DISCORD,
     "{\"mention_role\":\"5\",\"thread_id\":\"6\"}",
     {"", "7", "+7", "not an id"}, discord_answers, COUNT_OF(discord_answers)},
    {"telegram", TELEGRAM_BOT,
     "{\"chat_id\":\"-50\"}", {"", "-100:7", "+-100:7", "-100"},
     telegram_answers, COUNT_OF(telegram_answers)},
    {"slack", SLACK_BOT, SLACK_TO,
     {"", "C0123456789:1.2", "+C0123456789:1.2", "C0123456789:x"}, slack_answers,
     COUNT_OF(slack_answers)},
    {"slack", SLACK_HOOK, "{}", {"", "C0123456789:1.2", "", ""}, slack_answers,
     COUNT_OF(slack_answers)},
    {"mattermost", MATTER_BOT, MATTER_TO,
     {"", CHANNEL ":" POST, "+" CHANNEL ":" POST, CHANNEL}, mattermost_answers,
     COUNT_OF(mattermost_answers)},
    {"mattermost", MATTER_HOOK, "{\"channel\":\"noc\"}",
     {"", CHANNEL ":" POST, "", ""}, mattermost_answers,
     COUNT_OF(mattermost_answers)},
};

static uint32_t dice(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* One request and its answer; true when that was the end. */
static bool step(const struct walk *w, struct render_input *in, uint32_t *seed,
                 struct arena *a)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(w->type));
    const struct answer *answer = &w->answers[dice(seed) % w->count];
    struct response r = {.status = answer->status, .body = str_of(answer->body)};
    struct verdict v[2];
    struct request request;
    struct error err;

    assert_true(t->render(in, a, &request, &err));
    assert_non_null(json_parse(a, request.http.body, &err));
    t->judge(in, &request, &r, a, v);
    assert_true(v[0].reason.n <= REASON_MAX && v[0].handle.n < HANDLE_MAX);
    if (in->count == 2)
        assert_int_equal(v[0].kind, v[1].kind);
    if (v[0].kind != VERDICT_AGAIN)
        return true;
    assert_in_range(v[0].step, 1, STEPS_MAX - 1);
    in->step = v[0].step;
    in->carry = v[0].carry;
    return false;
}

static void walk(const struct walk *w, uint32_t *seed)
{
    struct arena a freed_by(arena_release) = {0};
    bool over = dice(seed) % 3 != 0;
    struct alert alert = {.id = 1, .action = over ? ACTION_RELEASE : ACTION_ENGAGE,
                          .entity = ENTITY_HOST, .entity_value = STR("h"),
                          .type = STR("t"), .severity = SEVERITY_ERROR,
                          .tstamp_ms = 1606141256000,
                          .tstamp_end_ms = 1606141266000};
    struct render_item items[2] = {
        {.alert = &alert, .phase = over ? PHASE_RELEASE : PHASE_NEW,
         .handle = str_of(w->handles[dice(seed) % COUNT_OF(w->handles)])},
        {.alert = &alert},
    };
    struct render_input in = {
        .endpoint = endpoint_of(w->type, w->endpoint, &a),
        .recipient = recipient_of(w->type, w->recipient, &a),
        .items = items, .count = over ? 1 : 1 + dice(seed) % 2,
        .place = {.instance = STR("gw"), .now_ms = 1606141257000,
                  .base_url = STR("https://alerts.example.net")},
    };
    size_t requests = 1;

    while (!step(w, &in, seed, &a))
        requests++;
    assert_in_range(requests, 1, STEPS_MAX);
}

static void test_every_walk_ends(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(walks); i++)
        for (size_t n = 0; n < WALKS; n++)
            walk(&walks[i], &seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_walk_ends)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
