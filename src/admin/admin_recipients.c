/* admin_recipients.c -- /api/v1/recipients. */
#include "admin/objects.h"
#include "admin/testing.h"

static size_t count(const struct snapshot *s)
{
    return s->recipient_count;
}

static struct str name_of(const struct snapshot *s, size_t i)
{
    return s->recipients[i].name;
}

static int64_t revision_of(const struct snapshot *s, size_t i)
{
    return s->recipients[i].revision;
}

static void write(const struct resource *r unused, const struct snapshot *s,
                  size_t i, struct json_out *o, const char *name)
{
    recipient_write(&s->recipients[i], o, name);
}

static uint64_t waiting(const struct admin *a, const struct snapshot *s, size_t i)
{
    struct lane_counts n;

    outbox_lane(a->with.outbox, s->recipients[i].id, &n);
    return n.n[DELIVERY_PENDING] + n.n[DELIVERY_HELD];
}

static size_t warnings(const struct snapshot *s, size_t i, struct arena *a,
                     struct warning **out)
{
    return criteria_warnings(&s->recipients[i].criteria, a, out);
}

static void test(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct str name = exchange_segment(x, "name");
    const struct recipient *to =
        snapshot_recipient(config_now(r->admin->with.config), name);

    if (to == NULL)
        objects_not_found(r, x, name);
    else
        testing_send(r->admin, x, to->endpoint, to);
}

#define PATH "/api/v1/recipients"

static const struct route routes[] = {
    OBJECT_ROUTES(PATH),
    {"POST", PATH "/{name}/test", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX, test},
    {.method = NULL},
};

void admin_recipients(struct admin *a)
{
    a->recipients = (struct resource){
        .admin = a,
        .kind = OBJECT_RECIPIENT,
        .path = PATH,
        .count = count,
        .name = name_of,
        .revision = revision_of,
        .waiting = waiting,
        .warnings = warnings,
        .write = write,
    };
    httpd_routes(a->with.httpd, routes, &a->recipients);
}
