// said.tsx -- what was sent in a delivery's tries and what came back, to read and
// to copy. It is text, whoever wrote it.
import { number, t, word } from "../base/i18n";
import { Copy } from "../parts/copy";
import { When } from "../parts/when";
import { asCurl, requestText, responseText, whereTo } from "./as_text";
import type { DeliveryBody, GotResponse, SentRequest, Transcript, Try } from "./types";

function Cut({ of }: { of: unknown }) {
  return typeof of === "number" ? <p class="dim">{t("said.cut", { n: of })}</p> : null;
}

function Request({ r }: { r: SentRequest }) {
  const text = requestText(r);
  const curl = asCurl(r);
  return (
    <section class="said">
      <header><h3>{t("deliveries.request")}</h3><Copy text={whereTo(r) + "\n" + text} label={t("said.copy_request")} />{curl && <Copy text={curl} label={t("said.copy_curl")} />}</header>
      <p class="said-to"><code>{whereTo(r)}</code></p>
      {text && <pre tabIndex={0} aria-label={t("deliveries.request")}>{text}</pre>}
      <Cut of={r["cut"]} />
    </section>
  );
}

function Response({ r }: { r: GotResponse }) {
  const text = responseText(r);
  return (
    <section class="said">
      <header><h3>{t("deliveries.response")}</h3>{text && <Copy text={text} label={t("said.copy_response")} />}</header>
      <p class="said-to">
        <b>{r.outcome === "answered" && r.status > 0 ? r.status : word("answer", r.outcome)}</b>
        {r.peer && <code>{r.peer}</code>} <span class="dim">{number(Math.round(r.ms))} ms</span>
      </p>
      {r.steps.length > 0 && <p class="dim steps">{r.steps.map((s) => `${s.step} ${s.ms < 10 ? s.ms.toFixed(1) : Math.round(s.ms)} ms`).join(" · ")}</p>}
      {text ? <pre tabIndex={0} aria-label={t("deliveries.response")}>{text}</pre> : <p class="dim">{t("said.nothing")}</p>}
      <Cut of={r.cut} />
    </section>
  );
}

function Both({ said }: { said: Transcript }) {
  return (
    <>
      {said.alerts > 1 && <p class="dim">{t("said.together", { n: said.alerts })}</p>}
      <Request r={said.request} />
      <Response r={said.response} />
    </>
  );
}

/** The last one is open: it is what somebody came for. */
function OneTry({ one, open }: { one: Try; open: boolean }) {
  return (
    <li>
      <details open={open}>
        <summary><When at={one.time} /> {one.status > 0 && <code>{one.status}</code>} {one.reason}</summary>
        {one.transcript ? <Both said={one.transcript} /> : <p class="dim">{t("said.not_kept")}</p>}
      </details>
    </li>
  );
}

function Again({ again: { request, because }, body }: { again: NonNullable<DeliveryBody["again"]>; body: DeliveryBody }) {
  if (!request) return because ? <p class="dim">{t("said.no_request", { why: because })}</p> : null;
  return (
    <details class="again" open={body.tries.length === 0}>
      <summary>{t("said.again")}</summary>
      <p class="dim">{t(body.data.state === "delivered" ? "said.again_delivered" : "said.again_now")}</p>
      <Request r={request} />
    </details>
  );
}

export function Said({ body }: { body: DeliveryBody }) {
  if (!body.again) return <p class="dim">{t("said.forbidden")}</p>;
  return (
    <>
      {body.tries.length > 0 && (
        <>
          <h3>{t("said.tries")}</h3>
          <ol class="tries" reversed>{body.tries.toReversed().map((one, i) => <OneTry key={one.time + i} one={one} open={i === 0} />)}</ol>
        </>
      )}
      <Again again={body.again} body={body} />
    </>
  );
}
