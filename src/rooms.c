/* rooms.c -- opens the rooms in order, wires them, and closes them in reverse. */
#include "rooms.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>
#include <sqlite3.h>

#include "base/log.h"
#include "config/keep.h"

#define ROOM "rooms"

/* --- the data directory --------------------------------------------------- */

void rooms_path(const struct rooms *r, const char *name, char out[ROOMS_PATH_BYTES])
{
    snprintf(out, ROOMS_PATH_BYTES, "%s/%s", r->options.data_dir, name);
}

static bool data_dir_check(const char *dir, struct error *err)
{
    struct stat st;

    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return error_set(err, "cannot make %s: %s", dir, strerror(errno));
    if (lstat(dir, &st) < 0)
        return error_set(err, "cannot look at %s: %s", dir, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return error_set(err, "%s is not a directory", dir);
    if (st.st_uid != geteuid())
        return error_set(err, "%s belongs to user %u, not to %u who runs this",
                         dir, (unsigned)st.st_uid, (unsigned)geteuid());
    if ((st.st_mode & 022) != 0)
        return error_set(err, "%s can be written by others; chmod 700 %s", dir,
                         dir);
    return true;
}

/* One process on one data directory: two writers would corrupt it. */
static bool data_lock(struct rooms *r, struct error *err)
{
    char path[ROOMS_PATH_BYTES];

    if (!data_dir_check(r->options.data_dir, err))
        return false;
    rooms_path(r, "lock", path);
    r->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (r->lock_fd < 0)
        return error_set(err, "cannot open %s: %s", path, strerror(errno));
    if (flock(r->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return error_set(err, "another tocsin is running on %s",
                         r->options.data_dir);
    return true;
}

/* --- wires between the rooms ------------------------------------------------ */

static void outbox_is_ready(void *arg, int64_t recipient_id)
{
    struct rooms *r = arg;

    if (r->courier != NULL)
        courier_ready(r->courier, recipient_id);
}

/* Nobody was told of it after all. */
static void delivery_died(void *arg, int64_t recipient_id, uint64_t key_hash)
{
    struct rooms *r = arg;

    if (r->pipeline != NULL)
        told_forget(pipeline_told(r->pipeline), recipient_id, key_hash);
}

static void queue_paused(void *arg, const struct pause *p)
{
    struct rooms *r = arg;

    if (r->courier != NULL)
        courier_paused(r->courier, p);
    if (r->admin != NULL)
        admin_saw_pause(r->admin, p);
}

/* A commit that failed with an I/O error leaves its outcome unknown: we end, the
 * senders that got no answer send again, and their keys make that harmless. */
static void outbox_is_broken(void *arg, const struct error *err)
{
    (void)arg;
    log_error(ROOM, "%s: stopping at once, nothing acknowledged is lost",
              err->text);
    _exit(ROOMS_EXIT_DISK);
}

static void history_done(void *arg, bool ok, const struct error *err)
{
    transport_store_done(arg, ok, ok ? STR_NONE : str_of(err->text));
}

static bool history_put(void *arg, const struct store_request *what,
                        struct sending *sending)
{
    struct rooms *r = arg;

    return historian_put(r->historian, what->alerts, what->count, history_done,
                         sending);
}

static const struct intake_settings *intake_settings_now(void *arg)
{
    struct rooms *r = arg;
    const struct settings *now = &config_now(r->config)->settings;

    r->intake_settings = (struct intake_settings){
        .ntopng_shared_secret = now->ntopng_shared_secret,
        .ntopng_username = now->ntopng_username,
        .ntopng_password = now->ntopng_password,
        .resolve_timeout_ms = now->resolve_timeout,
    };
    return &r->intake_settings;
}

static bool release_by_hand(void *arg, int64_t id, committed_fn *committed,
                            void *committed_arg, struct error *err)
{
    struct rooms *r = arg;

    return pipeline_release(r->pipeline, id, committed, committed_arg, err);
}

static void alert_released(void *arg, const struct alert *release, bool muted)
{
    struct rooms *r = arg;

    if (r->holder != NULL)
        holder_released(r->holder, release, muted);
}

static void alert_worsened(void *arg, const struct alert *alert, bool muted)
{
    struct rooms *r = arg;

    if (r->holder != NULL)
        holder_worsened(r->holder, alert, muted);
}

#define DAY_MS (24 * 3600 * 1000LL)

/* What fits no class of its own is kept for history_days. */
static void history_retain(struct rooms *r, const struct settings *now)
{
    struct keep_class keep[KEEP_CLASSES_MAX];
    struct store_class classes[KEEP_CLASSES_MAX + 1];
    struct error ignored; /* it was read when it was set */
    size_t n = 0;

    if (!keep_read(now->history_keep, keep, &n, &ignored))
        bug("a setting that was taken cannot be read");
    for (size_t i = 0; i < n; i++)
        classes[i] = (struct store_class){
            .entities = keep[i].entities,
            .least = keep[i].least,
            .most = keep[i].most,
            .keep_ms = keep[i].keep_ms,
            .max_bytes = keep[i].max_bytes,
        };
    classes[n] = (struct store_class){
        .most = SEVERITY_EMERGENCY,
        .keep_ms = now->history_days * DAY_MS,
    };
    historian_retain(r->historian, classes, n + 1);
}

static void config_is_new(void *arg, const struct snapshot *now)
{
    struct rooms *r = arg;

    if (r->historian != NULL)
        history_retain(r, &now->settings);
    if (r->courier != NULL)
        courier_changed(r->courier, now);
    if (r->pipeline != NULL)
        pipeline_changed(r->pipeline);
    if (r->holder != NULL)
        holder_changed(r->holder);
    if (r->admin != NULL)
        admin_saw_config(r->admin, now);
}

static void *alert_came(void *arg, const struct alert *alert, enum change change)
{
    struct rooms *r = arg;

    return r->admin != NULL ? admin_note_alert(r->admin, alert, change) : NULL;
}

static void alert_is_kept(void *arg, void *note, bool committed)
{
    struct rooms *r = arg;

    admin_told(r->admin, note, committed);
}

static void delivery_ended(void *arg, int64_t alert_id, int64_t recipient_id,
                           enum delivery_state state)
{
    struct rooms *r = arg;

    if (r->admin != NULL)
        admin_saw_delivery(r->admin, alert_id, recipient_id, state);
}

/* --- opening and closing --------------------------------------------------------- */

static bool outbox_begin(struct rooms *r, struct error *err)
{
    char path[ROOMS_PATH_BYTES];
    struct outbox_options o = {
        .path = path,
        .ready = outbox_is_ready,
        .ready_arg = r,
        .died = delivery_died,
        .died_arg = r,
        .paused = queue_paused,
        .paused_arg = r,
        .broken = outbox_is_broken,
        .broken_arg = r,
    };

    rooms_path(r, "tocsin.db", path);
    r->registry = registry_new();
    r->outbox = outbox_open(r->loop, &o, r->registry, err);
    return r->outbox != NULL;
}

static bool history_begin(struct rooms *r, struct error *err)
{
    char store_path[ROOMS_PATH_BYTES];
    char outbox_path[ROOMS_PATH_BYTES];
    const struct settings *now = &config_now(r->config)->settings;
    const struct clickhouse_options clickhouse = clickhouse_options_of(now);
    struct historian_options o = {
        .store_path = store_path,
        .outbox_path = outbox_path,
    };

    if (now->store_engine == STORE_IN_CLICKHOUSE)
        o.clickhouse = &clickhouse;
    rooms_path(r, "history.db", store_path);
    rooms_path(r, "tocsin.db", outbox_path);
    r->historian = historian_start(r->loop, &o, err);
    if (r->historian == NULL)
        return false;
    history_retain(r, &config_now(r->config)->settings);
    return true;
}

static bool shares_load(struct rooms *r, struct error *err)
{
    char path[ROOMS_PATH_BYTES];
    struct outbox_reader *reader;
    bool loaded;

    rooms_path(r, "tocsin.db", path);
    reader = outbox_reader_open(path, err);
    loaded = reader != NULL && courier_shares_load(r->courier, reader, err);
    outbox_reader_close(reader);
    return loaded;
}

static bool delivery_begin(struct rooms *r, struct error *err)
{
    struct transport_options t = {
        .store = history_put,
        .store_arg = r,
        .user_agent = "Tocsin/" TOCSIN_VERSION,
    };
    struct courier_options c = {
        .config = r->config,
        .outbox = r->outbox,
        .registry = r->registry,
        .ended = delivery_ended,
        .ended_arg = r,
    };

    r->transport = transport_new(r->loop, &t, err);
    if (r->transport == NULL)
        return false;
    c.carrier = transport_carrier(r->transport);
    r->courier = courier_new(r->loop, &c);
    return shares_load(r, err);
}

static void faces_begin(struct rooms *r)
{
    char outbox_path[ROOMS_PATH_BYTES];
    struct pipeline_options p = {
        .config = r->config,
        .registry = r->registry,
        .outbox = r->outbox,
        .outbox_path = outbox_path,
        .released = alert_released,
        .worsened = alert_worsened,
        .released_arg = r,
        .note = alert_came,
        .noted = alert_is_kept,
        .noted_arg = r,
    };
    struct holder_options h = {
        .config = r->config,
        .registry = r->registry,
        .outbox = r->outbox,
    };
    struct intake_options in = {
        .clock = loop_clock(r->loop),
        .settings = intake_settings_now,
        .settings_arg = r,
    };
    struct admin_options a = {
        .program = "/proc/self/exe",
        .loop = r->loop,
        .httpd = r->httpd,
        .config = r->config,
        .registry = r->registry,
        .outbox = r->outbox,
        .courier = r->courier,
        .historian = r->historian,
        .people = r->people,
        .passwords = r->passwords,
        .clock = loop_clock(r->loop),
        .data_dir = r->options.data_dir,
        .version = TOCSIN_VERSION,
        .release = release_by_hand,
        .release_arg = r,
    };

    rooms_path(r, "tocsin.db", outbox_path);
    r->pipeline = pipeline_new(r->loop, &p);
    h.pipeline = r->pipeline;
    r->holder = holder_new(r->loop, &h);
    in.sink = pipeline_sink(r->pipeline);
    r->intake = intake_new(r->httpd, &in);
    a.intake = r->intake;
    a.hold_state = pipeline_hold_state(r->pipeline);
    r->admin = admin_new(&a);
    admin_saw_config(r->admin, config_now(r->config));
    r->pages = (struct pages){web_assets, web_asset_count};
    pages_serve(r->httpd, &r->pages);
}

static bool configure(struct rooms *r, struct error *err)
{
    const struct rooms_options *o = &r->options;

    r->config = config_open(o->data_dir, loop_clock(r->loop), err);
    if (r->config == NULL)
        return false;
    config_on_change(r->config, config_is_new, r);
    return o->configure == NULL || o->configure(o->configure_arg, r->config, err);
}

/* After the configuration, whose key seals what is theirs. */
static bool people_begin(struct rooms *r, struct error *err)
{
    const struct passwords_options hashing = {.inline_thread = false};
    char path[ROOMS_PATH_BYTES], key[ROOMS_PATH_BYTES];
    const struct people_options o = {
        .path = path,
        .key_path = key,
        .clock = loop_clock(r->loop),
    };

    rooms_path(r, "people.db", path);
    rooms_path(r, "secret.key", key);
    r->people = people_open(&o, err);
    if (r->people == NULL)
        return false;
    access_people(&r->options.http, r->people, r->config);
    r->passwords = passwords_start(r->loop, &hashing, err);
    return r->passwords != NULL;
}

bool rooms_open(struct rooms *r, struct loop *l, const struct rooms_options *o,
                struct error *err)
{
    r->loop = l;
    r->options = *o;
    /* Its count of memory is a lock that two threads fight for. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (!data_lock(r, err) ||
        !access_open(o->data_dir, &r->options.http, r->new_token, err))
        return false;
    /* First the server: what it reads at a turn's end is committed with it. */
    r->httpd = httpd_new(l, &r->options.http, err);
    if (r->httpd == NULL || !outbox_begin(r, err) || !configure(r, err) ||
        !people_begin(r, err) || !history_begin(r, err) || !delivery_begin(r, err))
        return false;
    faces_begin(r);
    return true;
}

void rooms_close(struct rooms *r)
{
    admin_stop(r->admin);
    passwords_stop(r->passwords);
    historian_stop(r->historian);
    outbox_close(r->outbox);
    courier_free(r->courier);
    transport_free(r->transport);
    admin_free(r->admin);
    intake_free(r->intake);
    httpd_free(r->httpd);
    access_close(&r->options.http);
    people_close(r->people);
    holder_free(r->holder);
    pipeline_free(r->pipeline);
    config_close(r->config);
    registry_free(r->registry);
    if (r->lock_fd > 0)
        close(r->lock_fd);
    sodium_memzero(r->new_token, sizeof r->new_token);
}
