/* geo.c -- places and networks of addresses, from MaxMind DB files. */
#include "config/geo.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <maxminddb.h>

#include "base/arena.h"

#define TEXT_MAX 256 /* bytes of one name; what is longer is no name */

struct file {
    MMDB_s mmdb;
    bool open;
};

struct databases {
    struct file city, asn; /* ours */
};

/* --- looking up ---------------------------------------------------------- */

/* A v4 address is asked for as such: then it is found in every kind of file. */
static void sockaddr_of(const struct ip *ip, struct sockaddr_storage *out)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    memset(out, 0, sizeof(*out));
    memcpy(&v4.sin_addr, ip->b + 12, 4);
    memcpy(&v6.sin6_addr, ip->b, 16);
    if (ip->v4)
        memcpy(out, &v4, sizeof(v4));
    else
        memcpy(out, &v6, sizeof(v6));
}

static bool entry_of(const struct file *f, const struct ip *ip, MMDB_entry_s *out)
{
    struct sockaddr_storage address;
    MMDB_lookup_result_s found;
    int status = MMDB_SUCCESS;

    if (!f->open)
        return false;
    sockaddr_of(ip, &address);
    found = MMDB_lookup_sockaddr(&f->mmdb, (const struct sockaddr *)&address,
                                 &status);
    *out = found.entry;
    return status == MMDB_SUCCESS && found.found_entry;
}

static bool value_of(MMDB_entry_s *e, const char *const *path,
                     MMDB_entry_data_s *out)
{
    return MMDB_aget_value(e, out, path) == MMDB_SUCCESS && out->has_data;
}

/* Who makes such a file chooses how wide its numbers are. */
static bool number_of(MMDB_entry_s *e, const char *const *path, double *out)
{
    MMDB_entry_data_s data;

    if (!value_of(e, path, &data))
        return false;
    if (data.type == MMDB_DATA_TYPE_DOUBLE)
        *out = data.double_value;
    else if (data.type == MMDB_DATA_TYPE_FLOAT)
        *out = (double)data.float_value;
    else if (data.type == MMDB_DATA_TYPE_UINT32)
        *out = data.uint32;
    else if (data.type == MMDB_DATA_TYPE_UINT16)
        *out = data.uint16;
    else
        return false;
    return true;
}

static struct str text_of(MMDB_entry_s *e, struct arena *a,
                          const char *const *path)
{
    MMDB_entry_data_s data;
    struct str text;

    if (!value_of(e, path, &data) || data.type != MMDB_DATA_TYPE_UTF8_STRING)
        return STR_NONE;
    text = (struct str){data.utf8_string, data.data_size};
    return text.n <= TEXT_MAX && utf8_valid(text) ? arena_str(a, text) : STR_NONE;
}

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})

static void location_of(MMDB_entry_s *e, struct geo_place *out)
{
    double lat, lon;

    if (!number_of(e, PATH("location", "latitude"), &lat) ||
        !number_of(e, PATH("location", "longitude"), &lon) ||
        !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180))
        return;
    out->latitude = lat;
    out->longitude = lon;
    out->located = true;
}

static void place_of(MMDB_entry_s *e, struct arena *a, struct geo_place *out)
{
    out->city = text_of(e, a, PATH("city", "names", "en"));
    out->continent_code = text_of(e, a, PATH("continent", "code"));
    out->continent = text_of(e, a, PATH("continent", "names", "en"));
    out->country_code = text_of(e, a, PATH("country", "iso_code"));
    out->country = text_of(e, a, PATH("country", "names", "en"));
    location_of(e, out);
}

static void network_of(MMDB_entry_s *e, struct arena *a, struct geo_place *out)
{
    double number;

    if (number_of(e, PATH("autonomous_system_number"), &number) && number >= 1 &&
        number <= UINT32_MAX)
        out->as_number = (int64_t)number;
    out->as_name = text_of(e, a, PATH("autonomous_system_organization"));
}

static bool geo_find(void *databases, const struct ip *ip, struct arena *a,
                     struct geo_place *out)
{
    const struct databases *d = databases;
    MMDB_entry_s entry;
    bool placed, owned;

    *out = (struct geo_place){.as_number = 0};
    placed = entry_of(&d->city, ip, &entry);
    if (placed)
        place_of(&entry, a, out);
    owned = entry_of(&d->asn, ip, &entry);
    if (owned)
        network_of(&entry, a, out);
    return placed || owned;
}

/* --- opening ------------------------------------------------------------- */

/* A pipe or a device would stop us when it is opened. */
static bool is_readable_file(const char *path, struct error *err)
{
    struct stat st;

    if (path[0] != '/')
        return error_set(err, "must be an absolute path, not \"%s\"", path);
    if (stat(path, &st) != 0)
        return error_set(err, "cannot open %s: %s", path, strerror(errno));
    return S_ISREG(st.st_mode) || error_set(err, "%s is not a file", path);
}

/* Files for something else answer nothing, and nobody would know why. */
static bool is_of_kind(const struct file *f, const char *path, const char *wrong,
                       const char *wanted, struct error *err)
{
    const char *kind = f->mmdb.metadata.database_type;

    return strcasestr(kind, wrong) == NULL ||
           error_set(err, "%s is a %s database; this is for %s", path, kind,
                     wanted);
}

static bool file_open(struct file *f, const char *path, struct error *err)
{
    int status;

    if (!is_readable_file(path, err))
        return false;
    status = MMDB_open(path, MMDB_MODE_MMAP, &f->mmdb);
    f->open = status == MMDB_SUCCESS;
    return f->open || error_set(err, "%s is not a MaxMind DB that can be read: %s",
                                path, MMDB_strerror(status));
}

static bool city_open(struct databases *d, struct str path, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    const char *name = arena_c(&a, path);

    return path.n == 0 ||
           (file_open(&d->city, name, err) &&
            is_of_kind(&d->city, name, "ASN", "a City or Country one", err)) ||
           error_at(err, "geo_city_file");
}

static bool asn_open(struct databases *d, struct str path, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    const char *name = arena_c(&a, path);

    return path.n == 0 ||
           (file_open(&d->asn, name, err) &&
            is_of_kind(&d->asn, name, "City", "an ASN one", err) &&
            is_of_kind(&d->asn, name, "Country", "an ASN one", err)) ||
           error_at(err, "geo_asn_file");
}

static void databases_free(struct databases *d)
{
    if (d->city.open)
        MMDB_close(&d->city.mmdb);
    if (d->asn.open)
        MMDB_close(&d->asn.mmdb);
    free(d);
}

bool geo_open(struct str city_file, struct str asn_file, struct geo *out,
              struct error *err)
{
    struct databases *d;

    *out = (struct geo){.find = NULL};
    if (city_file.n == 0 && asn_file.n == 0)
        return true;
    d = mem_new(sizeof(*d));
    if (!city_open(d, city_file, err) || !asn_open(d, asn_file, err)) {
        databases_free(d);
        return false;
    }
    *out = (struct geo){geo_find, d};
    return true;
}

void geo_close(struct geo *g)
{
    if (g->arg != NULL)
        databases_free(g->arg);
    *g = (struct geo){.find = NULL};
}
