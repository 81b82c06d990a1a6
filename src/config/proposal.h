/* proposal.h -- a snapshot of the configuration as it would be after an edit, with
 * nothing written: for previews. */
#ifndef CONFIG_PROPOSAL_H
#define CONFIG_PROPOSAL_H

#include "config/config.h"

/* The same checks as config_edit(). *out is the caller's until config_release();
 * NULL when the edit is refused. Its revisions and new ids mean nothing. */
enum config_result config_propose(struct config *c, const struct edit *e,
                                  const struct snapshot **out,
                                  struct error *err) must_check;

/* Every secret of this snapshot taken out, also those of the proposal alone. */
void proposal_redact(const struct snapshot *s, struct buf *to, struct str text);

#endif
