// decisions.tsx -- who gets an alert and who does not, with every criterion.
import { t, word } from "../base/i18n";
import { escaped } from "../base/api";
import type { Decision, Delivery } from "../base/types";
import { mayRespond } from "../base/session";
import { retrySome } from "../delivery/retry";
import { StateMark } from "../parts/severity";

const SIGNS: Record<string, string> = { deliver: "✔", not_matched: "⌀", silenced: "‖", held: "‖", disabled: "⌀" };

export function Outcome({ d, delivery }: { d: Decision; delivery?: Delivery | undefined }) {
  if (delivery) return <StateMark state={delivery.state} />;
  return <span class={`state outcome-${d.outcome}`}><span aria-hidden="true">{SIGNS[d.outcome] ?? "•"}</span> {word("outcome", d.outcome)}</span>;
}

/** What became of the alert itself, not of what was told of it later. */
const ofAlert = (deliveries: Delivery[], recipient: string): Delivery | undefined =>
  deliveries.find((d) => d.recipient === recipient && !d.update);

/** One line a recipient: the short answer; and sending again what failed. */
export function DecisionList({ decisions, deliveries, reload }: { decisions: Decision[]; deliveries: Delivery[]; reload: () => void }) {
  return (
    <ul class="decisions">
      {decisions.map((d) => {
        const delivery = ofAlert(deliveries, d.recipient);
        const why = delivery?.reason || d.because;
        return (
          <li key={d.recipient}>
            <a href={"/recipients/" + escaped(d.recipient)}>{d.recipient}</a> <Outcome d={d} delivery={delivery} />
            {delivery?.state === "dead" && mayRespond.value && <> <button type="button" onClick={() => void retrySome([delivery.id], reload)}>{t("deliveries.retry")}</button></>}
            {why && <p class="dim">{why}</p>}
          </li>
        );
      })}
    </ul>
  );
}

/** All of it: every recipient against every criterion that somebody has; the others are named. */
export function DecisionTable({ decisions, deliveries = [] }: { decisions: Decision[]; deliveries?: Delivery[] }) {
  const all = [...new Set(decisions.flatMap((d) => d.criteria.map((c) => c.name)))];
  const names = all.filter((n) => decisions.some((d) => d.criteria.some((c) => c.name === n && c.want !== "any")));
  const others = all.filter((n) => !names.includes(n)).map((n) => word("criterion", n));
  return (
    <>
    <div class="scroll card" tabIndex={0} role="region" aria-label={t("why.table")}>
      <table class="plain why">
        <thead><tr><th scope="col">{t("word.recipient")}</th><th scope="col">{t("why.result")}</th>{names.map((n) => <th key={n} scope="col">{word("criterion", n)}</th>)}</tr></thead>
        <tbody>
          {decisions.map((d) => {
            const delivery = ofAlert(deliveries, d.recipient);
            return (
              <tr key={d.recipient}>
                <th scope="row"><a href={"/recipients/" + escaped(d.recipient)}>{d.recipient}</a></th>
                <td><Outcome d={d} delivery={delivery} />{(delivery?.reason || d.because) && <p class="dim">{delivery?.reason || d.because}</p>}</td>
                {names.map((n) => {
                  const c = d.criteria.find((x) => x.name === n);
                  if (!c) return <td key={n} class="dim">–</td>;
                  return (
                    <td key={n} class={c.pass ? "good" : "bad"}>
                      <span aria-hidden="true">{c.pass ? "✔" : "✖"}</span><span class="hidden">{t(c.pass ? "why.passes" : "why.fails")}</span>{" "}
                      {c.want === "any" ? t("why.any") : <>{c.have}<br /><span class="dim">{t("why.wanted", { want: c.want })}</span></>}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
    {others.length > 0 && <p class="dim">{t("why.others", { names: others.join(", ") })}</p>}
    </>
  );
}

