/* demo_channels.c -- every endpoint type with a fake of its vendor behind it, made
 * through the configuration like a user's. */
#include "demo_own.h"

#define AUTHOR "demo"

/* --- which ------------------------------------------------------------------------ */

static const struct endpoint_type *type_find(struct str name, struct error *err)
{
    const char *names[CHANNELS_MAX + 1] = {NULL};
    const char *near;
    size_t n = 0;

    for (size_t i = 0; endpoint_types[i] != NULL && n < CHANNELS_MAX; i++) {
        if (endpoint_types[i]->builtin)
            continue;
        if (str_is(name, endpoint_types[i]->name))
            return endpoint_types[i];
        names[n++] = endpoint_types[i]->name;
    }
    near = str_nearest(name, names);
    error_set(err, "--only: there is no type \"%.*s\"%s%s%s", STR_ARG(str_first(name, 64)),
              near ? "; did you mean \"" : "; see tocsin endpoint types",
              near ? near : "", near ? "\"?" : "");
    return NULL;
}

static void channel_add(struct channels *c, const struct endpoint_type *type)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].type == type)
            return;
    assert(c->n < CHANNELS_MAX);
    c->v[c->n++] = (struct channel){
        .type = type,
        .vendor = fake_vendor_find(str_of(type->name)),
    };
}

bool channels_choose(struct channels *c, const char *only, struct error *err)
{
    struct str rest = str_of(only);

    *c = (struct channels){.n = 0};
    for (size_t i = 0; only == NULL && endpoint_types[i] != NULL; i++)
        if (!endpoint_types[i]->builtin)
            channel_add(c, endpoint_types[i]);
    while (rest.n > 0) {
        const struct endpoint_type *type = type_find(str_until(&rest, ','), err);

        if (type == NULL)
            return false;
        channel_add(c, type);
    }
    return c->n > 0 || error_set(err, "--only takes types, like slack,email");
}

/* --- fakes ------------------------------------------------------------------------ */

/* What cannot be shown here says why; what does not open is an error. */
static bool channel_open(struct channel *ch, struct loop *l, const char *dir,
                         struct error *err)
{
    if (ch->vendor == NULL) {
        error_set(&ch->why_not, "there is no fake of it yet");
        return true;
    }
    if (ch->type->available != NULL && !ch->type->available(&ch->why_not))
        return true;
    ch->fake = fake_new(ch->vendor);
    ch->server = fake_serve(l, ch->fake, dir, err);
    return ch->server != NULL || error_in(err, "the fake of %s", ch->type->title);
}

bool channels_open(struct channels *c, struct loop *l, const char *dir,
                   struct error *err)
{
    c->dir = dir;
    for (size_t i = 0; i < c->n; i++)
        if (!channel_open(&c->v[i], l, dir, err))
            return false;
    return true;
}

void channels_close(struct channels *c)
{
    for (size_t i = 0; i < c->n; i++) {
        fake_server_free(c->v[i].server);
        fake_free(c->v[i].fake);
        free(c->v[i].printed);
    }
}

/* --- objects ---------------------------------------------------------------------- */

static const struct json *object(struct arena *a, const struct buf *b)
{
    struct error err;
    const struct json *j = json_parse(a, arena_str(a, buf_view(b)), &err);

    assert(j != NULL); /* we wrote it */
    return j;
}

static bool make(struct config *config, enum object_kind kind, const struct json *j,
                 struct error *err)
{
    const struct edit e = {
        .kind = kind,
        .verb = kind == OBJECT_SETTINGS ? EDIT_PATCH : EDIT_CREATE,
        .name = STR_NONE,
        .object = j,
        .author = STR(AUTHOR),
    };

    return config_edit(config, &e, err) == CONFIG_OK;
}

static bool endpoint_make(const struct channels *c, const struct channel *ch,
                          struct config *config, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(65536);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    out_text(&o, "name", ch->type->name);
    out_text(&o, "type", ch->type->name);
    out_tree(&o, "params",
             fake_params(ch->vendor->endpoint, fake_port(ch->server), c->dir, &a));
    out_object_end(&o);
    return make(config, OBJECT_ENDPOINT, object(&a, &b), err);
}

static bool recipient_make(const struct channels *c, const struct channel *ch,
                           struct config *config, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(65536);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    out_text(&o, "name", ch->type->name);
    out_text(&o, "endpoint", ch->type->name);
    out_tree(&o, "params",
             fake_params(ch->vendor->recipient, fake_port(ch->server), c->dir, &a));
    out_object_end(&o);
    return make(config, OBJECT_RECIPIENT, object(&a, &b), err);
}

static bool settings_make(const struct channels *c, struct config *config,
                          struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(65536);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    out_text(&o, "instance", "demo");
    out_text(&o, "base_url", "https://tocsin.example");
    out_text(&o, "scripts_dir", c->dir);
    out_object_end(&o);
    return make(config, OBJECT_SETTINGS, object(&a, &b), err);
}

bool channels_configure(void *channels, struct config *config, struct error *err)
{
    const struct channels *c = channels;

    if (!settings_make(c, config, err))
        return false;
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].fake != NULL && (!endpoint_make(c, &c->v[i], config, err) ||
                                     !recipient_make(c, &c->v[i], config, err)))
            return false;
    return true;
}
