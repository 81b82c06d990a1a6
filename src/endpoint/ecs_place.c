/* ecs_place.c -- where one end of a flow is: what was said, then a database. */
#include "endpoint/ecs_place.h"

#include "message/escape.h"

#define COUNTRY_CODE_BYTES 2

static const char *const continents[][2] = {
    {"AF", "Africa"},        {"AN", "Antarctica"}, {"AS", "Asia"},
    {"EU", "Europe"},        {"NA", "North America"},
    {"OC", "Oceania"},       {"SA", "South America"},
};

/* --- what was said ------------------------------------------------------- */

struct str ecs_said(struct str s, size_t max, struct arena *arena)
{
    struct buf clean freed_by(buf_release) = BUF(3 * s.n);
    struct buf cut freed_by(buf_release) = BUF(max);

    clean_text(&clean, s, false);
    cut_bytes(&cut, str_trim(buf_view(&clean)), max);
    return arena_str(arena, buf_view(&cut));
}

static const struct json *fact(const struct alert *a, const char *prefix,
                               const char *name, struct arena *arena)
{
    return alert_fact(a, arena_printf(arena, "%s%s", prefix, name).p);
}

/* ntopng says "NA" where ECS has a name, and a code of its own. */
static void continent_read(struct str said, struct geo_place *out)
{
    out->continent = said;
    for (size_t i = 0; i < COUNT_OF(continents); i++) {
        if (str_is(said, continents[i][0]) || str_is(said, continents[i][1])) {
            out->continent_code = str_of(continents[i][0]);
            out->continent = str_of(continents[i][1]);
        }
    }
}

static bool is_country_code(struct str s)
{
    return s.n == COUNTRY_CODE_BYTES && s.p[0] >= 'A' && s.p[0] <= 'Z' &&
           s.p[1] >= 'A' && s.p[1] <= 'Z';
}

/* 0, 0 is in the sea: nobody who knows better says it. */
static void location_read(const struct json *lat, const struct json *lon,
                          struct geo_place *out)
{
    double latitude, longitude;

    if (!json_double(lat, &latitude) || !json_double(lon, &longitude) ||
        !(latitude >= -90 && latitude <= 90) ||
        !(longitude >= -180 && longitude <= 180) ||
        (latitude == 0 && longitude == 0))
        return;
    out->latitude = latitude;
    out->longitude = longitude;
    out->located = true;
}

static struct str name_read(const struct alert *a, const char *prefix,
                            const char *name, size_t max, struct arena *arena)
{
    return ecs_said(json_text(fact(a, prefix, name, arena)), max, arena);
}

static void said_read(const struct alert *a, const char *prefix, size_t max,
                      struct arena *arena, struct geo_place *out)
{
    struct str country = name_read(a, prefix, "country_name", max, arena);

    *out = (struct geo_place){
        .city = name_read(a, prefix, "city_name", max, arena),
        .as_number = json_i64_or(fact(a, prefix, "asn", arena), 0),
    };
    continent_read(name_read(a, prefix, "continent_name", max, arena), out);
    if (is_country_code(country))
        out->country_code = country;
    else
        out->country = country;
    location_read(fact(a, prefix, "location_lat", arena),
                  fact(a, prefix, "location_lon", arena), out);
}

/* --- what a database adds ------------------------------------------------ */

static void fill(struct str *said, struct str found)
{
    if (said->n == 0)
        *said = found;
}

static bool contradict(struct str said, struct str found)
{
    return said.n > 0 && found.n > 0 && !str_eq(said, found);
}

static void place_fill(struct geo_place *said, const struct geo_place *found)
{
    if (contradict(said->country_code, found->country_code) ||
        contradict(said->country, found->country) ||
        contradict(said->city, found->city))
        return;
    fill(&said->city, found->city);
    fill(&said->continent_code, found->continent_code);
    fill(&said->continent, found->continent);
    if (said->continent.n == 0)
        continent_read(said->continent_code, said);
    fill(&said->country_code, found->country_code);
    fill(&said->country, found->country);
    if (said->located || !found->located)
        return;
    said->latitude = found->latitude;
    said->longitude = found->longitude;
    said->located = true;
}

void ecs_place_find(const struct alert *a, const char *prefix,
                    const struct ip *ip, const struct geo *geo, size_t max,
                    struct arena *arena, struct geo_place *out)
{
    struct geo_place found;

    said_read(a, prefix, max, arena, out);
    if (ip == NULL || geo == NULL || geo->find == NULL ||
        !geo->find(geo->arg, ip, arena, &found))
        return;
    place_fill(out, &found);
    if (out->as_number > 0 && out->as_number != found.as_number)
        return;
    out->as_number = found.as_number;
    out->as_name = found.as_name;
}

/* --- written ------------------------------------------------------------- */

static void put(struct json_out *o, const char *name, struct str s)
{
    if (s.n > 0)
        out_str(o, name, s);
}

static void as_write(const struct geo_place *p, struct json_out *o)
{
    if (p->as_number <= 0 || p->as_number > UINT32_MAX)
        return;
    out_object(o, "as");
    out_i64(o, "number", p->as_number);
    if (p->as_name.n > 0) {
        out_object(o, "organization");
        out_str(o, "name", p->as_name);
        out_object_end(o);
    }
    out_object_end(o);
}

static bool is_known(const struct geo_place *p)
{
    return p->located || p->city.n > 0 || p->continent.n > 0 ||
           p->country.n > 0 || p->country_code.n > 0;
}

void ecs_place_write(const struct geo_place *p, bool codes, struct json_out *o)
{
    as_write(p, o);
    if (!is_known(p))
        return;
    out_object(o, "geo");
    put(o, "city_name", p->city);
    if (codes)
        put(o, "continent_code", p->continent_code);
    put(o, "continent_name", p->continent);
    put(o, "country_iso_code", p->country_code);
    put(o, "country_name", p->country);
    if (p->located) {
        out_object(o, "location");
        out_double(o, "lat", p->latitude);
        out_double(o, "lon", p->longitude);
        out_object_end(o);
    }
    out_object_end(o);
}
