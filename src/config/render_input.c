/* render_input.c -- what a render begins with, whoever renders. */
#include "config/render_input.h"

void render_input_for(const struct snapshot *s, const struct endpoint *e,
                      const struct recipient *r, int64_t now_ms,
                      struct render_input *out)
{
    *out = (struct render_input){
        .endpoint = e->params,
        .recipient = r != NULL ? r->params : NULL,
        .recipient_name = r != NULL ? r->name : STR("test"),
        .scripts_dir = s->settings.scripts_dir,
        .geo = &s->geo,
        .place = {.instance = s->settings.instance,
                  .base_url = s->settings.base_url,
                  .now_ms = now_ms,
                  .own = r != NULL ? &r->own : NULL},
    };
}
