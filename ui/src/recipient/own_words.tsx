// own_words.tsx -- a recipient's own title and text, and what they may speak of.
import { useRef, useState } from "preact/hooks";
import { post } from "../base/api";
import { t, word } from "../base/i18n";
import { useLoad } from "../base/load";
import { mayWrite } from "../base/session";
import { useSettled } from "../base/settled";
import type { Recipient } from "../base/types";
import { TemplateBox, type Box, type Variable } from "./template_box";

interface Checked {
  errors: { member: string; message: string }[];
  names: Variable[];
}

const CHECK_MS = 250;
const KINDS = ["part", "alert", "fact"] as const;

/** Both are looked at, whatever else of the recipient is not right yet. */
function useCheck(r: Recipient): Checked | null {
  const words = useSettled({ title_template: r.title_template || null, text_template: r.text_template || null }, CHECK_MS);
  return useLoad(JSON.stringify(words), async () => (mayWrite.value ? post<Checked>("/templates/check", words) : null)).value;
}

function Variables({ list, insert }: { list: Variable[]; insert: (name: string) => void }) {
  const [all, setAll] = useState(false);
  const shown = list.filter((v) => all || v.value);
  return (
    <details class="more">
      <summary>{t("template.variables", { n: list.filter((v) => v.value).length })}</summary>
      <p class="help">{t("template.variables_help")}</p>
      {KINDS.filter((k) => shown.some((v) => v.kind === k)).map((k) => (
        <div key={k}>
          <p class="group-name">{word("template_kind", k)}</p>
          <dl class="variables" aria-label={word("template_kind", k)}>
            {shown.filter((v) => v.kind === k).map((v) => (
              <div key={v.name}><dt><button type="button" class="link" onMouseDown={(e) => e.preventDefault()} onClick={() => insert(v.name)}><code>{`{{${v.name}}}`}</code></button></dt><dd>{v.value || <span class="dim">–</span>}</dd></div>
            ))}
          </dl>
        </div>
      ))}
      <label class="switch"><input type="checkbox" checked={all} onChange={(e) => setAll(e.currentTarget.checked)} /> {t("template.all")}</label>
    </details>
  );
}

interface Props {
  r: Recipient;
  set: (c: Partial<Recipient>) => void;
  locked: boolean;
  variables: Variable[];
  wrong: (name: string) => string | undefined;
}

export function OwnWords({ r, set, locked, variables, wrong }: Props) {
  const checked = useCheck(r);
  const box = useRef<Box | null>(null);
  const names = variables.length ? variables : (checked?.names ?? []);
  const about = (member: string): string | undefined => checked?.errors.find((e) => e.member === member)?.message ?? wrong(member);
  const common = { names, disabled: locked, onFocus: (b: Box) => (box.current = b) };
  return (
    <details class="more" open={Boolean(r.title_template || r.text_template)}>
      <summary>{t("recipient.words")}</summary>
      <TemplateBox {...common} label={t("recipient.title_template")} oneLine value={r.title_template ?? ""} wrong={about("title_template")} onChange={(v) => set({ title_template: v || null })} />
      <TemplateBox {...common} label={t("recipient.text_template")} help={t("recipient.template_help")} value={r.text_template ?? ""} wrong={about("text_template")} onChange={(v) => set({ text_template: v || null })} />
      <Variables list={names} insert={(name) => (box.current ? box.current.insert(name) : set({ text_template: `${r.text_template ?? ""}{{${name}}}` }))} />
    </details>
  );
}
