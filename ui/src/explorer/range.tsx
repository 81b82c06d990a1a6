// range.tsx -- from when to when: presets, a step back or forth, or as typed.
import { useState } from "preact/hooks";
import { t } from "../base/i18n";
import { moment } from "../base/ranges";
import { absolute, now } from "../base/time";
import { Labelled } from "../parts/form";
import { Menu } from "../parts/menu";
import { bounds, RANGES, shifted, type View } from "./view";

interface Props {
  view: View;
  onChange: (since: string, until: string) => void;
}

function shownRange(v: View): string {
  if (v.until === "" && RANGES.some((r) => r === v.since)) return t(`range.${v.since as (typeof RANGES)[number]}`);
  const { from, to } = bounds(v, now.value);
  if (from === null && to === null) return t("range.all");
  return `${from === null ? "…" : absolute(from)} → ${to === null ? t("range.now") : absolute(to)}`;
}

function Typed({ view, onChange }: Props) {
  const [since, setSince] = useState(view.since);
  const [until, setUntil] = useState(view.until || "now");
  const [wrong, setWrong] = useState("");
  return (
    <form onSubmit={(e) => {
      e.preventDefault();
      const isGood = [since, until].every((x) => moment(x, Date.now()) !== null);
      setWrong(isGood ? "" : t("range.wrong"));
      if (isGood) onChange(since, until === "now" ? "" : until);
    }}>
      <Labelled label={t("range.since")} help={t("range.help")} wrong={wrong}>{(ids) => <input {...ids} value={since} onInput={(e) => setSince(e.currentTarget.value)} />}</Labelled>
      <Labelled label={t("range.until")}>{(ids) => <input {...ids} value={until} onInput={(e) => setUntil(e.currentTarget.value)} />}</Labelled>
      <button class="primary">{t("range.apply")}</button>
    </form>
  );
}

export function Range({ view, onChange }: Props) {
  const step = (by: -1 | 1): void => {
    const r = shifted(view, by, Date.now());
    onChange(r.since, r.until);
  };
  return (
    <div class="range">
      <button type="button" aria-label={t("range.back")} onClick={() => step(-1)}>◂</button>
      <Menu label={shownRange(view)}>
        {RANGES.map((r) => <button key={r} type="button" onClick={() => onChange(r, "")}>{t(`range.${r}`)}</button>)}
        <button type="button" onClick={() => onChange("all", "")}>{t("range.all")}</button>
        <Typed key={view.since + view.until} view={view} onChange={onChange} />
      </Menu>
      <button type="button" aria-label={t("range.forth")} onClick={() => step(1)}>▸</button>
    </div>
  );
}
