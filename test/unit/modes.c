/* modes.c -- parameters of every type, in each way that changes what is sent. */
#include "modes.h"

#define SYSLOG_TO(transport, more)                                             \
    "{\"transport\":\"" transport "\",\"host\":\"h\"" more "}"
#define STANDARD_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define DISCORD                                                                \
    "{\"url\":\"https://discord.com/api/webhooks/1100000000000000001/"         \
    "AbCdEf-ghIJkl_0123456789\"}"
#define TELEGRAM "{\"token\":\"123456789:AAE-fake_Token_of_35_characters_00000\"}"
#define WECHAT                                                                 \
    "{\"url\":\"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="         \
    "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa\"}"
#define ELASTIC "{\"url\":\"https://es:9200\",\"api_key\":\"fake:api-key\"}"
#define MATTERMOST                                                             \
    "{\"url\":\"https://mm.example.net\",\"token\":\"fake0mattermost0token00001\"}"
#define TEAMS                                                                  \
    "{\"url\":\"https://prod-01.westeurope.logic.azure.com:443/workflows/1/"    \
    "triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2F"    \
    "manual%2Frun&sv=1.0&sig=fakeSignature0123456789\"}"
#define CONNECTOR                                                              \
    "{\"format\":\"messagecard\",\"url\":\"https://tenant.webhook.office.com/"   \
    "webhookb2/11111111-2222-3333-4444-555555555555@66666666-7777-8888-9999-"  \
    "000000000000/IncomingWebhook/0123456789abcdef0123456789abcdef/"           \
    "11111111-2222-3333-4444-555555555555\"}"
#define PAGERDUTY                                                              \
    "{\"integration_key\":\"0123456789abcdef0123456789abcdef\"}"
#define THEHIVE "\"url\":\"https://hive.example.net\",\"api_key\":\"fake-thehive-api-key\""
#define IS(follow) (1u << (follow))

const struct mode modes[] = {
    {"alert_store_db", "alert_store_db", "{}", "{}", NULL, 0, false},

    {"discord", "discord", DISCORD, "{}", "1300000000000000007", IS(CHANGES),
     false},
    {"discord-role", "discord", DISCORD,
     "{\"mention_role\":\"5\",\"thread_id\":\"6\",\"username\":\"ops\","
     "\"quiet_below\":\"none\"}",
     "1300000000000000007", 0, false},

    {"elasticsearch", "elasticsearch", ELASTIC, "{}", NULL, IS(FOLLOWS), true},
    {"elasticsearch-old", "elasticsearch",
     "{\"url\":\"https://es:9200\",\"api_key\":\"fake:api-key\",\"ecs_version\":"
     "\"1.6.0\",\"scalar_category\":true}",
     "{\"index_prefix\":\"a\"}", NULL, IS(FOLLOWS), true},

    {"email", "email", "{\"smtp_server\":\"h\",\"email_sender\":\"a@b.org\"}",
     "{\"email_recipient\":\"c@d.org\",\"cc\":\"\\\"J, K\\\" <j@k.org>\"}",
     "<4719.3@gw-pisa.example.net>", 0, false},

    {"fail2ban", "fail2ban", "{\"unban_on_release\":true}", "{\"jail\":\"j\"}",
     "203.0.113.9", 0, false},
    {"fail2ban-log", "fail2ban", "{\"method\":\"log\",\"file\":\"/x\"}",
     "{\"jail\":\"j\"}", "203.0.113.9", 0, false},

    {"mattermost", "mattermost", MATTERMOST,
     "{\"channel_id\":\"qmd5oqtwoibz8cuzxzg5ekshgr\"}",
     "qmd5oqtwoibz8cuzxzg5ekshgr:7wq1bnfa4pgojm9x3ckzte5rid",
     IS(CHANGES) | IS(ANSWERS), false},
    {"mattermost-hook", "mattermost",
     "{\"url\":\"https://mm.example.net/hooks/hook5fake7mattermost900001\"}", "{}",
     NULL, IS(FOLLOWS), false},

    {"pagerduty", "pagerduty", PAGERDUTY, "{}", "tocsin-gw-pisa-4719", IS(ENDS),
     true},
    {"pagerduty-change", "pagerduty", PAGERDUTY, "{\"one_shot\":\"change\"}",
     "tocsin-gw-pisa-4719", 0, true},

    {"shell", "shell", "{\"script\":\"a.sh\"}", "{\"options\":\"-v 'a b'\"}", NULL,
     0, false},

    {"slack", "slack", "{\"bot_token\":\"xoxb-fake-0123456789-abcdef\"}",
     "{\"channel\":\"C0123456789\"}", "C0123456789:1606141257.000200",
     IS(CHANGES) | IS(ANSWERS), false},
    {"slack-hook", "slack",
     "{\"webhook\":\"https://hooks.slack.com/services/T00000000/B00000000/x\"}",
     "{}", NULL, IS(FOLLOWS), false},

    {"syslog", "syslog", "{}", "{}", NULL, 0, false},
    {"syslog-udp", "syslog", SYSLOG_TO("udp", ""), "{}", NULL, 0, false},
    {"syslog-480", "syslog", SYSLOG_TO("udp", ",\"max_size\":480"), "{}", NULL, 0,
     false},
    {"syslog-3164", "syslog", SYSLOG_TO("tcp", ",\"header\":\"rfc3164\""), "{}",
     NULL, 0, false},
    {"syslog-json", "syslog", SYSLOG_TO("udp", ",\"format\":\"json\""), "{}", NULL,
     0, false},
    {"syslog-json-480", "syslog",
     SYSLOG_TO("udp", ",\"format\":\"json\",\"max_size\":480"), "{}", NULL, 0,
     false},
    {"syslog-ecs", "syslog", SYSLOG_TO("tls", ",\"format\":\"ecs\""), "{}", NULL, 0,
     false},
    {"syslog-checkmk", "syslog", SYSLOG_TO("tcp", ",\"format\":\"checkmk\""), "{}",
     NULL, 0, false},

    {"teams", "teams", TEAMS, "{}", NULL, IS(FOLLOWS), false},
    {"teams-messagecard", "teams", CONNECTOR, "{}", NULL, IS(FOLLOWS), false},

    {"telegram", "telegram", TELEGRAM, "{\"chat_id\":\"-1001234567890\"}",
     "-1001234567890:77", IS(CHANGES) | IS(ANSWERS), false},
    {"telegram-topic", "telegram", TELEGRAM,
     "{\"chat_id\":\"@tocsin_alerts\",\"topic_id\":7}", "-1001234567890:77", 0,
     false},

    {"thehive", "thehive",
     "{" THEHIVE ",\"observable_url\":\"https://wiki.example.net\","
     "\"observable_email\":\"soc@example.net\"}",
     "{\"organisation\":\"soc\"}", "~4096", IS(CHANGES) | IS(ANSWERS), true},
    {"thehive-4", "thehive", "{" THEHIVE ",\"version\":\"4\"}", "{}", "~4096", 0,
     true},

    {"webhook", "webhook",
     "{\"url\":\"https://example.com/x\",\"shared_secret\":\"s\"}", "{}", NULL, 0,
     false},
    {"webhook-standard", "webhook",
     "{\"url\":\"https://example.com/x\",\"format\":\"standard\","
     "\"signing_secret\":\"" STANDARD_SECRET "\"}",
     "{}", NULL, 0, false},

    {"wechat", "wechat", WECHAT, "{}", NULL, IS(FOLLOWS), false},
    {"wechat-text", "wechat", WECHAT,
     "{\"msgtype\":\"text\",\"mentioned_list\":[\"wangqing\"]}", NULL, IS(FOLLOWS),
     false},
    {.name = NULL},
};

const struct endpoint_type *mode_type(const struct mode *m)
{
    return endpoint_type_find(str_of(m->type));
}

const struct mode *mode_built(const struct mode *m)
{
    while (m->name != NULL && mode_type(m) == NULL)
        m++;
    return m->name != NULL ? m : NULL;
}

const struct mode *mode_talking(const struct mode *m)
{
    while (m->name != NULL && (m->follows == 0 || mode_type(m) == NULL))
        m++;
    return m->name != NULL ? m : NULL;
}

static bool read_one(const struct field *rows, size_t size, const char *json,
                     struct arena *a, const void **out, struct error *err)
{
    void *into = arena_new(a, MAX(size, 1u));
    const struct json *j = json_parse(a, str_of(json), err);

    *out = into;
    return j != NULL && fields_read(rows, j, into, a, err);
}

bool mode_params(const struct mode *m, struct arena *a, const void **endpoint,
                 const void **recipient, struct error *err)
{
    const struct endpoint_type *t = mode_type(m);

    if (read_one(t->endpoint_fields, t->endpoint_size, m->endpoint, a, endpoint,
                 err) &&
        read_one(t->recipient_fields, t->recipient_size, m->recipient, a,
                 recipient, err) &&
        (t->check == NULL || t->check(*endpoint, *recipient, err)))
        return true;
    return error_in(err, "modes.c: %s: %s", m->name, err->place);
}

static bool has_mode(const char *type)
{
    for (const struct mode *m = modes; m->name != NULL; m++) {
        if (strcmp(m->type, type) == 0)
            return true;
    }
    return false;
}

bool modes_complete(struct error *err)
{
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        if (!has_mode(endpoint_types[i]->name))
            return error_set(err, "modes.c: the type %s has no mode; add a row",
                             endpoint_types[i]->name);
    }
    return true;
}
