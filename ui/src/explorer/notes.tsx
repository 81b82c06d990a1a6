// notes.tsx -- what people wrote about an alert, and one line more.
import { useRef, useState } from "preact/hooks";
import { getIfThere } from "../base/api";
import { t } from "../base/i18n";
import { useKeys } from "../base/keys";
import { useLoad } from "../base/load";
import { Labelled } from "../parts/form";
import { When } from "../parts/when";
import { act } from "./bulk";

interface Note {
  at: string;
  by: string;
  text: string;
}

export function Notes({ id }: { id: number }) {
  const { value, reload } = useLoad(String(id), (s) => getIfThere<{ data: Note[] }>(`/alerts/${id}/notes`, s).catch(() => null), ["alerts"]);
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useKeys({ m: () => input.current?.focus() });
  if (!value) return null;
  const add = (e: Event): void => {
    e.preventDefault();
    if (text.trim()) void act("note", { ids: [id] }, () => { setText(""); reload(); }, { text });
  };
  return (
    <section>
      <h3>{t("notes.title")}</h3>
      <ul class="plain-list">{value.data.map((n) => <li key={n.at + n.text}><span>{n.text}</span> <span class="dim">{n.by} <When at={n.at} /></span></li>)}</ul>
      <form class="beside" onSubmit={add}>
        <Labelled label={t("notes.add")}>{(ids) => <input {...ids} ref={input} maxLength={2000} value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Labelled>
        <button>{t("filter.add")}</button>
      </form>
    </section>
  );
}
