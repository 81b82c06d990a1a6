// builder.tsx -- an alert put together by choosing; kept as the JSON that is asked about.
import { t, word } from "../base/i18n";
import { CATEGORIES, ENTITIES, SEVERITIES } from "../base/severity";
import { Labelled } from "../parts/form";

export const SAMPLE = JSON.stringify({
  type: "low_goodput", entity: "flow", category: "network", severity: "notice",
  cli_ip: "192.168.1.29", srv_ip: "23.206.251.35", srv_port: 80, proto: 6, message: "Low Goodput Ratio",
}, null, 2);

type Built = Record<string, unknown>;

function parsed(text: string): Built {
  try {
    return JSON.parse(text) as Built;
  } catch {
    return {};
  }
}

export function Builder({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const is = parsed(text);
  const set = (name: string, value: string): void => {
    const next = { ...is, [name]: value };
    if (value === "") delete next[name];
    onChange(JSON.stringify(next, null, 2));
  };
  const choice = (name: string, label: string, list: string, options: readonly string[]) => (
    <Labelled label={label}>
      {(ids) => <select {...ids} value={String(is[name] ?? "")} onChange={(e) => set(name, e.currentTarget.value)}>{options.map((o) => <option key={o} value={o}>{word(list, o)}</option>)}</select>}
    </Labelled>
  );
  const words = (name: string, label: string) => (
    <Labelled label={label}>{(ids) => <input {...ids} value={String(is[name] ?? "")} spellcheck={false} onInput={(e) => set(name, e.currentTarget.value)} />}</Labelled>
  );
  return (
    <div class="fields">
      {choice("severity", t("col.severity"), "severity", SEVERITIES)}
      {choice("category", t("col.category"), "category", CATEGORIES)}
      {choice("entity", t("col.entity"), "entity", ENTITIES)}
      {words("type", t("col.alert"))}
      {is["entity"] === "flow" ? <>{words("cli_ip", t("col.cli_ip"))}{words("srv_ip", t("col.srv_ip"))}</> : words("entity_value", t("col.subject"))}
      {words("message", t("why.message"))}
    </div>
  );
}
