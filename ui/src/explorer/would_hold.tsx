// would_hold.tsx -- what would hold an alert back from each recipient, kind by kind.
import { escaped } from "../base/api";
import { t, word } from "../base/i18n";
import type { Decision, HoldReason } from "../base/types";

const isLimit = (h: HoldReason): boolean => h.want !== "any";

function Reason({ h }: { h: HoldReason | undefined }) {
  if (!h || !isLimit(h)) return <td class="dim">–</td>;
  const [kind, sign, says] = h.holds === null ? (["dim", "?", "why.hold_unknown"] as const)
    : h.holds ? (["warn", "‖", "why.hold_holds"] as const) : (["good", "✔", "why.hold_passes"] as const);
  return <td class={kind}><span aria-hidden="true">{sign}</span><span class="hidden">{t(says)}</span> {h.have}<br /><span class="dim">{t("why.wanted", { want: h.want })}</span></td>;
}

/** Recipients and kinds that limit nothing are left out; all that is left may be nothing. */
export function WouldHold({ decisions, when }: { decisions: Decision[]; when: "then" | "now" }) {
  const rows = decisions.map((d) => ({ name: d.recipient, holds: (d[`holds_${when}`] ?? []).filter(isLimit) })).filter((r) => r.holds.length > 0);
  const kinds = [...new Set(rows.flatMap((r) => r.holds.map((h) => h.kind)))];
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{t(`why.holds_${when}`)}</h2>
      <div class="scroll card" tabIndex={0} role="region" aria-label={t(`why.holds_${when}`)}>
        <table class="plain why">
          <thead><tr><th scope="col">{t("word.recipient")}</th>{kinds.map((k) => <th key={k} scope="col">{word("hold", k)}</th>)}</tr></thead>
          <tbody>
            {rows.map((r) => (
              <tr key={r.name}>
                <th scope="row"><a href={"/recipients/" + escaped(r.name)}>{r.name}</a></th>
                {kinds.map((k) => <Reason key={k} h={r.holds.find((h) => h.kind === k)} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
