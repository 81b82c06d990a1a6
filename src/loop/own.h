/* own.h -- inside the room: what the loop releases when it is freed. */
#ifndef LOOP_OWN_H
#define LOOP_OWN_H

struct loop;

/* Calls release(arg) in loop_free(), last registered first. At most 8. */
typedef void loop_release_fn(void *arg);
void loop_own(struct loop *l, loop_release_fn *release, void *arg);

#endif
