/* fake_types.h -- endpoint types for tests of the courier, in place of all.c: what
 * they send names each alert, and what they are told names each verdict.
 *
 * A request's body is "STEP[:CARRY]" and a word for each alert: its id and phase
 * (n new, r release, l late, a acknowledged, u no longer, w worse), for what follows
 * another "@" and the handle: "1:x 4n 7r@h3"; and "+2" when two others share it.
 *
 * An answer of status 200 has a word for each alert, the last for all that follow;
 * none at all is "ok":
 *   ok          delivered; the handle is "h" and the alert's id
 *   ok=TEXT     delivered; the handle is TEXT
 *   no          refused
 *   later       deferred
 *   waitMS      deferred, and they ask to wait so long
 *   dead        deferred, by the endpoint's fault
 *   gone        deferred, by the recipient's fault
 *   floodMS     deferred, by the recipient's fault, for so long
 *   againN:TEXT another request: step N, with TEXT
 *   maybe       deferred, and it may have arrived
 *   unsent      the request had no room for it
 * A carry "unrenderable" cannot be rendered, nor can such a message.
 *
 * plain: four alerts a request; chat: the same, but edits, and what
 * is sent twice is seen twice; paced: one a request,
 * two at once and then one a second; rooms: that of each recipient; sharing: whatever
 * began shares "x". */
#ifndef TEST_FAKE_TYPES_H
#define TEST_FAKE_TYPES_H

#include "endpoint/endpoint.h"

#define FAKE_BATCH 4

#endif
