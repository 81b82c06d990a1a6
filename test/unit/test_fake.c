/* test_fake.c -- the fakes are the vendors: what each takes and refuses at the edges of
 * its limits, after its messages were deleted, its tokens revoked, too fast. The rows
 * are from spec/endpoints.md, not from the fakes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "endpoint/endpoint.h"
#include "fake/fake.h"

#define NOW_MS 1606141256000LL
#define BODY_MAX (2u << 20)

struct row {
    const char *name;
    const char *request; /* "POST /path?query" */
    const char *body;    /* ' is ", and % is `fill` so often */
    size_t times;
    int status;
    const char *says;    /* part of the answer */
    size_t posts;        /* afterwards */
    enum fault fault;
    size_t deletes;      /* the nth message is deleted before, from 1 */
    const char *fill;    /* NULL: "x" */
    const char *authorization, *type; /* NULL: the vendor's, JSON */
};

struct vendor {
    const char *name, *authorization;
    const struct row *rows;
    size_t count;
};

#define R(n, q, b, t, st, sa, p, ...)                                              \
    {.name = n, .request = q, .body = b, .times = t, .status = st, .says = sa,     \
     .posts = p, __VA_ARGS__}
#define VENDOR(name, authorization, rows) {name, authorization, rows, COUNT_OF(rows)}

#define HOOK "/api/v10/webhooks/1100000000000000001/AbCdEf-ghIJkl_0123456789"
#define MESSAGE HOOK "/messages/1300000000000001000"
static const struct row discord_rows[] = {
    R("asked for", "GET " HOOK, "", 0, 200, "'id'", 0, ),
    R("waited for", "POST " HOOK "?wait=true",
      "{'content':'a'}", 0, 200, "1300000000000001000", 1, ),
    R("not waited for", "POST " HOOK, "{'content':'a'}", 0, 204, "", 2, ),
    R("edited", "PATCH " MESSAGE, "{'content':'b'}", 0, 200, "'id'", 2, ),
    R("deleted meanwhile", "PATCH " MESSAGE, "{'content':'b'}", 0, 404, "10008", 2, .deletes = 1),
    R("no such message", "PATCH " HOOK "/messages/5", "{'content':'b'}", 0, 404, "10008", 2, ),
    R("old version", "POST /api/webhooks/1100000000000000001/AbCdEf-ghIJkl_0123456789",
      "{}", 0, 400, "50041", 2, ),
    R("token", "POST /api/v10/webhooks/1100000000000000001/wrong",
      "{'content':'a'}", 0, 401, "50027", 2, ),
    R("webhook", "POST /api/v10/webhooks/5/wrong", "{'content':'a'}", 0, 404, "10015", 2, ),
    R("no JSON", "POST " HOOK, "hello", 0, 400, "50109", 2, ),
    R("empty", "POST " HOOK, "{}", 0, 400, "50006", 2, ),
    R("content", "POST " HOOK, "{'content':'%'}", 2000, 204, "", 3, ),
    R("content too long", "POST " HOOK, "{'content':'%'}", 2001, 400, "50035", 3, ),
    R("content in UTF-16", "POST " HOOK,
      "{'content':'%'}", 1001, 400, "50035", 3, .fill = "\U0001f600"),
    R("title", "POST " HOOK, "{'embeds':[{'title':'%'}]}", 256, 204, "", 4, ),
    R("title too long", "POST " HOOK, "{'embeds':[{'title':'%'}]}", 257, 400, "50035", 4, ),
    R("blanks do not count", "POST " HOOK, "{'embeds':[{'title':'% '}]}", 256, 204, "", 5, ),
    R("description too long", "POST " HOOK,
      "{'embeds':[{'description':'%'}]}", 4097, 400, "50035", 5, ),
    R("field without value", "POST " HOOK,
      "{'embeds':[{'fields':[{'name':'a'}]}]}", 0, 400, "50035", 5, ),
    R("field of blanks", "POST " HOOK,
      "{'embeds':[{'fields':[{'name':'a','value':' '}]}]}", 0, 400, "50035", 5, ),
    R("value too long", "POST " HOOK,
      "{'embeds':[{'fields':[{'name':'a','value':'%'}]}]}", 1025, 400, "50035", 5, ),
    R("footer too long", "POST " HOOK,
      "{'embeds':[{'footer':{'text':'%'}}]}", 2049, 400, "50035", 5, ),
    R("colour", "POST " HOOK,
      "{'embeds':[{'title':'a','color':16777216}]}", 0, 400, "50035", 5, ),
    R("in sum too long", "POST " HOOK,
      "{'embeds':[{'description':'%'},{'description':'%'}]}", 3001, 400, "6000", 5, ),
    R("name", "POST " HOOK, "{'content':'a','username':'Discordia'}", 0, 400, "50035", 5, ),
    R("name too long", "POST " HOOK, "{'content':'a','username':'%'}", 81, 400, "50035", 5, ),
    R("mentions twice", "POST " HOOK,
      "{'content':'a','allowed_mentions':{'parse':['users'],'users':['1']}}",
      0, 400, "exclusive", 5, ),
    R("limited", "POST " HOOK,
      "{'content':'a'}", 0, 429, "retry_after", 5, .fault = FAULT_LIMITED),
    R("limited by another", "POST " HOOK,
      "{'content':'a'}", 0, 429, "<html>", 5, .fault = FAULT_PAGE),
    R("revoked", "POST " HOOK, "{'content':'a'}", 0, 401, "50027", 5, .fault = FAULT_REVOKED),
    R("gone", "POST " HOOK, "{'content':'a'}", 0, 404, "10015", 5, .fault = FAULT_PLACE_GONE),
};

#define BOT "/bot123456789:AAE-fake_Token_of_35_characters_00000/"
#define SAY "POST " BOT "sendMessage"
#define EDIT "POST " BOT "editMessageText"
#define TO "'chat_id':-1001234567890,"
static const struct row telegram_rows[] = {
    R("token", "POST /bot1:x/getMe", "{}", 0, 401, "Unauthorized", 0, ),
    R("no token", "POST /botx/getMe", "{}", 0, 404, "Not Found", 0, ),
    R("who am I", "POST " BOT "getMe", "{}", 0, 200, "'ok':true", 0, ),
    R("sent", SAY, "{" TO "'text':'a'}", 0, 200, "'message_id':1000", 1, ),
    R("by text", SAY, "{'chat_id':'@tocsin_alerts','text':'a'}", 0, 200, "'ok':true", 2, ),
    R("no such chat", SAY, "{'chat_id':5,'text':'a'}", 0, 400, "chat not found", 2, ),
    R("moved", SAY,
      "{'chat_id':-987654321,'text':'a'}", 0, 400, "'migrate_to_chat_id':-1001234567890", 2, ),
    R("topic", SAY, "{" TO "'message_thread_id':7,'text':'a'}", 0, 200, "'ok':true", 3, ),
    R("no such topic", SAY,
      "{" TO "'message_thread_id':8,'text':'a'}", 0, 400, "thread not found", 3, ),
    R("empty", SAY, "{" TO "'text':''}", 0, 400, "text is empty", 3, ),
    R("empty but for tags", SAY,
      "{" TO "'parse_mode':'HTML','text':'<b></b>'}", 0, 400, "text is empty", 3, ),
    R("text", SAY, "{" TO "'text':'%'}", 4096, 200, "'ok':true", 4, ),
    R("text too long", SAY, "{" TO "'text':'%'}", 4097, 400, "too long", 4, ),
    R("tags do not count", SAY,
      "{" TO "'parse_mode':'HTML','text':'<b>%</b>'}", 4096, 200, "'ok':true", 5, ),
    R("entities count once", SAY,
      "{" TO "'parse_mode':'HTML','text':'%'}", 4096, 200, "'ok':true", 6, .fill = "&amp;"),
    R("unclosed", SAY,
      "{" TO "'parse_mode':'HTML','text':'<b>a'}", 0, 400, "parse entities", 6, ),
    R("crossed", SAY,
      "{" TO "'parse_mode':'HTML','text':'<b><i>a</b></i>'}",
      0, 400, "parse entities", 6, ),
    R("unknown tag", SAY,
      "{" TO "'parse_mode':'HTML','text':'<div>a</div>'}", 0, 400, "parse entities", 6, ),
    R("button to nowhere", SAY,
      "{" TO "'text':'a','reply_markup':{'inline_keyboard':[[{'text':'o',"
          "'url':'http://localhost/a'}]]}}",
      0, 400, "BUTTON_URL_INVALID", 6, ),
    R("edited", EDIT, "{" TO "'message_id':1000,'text':'b'}", 0, 200, "'ok':true", 6, ),
    R("edited to the same", EDIT,
      "{" TO "'message_id':1000,'text':'b'}", 0, 400, "not modified", 6, ),
    R("its buttons alone", EDIT,
      "{" TO "'message_id':1000,'text':'b','reply_markup':{'inline_keyboard':[]}}",
      0, 200, "'ok':true", 6, ),
    R("answered", SAY,
      "{" TO "'text':'a','reply_parameters':{'message_id':1000}}", 0, 200, "'ok':true", 7, ),
    R("deleted meanwhile", EDIT,
      "{" TO "'message_id':1000,'text':'c'}",
      0, 400, "message to edit not found", 7, .deletes = 1),
    R("answered in vain", SAY,
      "{" TO "'text':'a','reply_parameters':{'message_id':1000}}",
      0, 400, "replied not found", 7, ),
    R("answered anyway", SAY,
      "{" TO "'text':'a','reply_parameters':{'message_id':1000,"
          "'allow_sending_without_reply':true}}",
      0, 200, "'ok':true", 8, ),
    R("limited", SAY, "{" TO "'text':'a'}", 0, 429, "'retry_after':3", 8, .fault = FAULT_LIMITED),
    R("kicked", SAY, "{" TO "'text':'a'}", 0, 403, "kicked", 8, .fault = FAULT_PLACE_GONE),
};

#define SLACK_HOOK "POST /services/T00000000/B00000000/XXXX"
#define SLACK_POST "POST /api/chat.postMessage"
#define SLACK_EDIT "POST /api/chat.update"
#define IN "'channel':'C0123456789',"
#define BLOCK(b) "{" IN "'text':'a','blocks':[" b "]}"
static const struct row slack_rows[] = {
    R("hook", SLACK_HOOK, "{'text':'a'}", 0, 200, "ok", 1, ),
    R("hook, no JSON", SLACK_HOOK, "a", 0, 400, "invalid_payload", 1, ),
    R("hook, nothing", SLACK_HOOK, "{}", 0, 400, "no_text", 1, ),
    R("hook, team", "POST /services/T1/B1/X", "{'text':'a'}", 0, 404, "no_team", 1, ),
    R("hook, archived", SLACK_HOOK,
      "{'text':'a'}", 0, 410, "channel_is_archived", 1, .fault = FAULT_PLACE_GONE),
    R("hook, revoked", SLACK_HOOK,
      "{'text':'a'}", 0, 403, "invalid_token", 1, .fault = FAULT_REVOKED),
    R("hook, limited", SLACK_HOOK,
      "{'text':'a'}", 0, 429, "rate_limited", 1, .fault = FAULT_LIMITED),
    R("no token", SLACK_POST, "{" IN "'text':'a'}", 0, 200, "not_authed", 1, .authorization = ""),
    R("token", SLACK_POST,
      "{" IN "'text':'a'}", 0, 200, "invalid_auth", 1, .authorization = "Bearer x"),
    R("posted", SLACK_POST, "{" IN "'text':'a'}", 0, 200, "'ts':'1606141256.001001'", 2, ),
    R("by name", SLACK_POST,
      "{'channel':'#noc','text':'a'}", 0, 200, "'channel':'C0123456789'", 3, ),
    R("no such channel", SLACK_POST,
      "{'channel':'#x','text':'a'}", 0, 200, "channel_not_found", 3, ),
    R("a form", SLACK_POST,
      "{" IN "'text':'a'}",
      0, 200, "invalid_json", 3, .type = "application/x-www-form-urlencoded"),
    R("edited", SLACK_EDIT,
      "{" IN "'ts':'1606141256.001001','text':'b'}", 0, 200, "'ok':true", 3, ),
    R("edited by name", SLACK_EDIT,
      "{'channel':'#noc','ts':'1606141256.001001','text':'b'}", 0, 200, "channel_not_found", 3, ),
    R("deleted meanwhile", SLACK_EDIT,
      "{" IN "'ts':'1606141256.001001','text':'b'}",
      0, 200, "message_not_found", 3, .deletes = 2),
    R("header", SLACK_POST,
      BLOCK("{'type':'header','text':{'type':'plain_text','text':'%'}}"),
      150, 200, "'ok':true", 4, ),
    R("header too long", SLACK_POST,
      BLOCK("{'type':'header','text':{'type':'plain_text','text':'%'}}"),
      151, 200, "invalid_blocks", 4, ),
    R("header in mrkdwn", SLACK_POST,
      BLOCK("{'type':'header','text':{'type':'mrkdwn','text':'a'}}"),
      0, 200, "invalid_blocks", 4, ),
    R("section too long", SLACK_POST,
      BLOCK("{'type':'section','text':{'type':'mrkdwn','text':'%'}}"),
      3001, 200, "invalid_blocks", 4, ),
    R("section without text", SLACK_POST,
      BLOCK("{'type':'section'}"), 0, 200, "invalid_blocks", 4, ),
    R("field too long", SLACK_POST,
      BLOCK("{'type':'section','fields':[{'type':'mrkdwn','text':'%'}]}"),
      2001, 200, "invalid_blocks", 4, ),
    R("empty text", SLACK_POST,
      BLOCK("{'type':'section','text':{'type':'mrkdwn','text':''}}"),
      0, 200, "invalid_blocks", 4, ),
    R("emoji in mrkdwn", SLACK_POST,
      BLOCK("{'type':'section','text':{'type':'mrkdwn','text':'a','emoji':false}}"),
      0, 200, "invalid_blocks", 4, ),
    R("blocks", SLACK_POST,
      BLOCK("{'type':'divider'}%"), 49, 200, "'ok':true", 5, .fill = ",{'type':'divider'}"),
    R("too many blocks", SLACK_POST,
      BLOCK("{'type':'divider'}%"), 50, 200, "invalid_blocks", 5, .fill = ",{'type':'divider'}"),
    R("too long", SLACK_POST, "{" IN "'text':'%'}", 40001, 200, "msg_too_long", 5, ),
    R("limited", SLACK_POST,
      "{" IN "'text':'a'}", 0, 429, "ratelimited", 5, .fault = FAULT_LIMITED),
    R("revoked", SLACK_POST,
      "{" IN "'text':'a'}", 0, 200, "token_revoked", 5, .fault = FAULT_REVOKED),
};

#define CHANNEL "'channel_id':'qmd5oqtwoibz8cuzxzg5ekshgr',"
#define POSTS "POST /api/v4/posts"
static const struct row mattermost_rows[] = {
    R("token", POSTS, "{}", 0, 401, "session_expired", 0, .authorization = "Bearer x"),
    R("alive", "GET /api/v4/system/ping", "", 0, 200, "OK", 0, ),
    R("posted", POSTS, "{" CHANNEL "'message':'a'}", 0, 201, "posted0fake0mattermost1000", 1, ),
    R("elsewhere", POSTS, "{'channel_id':'noc','message':'a'}", 0, 403, "permissions", 1, ),
    R("empty", POSTS, "{" CHANNEL "'message':''}", 0, 400, "invalid_body_param", 1, ),
    R("message", POSTS,
      "{" CHANNEL "'message':'%'}", 16383, 201, "'id'", 2, .fill = "\U0001f600"),
    R("message too long", POSTS, "{" CHANNEL "'message':'%'}", 16384, 400, "is_valid.msg", 2, ),
    R("answered", POSTS,
      "{" CHANNEL "'message':'a','root_id':'posted0fake0mattermost1000'}", 0, 201, "'id'", 3, ),
    R("an answer answered", POSTS,
      "{" CHANNEL "'message':'a','root_id':'posted0fake0mattermost1002'}",
      0, 400, "root_id", 3, ),
    R("edited", "PUT /api/v4/posts/posted0fake0mattermost1000/patch",
      "{'message':'b'}", 0, 200, "'id'", 3, ),
    R("deleted meanwhile", "PUT /api/v4/posts/posted0fake0mattermost1000/patch",
      "{'message':'b'}", 0, 404, "post.get", 3, .deletes = 1),
    R("hook", "POST /hooks/hook5fake7mattermost900001", "{'text':'a'}", 0, 200, "ok", 4, ),
    R("hook, nothing", "POST /hooks/hook5fake7mattermost900001", "{}", 0, 400, "No text", 4, ),
    R("hook, another", "POST /hooks/x", "{'text':'a'}", 0, 400, "Invalid webhook", 4, ),
    R("limited", POSTS,
      "{" CHANNEL "'message':'a'}", 0, 429, "limit exceeded", 4, .fault = FAULT_LIMITED),
};

#define FLOW "POST /workflows/1/triggers/manual/paths/invoke?api-version=2016-06-01&sig="
#define SIG "fakeSignature0123456789"
#define CARD(version, body)                                                                        \
    "{'type':'message','attachments':[{'contentType':'application/vnd.microsoft.card.adaptive',"   \
    "'content':{'type':'AdaptiveCard','version':'" version "','body':[" body "]}}]}"
#define BLOCK_OF(text) "{'type':'TextBlock','text':'" text "'}"
static const struct row teams_rows[] = {
    R("card", FLOW SIG, CARD("1.4", BLOCK_OF("a")), 0, 202, "", 1, ),
    R("card nobody sees", FLOW SIG, CARD("1.5", BLOCK_OF("a")), 0, 202, "", 1, ),
    R("no card", FLOW SIG, "{'text':'a'}", 0, 202, "", 1, ),
    R("unknown element", FLOW SIG, CARD("1.4", "{'type':'Blink'}"), 0, 202, "", 1, ),
    R("signature", FLOW "x", CARD("1.4", BLOCK_OF("a")), 0, 401, "AuthorizationFailed", 1, ),
    R("no JSON", FLOW SIG, "a", 0, 400, "InvalidRequestContent", 1, ),
    R("too large", FLOW SIG, CARD("1.4", BLOCK_OF("%")), 28u << 10, 413, "TooLarge", 1, ),
    R("switched off", FLOW SIG,
      CARD("1.4", BLOCK_OF("a")),
      0, 400, "WorkflowTriggerIsNotEnabled", 1, .fault = FAULT_PLACE_GONE),
    R("connector", "POST /webhookb2/a", "{'text':'a'}", 0, 200, "1", 2, ),
    R("connector, nothing", "POST /webhookb2/a",
      "{'title':'a'}", 0, 400, "Summary or Text is required", 2, ),
    R("connector, too large", "POST /webhookb2/a",
      "{'text':'%'}", 28u << 10, 200, "HTTP error 413", 2, ),
    R("connector, limited", "POST /webhookb2/a",
      "{'text':'a'}", 0, 200, "HTTP error 429", 2, .fault = FAULT_LIMITED),
    R("connector, gone", "POST /webhookb2/a",
      "{'text':'a'}", 0, 410, "", 2, .fault = FAULT_REVOKED),
};

#define EVENTS "POST /v2/enqueue"
#define KEY "'routing_key':'0123456789abcdef0123456789abcdef',"
#define TRIGGER(key, payload)                                                      \
    "{" KEY "'event_action':'trigger','dedup_key':'" key "','payload':{" payload "}}"
#define PAYLOAD "'summary':'a','source':'b','severity':'info'"
static const struct row pagerduty_rows[] = {
    R("opened", EVENTS, TRIGGER("k", PAYLOAD), 0, 202, "'dedup_key':'k'", 1, ),
    R("again", EVENTS, TRIGGER("k", PAYLOAD), 0, 202, "success", 1, ),
    R("resolved", EVENTS,
      "{" KEY "'event_action':'resolve','dedup_key':'k'}", 0, 202, "success", 1, ),
    R("resolved twice", EVENTS,
      "{" KEY "'event_action':'resolve','dedup_key':'k'}", 0, 202, "success", 1, ),
    R("opened anew", EVENTS, TRIGGER("k", PAYLOAD), 0, 202, "success", 2, ),
    R("resolved without a key", EVENTS,
      "{" KEY "'event_action':'resolve'}", 0, 400, "dedup_key", 2, ),
    R("key", EVENTS,
      "{'routing_key':'x','event_action':'trigger','payload':{" PAYLOAD "}}",
      0, 400, "routing_key", 2, ),
    R("summary", EVENTS,
      TRIGGER("l", "'summary':'%','source':'b','severity':'info'"),
      1024, 202, "success", 3, .fill = "\U0001f600"),
    R("summary too long", EVENTS,
      TRIGGER("m", "'summary':'%','source':'b','severity':'info'"), 1025, 400, "summary", 3, ),
    R("no source", EVENTS,
      TRIGGER("m", "'summary':'a','severity':'info'"), 0, 400, "source", 3, ),
    R("severity", EVENTS,
      TRIGGER("m", "'summary':'a','source':'b','severity':'warn'"), 0, 400, "severity", 3, ),
    R("key too long", EVENTS, TRIGGER("%", PAYLOAD), 256, 400, "dedup_key", 3, ),
    R("link to nowhere", EVENTS,
      "{" KEY "'event_action':'trigger','payload':{" PAYLOAD "},'links':[{'text':'a'}]}",
      0, 400, "links.href", 3, ),
    R("image in the clear", EVENTS,
      "{" KEY "'event_action':'trigger','payload':{" PAYLOAD "},'images':[{'src':'http://a'}]}",
      0, 400, "images.src", 3, ),
    R("too large", EVENTS,
      TRIGGER("m", "'custom_details':'%'," PAYLOAD), 512u << 10, 413, "", 3, ),
    R("a change", "POST /v2/change/enqueue",
      "{" KEY "'payload':{'summary':'a'}}", 0, 202, "Change event", 4, ),
    R("limited", EVENTS, TRIGGER("n", PAYLOAD), 0, 429, "throttle", 4, .fault = FAULT_LIMITED),
};

#define ALERTS "POST /api/v1/alert"
#define ALERT(ref, more)                                                           \
    "{'type':'t','source':'s','sourceRef':'" ref "','title':'a','description':'d'" \
    more "}"
static const struct row thehive_rows[] = {
    R("version", "GET /api/v1/status/public", "", 0, 200, "version", 0, .authorization = ""),
    R("key", ALERTS,
      ALERT("1", ""), 0, 401, "AuthenticationError", 0, .authorization = "Bearer x"),
    R("created", ALERTS, ALERT("1", ""), 0, 201, "'_id':'~4096000'", 1, ),
    R("created twice", ALERTS, ALERT("1", ""), 0, 400, "already exist", 1, ),
    R("reference too long", ALERTS, ALERT("%", ""), 129, 400, "sourceRef", 1, ),
    R("source too long", ALERTS,
      "{'type':'t','source':'%','sourceRef':'2','title':'a','description':'d'}",
      33, 400, "source", 1, ),
    R("title too long", ALERTS,
      "{'type':'t','source':'s','sourceRef':'2','title':'%','description':'d'}",
      513, 400, "title", 1, ),
    R("no description", ALERTS,
      "{'type':'t','source':'s','sourceRef':'2','title':'a'}", 0, 400, "description", 1, ),
    R("severity", ALERTS, ALERT("2", ",'severity':5"), 0, 400, "severity", 1, ),
    R("tlp", ALERTS, ALERT("2", ",'tlp':5"), 0, 400, "tlp", 1, ),
    R("tag twice", ALERTS, ALERT("2", ",'tags':['a','a']"), 0, 400, "tags", 1, ),
    R("tag too long", ALERTS, ALERT("2", ",'tags':['%']"), 129, 400, "tags", 1, ),
    R("observable", ALERTS,
      ALERT("2", ",'observables':[{'dataType':'ip','data':'192.0.2.1'}]"), 0, 201, "_id", 2, ),
    R("unknown observable", ALERTS,
      ALERT("3", ",'observables':[{'dataType':'ipv4','data':'192.0.2.1'}]"),
      0, 400, "observable type", 2, ),
    R("observable twice", ALERTS,
      ALERT("3", ",'observables':[{'dataType':'ip','data':'1'},{'dataType':'ip','data':'1'}]"),
      0, 400, "already exists", 2, ),
    R("link too long", ALERTS, ALERT("3", ",'externalLink':'%'"), 4097, 400, "externalLink", 2, ),
    R("commented", "POST /api/v1/alert/~4096000/comment",
      "{'message':'a'}", 0, 201, "Comment", 3, ),
    R("no right to comment", "POST /api/v1/alert/~4096000/comment",
      "{'message':'a'}", 0, 403, "AuthorizationError", 3, .fault = FAULT_PLACE_GONE),
    R("changed", "PATCH /api/v1/alert/~4096000", "{'addTags':['released']}", 0, 204, "", 3, ),
    R("found", "POST /api/v1/query?name=alerts",
      "{'query':[{'_name':'filter','_field':'sourceRef','_value':'1'}]}",
      0, 200, "~4096000", 3, ),
    R("deleted meanwhile", "POST /api/v1/alert/~4096000/comment",
      "{'message':'a'}", 0, 404, "NotFoundError", 3, .deletes = 1),
};

#define BULK "POST /_bulk"
#define CREATE(index, id) "{'create':{'_index':'" index "','_id':'" id "'}}\n"
#define DOC "{'@timestamp':'2020-11-23T14:20:56.000Z','message':'a'}\n"
static const struct row elasticsearch_rows[] = {
    R("who are you", "GET /", "", 0, 200, "'number':'8.17.0'", 0, ),
    R("key", BULK,
      CREATE("a", "1") DOC, 0, 401, "security_exception", 0, .authorization = "ApiKey x"),
    R("kept", BULK, CREATE("a", "1") DOC, 0, 200, "'errors':false", 1, ),
    R("kept twice", BULK, CREATE("a", "1") DOC, 0, 200, "'status':409", 1, ),
    R("another day", BULK, CREATE("b", "1") DOC, 0, 200, "'status':201", 2, ),
    R("one of two", BULK,
      CREATE("a", "2") DOC CREATE("A", "3") DOC, 0, 200, "'errors':true", 3, ),
    R("no address", BULK,
      CREATE("a", "3") "{'@timestamp':'2020-11-23T14:20:56Z','source':{'ip':''}}\n",
      0, 200, "document_parsing_exception", 3, ),
    R("no time", BULK,
      CREATE("a", "3") "{'message':'a'}\n", 0, 200, "document_parsing_exception", 3, ),
    R("no end", BULK, "{'create':{}}", 0, 400, "newline", 3, ),
    R("a form", BULK, CREATE("a", "3") DOC, 0, 406, "media_type", 3, .type = "text/plain"),
    R("too large", BULK, "%\n", 1u << 20, 413, "", 3, ),
    R("busy", BULK, CREATE("a", "3") DOC, 0, 200, "'status':429", 3, .fault = FAULT_LIMITED),
    R("no index", BULK,
      CREATE("a", "3") DOC, 0, 200, "index_not_found_exception", 3, .fault = FAULT_PLACE_GONE),
};

#define ROBOT "POST /cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
static const struct row wechat_rows[] = {
    R("text", ROBOT, "{'msgtype':'text','text':{'content':'%'}}", 2048, 200, "'errcode':0", 1, ),
    R("text too long", ROBOT,
      "{'msgtype':'text','text':{'content':'%'}}", 2049, 200, "40058", 1, ),
    R("in bytes", ROBOT,
      "{'msgtype':'text','text':{'content':'%'}}", 683, 200, "40058", 1, .fill = "\u4e2d"),
    R("markdown", ROBOT,
      "{'msgtype':'markdown','markdown':{'content':'%'}}", 4096, 200, "'errcode':0", 2, ),
    R("markdown too long", ROBOT,
      "{'msgtype':'markdown','markdown':{'content':'%'}}", 4097, 200, "40058", 2, ),
    R("empty", ROBOT, "{'msgtype':'text','text':{'content':''}}", 0, 200, "44004", 2, ),
    R("type", ROBOT, "{'msgtype':'html'}", 0, 200, "40008", 2, ),
    R("key", "POST /cgi-bin/webhook/send?key=x", "{}", 0, 200, "93000", 2, ),
    R("limited", ROBOT, "{}", 0, 200, "45009", 2, .fault = FAULT_LIMITED),
    R("gone", ROBOT, "{}", 0, 200, "93008", 2, .fault = FAULT_PLACE_GONE),
};

static const struct row webhook_rows[] = {
    R("taken", "POST /hook", "{'alerts':[]}", 0, 200, "taken", 1, ),
    R("no JSON", "POST /hook", "a", 0, 400, "JSON", 1, ),
    R("elsewhere", "POST /", "{}", 0, 404, "", 1, ),
    R("asked", "GET /hook", "", 0, 405, "", 1, ),
    R("gone", "POST /hook", "{}", 0, 410, "", 1, .fault = FAULT_PLACE_GONE),
};

static const struct vendor vendors[] = {
    VENDOR("discord", NULL, discord_rows),
    VENDOR("elasticsearch", "ApiKey ZmFrZTphcGkta2V5", elasticsearch_rows),
    VENDOR("mattermost", "Bearer fake0mattermost0token00001", mattermost_rows),
    VENDOR("pagerduty", NULL, pagerduty_rows),
    VENDOR("slack", "Bearer xoxb-fake-0123456789-abcdef", slack_rows),
    VENDOR("teams", NULL, teams_rows),
    VENDOR("telegram", NULL, telegram_rows),
    VENDOR("thehive", "Bearer fake-thehive-api-key", thehive_rows),
    VENDOR("webhook", NULL, webhook_rows),
    VENDOR("wechat", NULL, wechat_rows),
};

/* --- asking --------------------------------------------------------------------------- */

static struct str quoted(struct arena *a, const char *text)
{
    struct str s = arena_str(a, str_of(text));
    char *p = (char *)(uintptr_t)s.p;

    for (size_t i = 0; i < s.n; i++)
        if (p[i] == '\'')
            p[i] = '"';
    return s;
}

static struct str body_of(struct arena *a, const struct row *r)
{
    struct buf b freed_by(buf_release) = BUF(BODY_MAX);

    for (const char *c = r->body; *c != '\0'; c++) {
        if (*c != '%')
            buf_char(&b, *c);
        for (size_t i = 0; *c == '%' && i < r->times; i++)
            buf_text(&b, r->fill != NULL ? r->fill : "x");
    }
    return quoted(a, buf_c(&b));
}

static void ask(struct fake *f, const struct vendor *v, const struct row *r,
                struct arena *a, int64_t now_ms, struct fake_answer *out)
{
    const char *authorization = r->authorization ? r->authorization : v->authorization;
    struct str words = str_of(r->request);
    struct fake_request q = {.now_ms = now_ms};

    q.method = str_until(&words, ' ');
    q.path = str_until(&words, '?');
    q.query = words;
    q.content_type = str_of(r->type != NULL ? r->type : "application/json");
    q.authorization = str_of(authorization);
    q.body = body_of(a, r);
    if (r->deletes > 0)
        fake_delete(f, r->deletes - 1);
    fake_fail(f, r->fault, r->fault != FAULT_NONE);
    fake_ask(f, &q, out);
}

static void run(struct fake *f, const struct vendor *v, const struct row *r)
{
    struct arena a freed_by(arena_release) = {0};
    const struct fake_post *posts;
    struct fake_answer out;
    struct str says = quoted(&a, r->says);

    ask(f, v, r, &a, NOW_MS, &out);
    if (out.status != r->status)
        fail_msg("%s, %s: %d %.*s", v->name, r->name, out.status, STR_ARG(out.body));
    if (says.n > 0 && memmem(out.body.p, out.body.n, says.p, says.n) == NULL)
        fail_msg("%s, %s: no %.*s in %.*s", v->name, r->name, STR_ARG(says),
                 STR_ARG(out.body));
    if (fake_posts(f, &posts) != r->posts)
        fail_msg("%s, %s: %zu messages", v->name, r->name, fake_posts(f, &posts));
}

static void each_takes_and_refuses_as_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vendors); i++) {
        struct fake *f = fake_new(fake_vendor_find(str_of(vendors[i].name)));

        for (size_t k = 0; k < vendors[i].count; k++)
            run(f, &vendors[i], &vendors[i].rows[k]);
        fake_free(f);
    }
}

/* --- rates ---------------------------------------------------------------------------- */

static const struct rate {
    const char *vendor, *authorization, *request, *body, *says;
    size_t most;
    int64_t window_ms;
} rates[] = {
    {"discord", NULL, "POST " HOOK, "{'content':'a'}", "rate limited", 5, 2000},
    {"telegram", NULL, SAY, "{" TO "'text':'a'}", "Too Many Requests", 20, 60000},
    {"slack", NULL, SLACK_HOOK, "{'text':'a'}", "rate_limited", 5, 5000},
    {"teams", NULL, "POST /webhookb2/a", "{'text':'a'}", "HTTP error 429", 4, 1000},
    {"teams", NULL, FLOW SIG, CARD("1.4", BLOCK_OF("a")), "Throttled", 60, 30000},
    {"pagerduty", NULL, EVENTS, TRIGGER("k", PAYLOAD), "throttle exceeded", 120, 60000},
    {"wechat", NULL, ROBOT, "{'msgtype':'text','text':{'content':'a'}}", "45009", 20, 60000},
};

static bool is_limited(struct fake *f, const struct rate *r, int64_t now_ms)
{
    struct arena a freed_by(arena_release) = {0};
    const struct vendor v = {.name = r->vendor, .authorization = r->authorization};
    const struct row row = {.name = "rate", .request = r->request, .body = r->body};
    struct fake_answer out;

    ask(f, &v, &row, &a, now_ms, &out);
    return memmem(out.body.p, out.body.n, r->says, strlen(r->says)) != NULL;
}

static void each_has_its_rate(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        const struct rate *r = &rates[i];
        struct fake *f = fake_new(fake_vendor_find(str_of(r->vendor)));

        fake_limits(f, true);
        for (size_t k = 0; k < r->most; k++)
            if (is_limited(f, r, NOW_MS + (int64_t)k))
                fail_msg("%s: limited after %zu", r->vendor, k);
        if (!is_limited(f, r, NOW_MS + r->window_ms - 1))
            fail_msg("%s: not limited after %zu", r->vendor, r->most);
        if (is_limited(f, r, NOW_MS + r->window_ms + (int64_t)r->most))
            fail_msg("%s: limited for too long", r->vendor);
        fake_free(f);
    }
}

/* --- parameters ------------------------------------------------------------------------- */

static void params_fit(const struct fake_vendor *v, const struct endpoint_type *type)
{
    struct arena a freed_by(arena_release) = {0};
    struct error err = {0};
    void *endpoint = arena_new(&a, MAX(type->endpoint_size, 1u));
    void *recipient = arena_new(&a, MAX(type->recipient_size, 1u));

    if (!fields_read(type->endpoint_fields, fake_params(v->endpoint, 8080, "/tmp", &a),
                     endpoint, &a, &err) ||
        !fields_read(type->recipient_fields, fake_params(v->recipient, 8080, "/tmp", &a),
                     recipient, &a, &err) ||
        (type->check != NULL && !type->check(endpoint, recipient, &err)))
        fail_msg("%s: %s %s", v->name, err.place, err.text);
}

/* Of every type that there is: the demo would not start. */
static void the_parameters_are_the_types(void **state)
{
    (void)state;
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        const struct endpoint_type *type = endpoint_types[i];
        const struct fake_vendor *v = fake_vendor_find(str_of(type->name));

        if (type->builtin)
            continue;
        if (v == NULL)
            fail_msg("no fake of %s", type->name);
        params_fit(v, type);
    }
    assert_false(fake_dir_ok("/tmp/it's"));
    assert_true(fake_dir_ok("/tmp/my directory"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_takes_and_refuses_as_documented),
        cmocka_unit_test(each_has_its_rate),
        cmocka_unit_test(the_parameters_are_the_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
