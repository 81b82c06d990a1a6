// filter_bar.tsx -- the filter as parts that can be taken away, and a box that
// completes what is typed. What is typed is the box's own: the table stays as it is.
import { useEffect, useRef, useState } from "preact/hooks";
import { joined, partsOf } from "../base/filter";
import { t } from "../base/i18n";
import type { Alert } from "../base/types";
import { Icon } from "../parts/icon";
import { suggestions, type Suggestion } from "./completion";

interface Props {
  filter: string;
  rows: Alert[];
  view: Record<string, string | undefined>;
  wrong: string;
  onChange: (filter: string) => void;
}

const PAUSE_MS = 120;

function useSuggestions(text: string, isOpen: boolean, p: Props): Suggestion[] {
  const [list, setList] = useState<Suggestion[]>([]);
  const latest = useRef(p);
  latest.current = p;
  useEffect(() => {
    if (!isOpen) return;
    let stale = false;
    const timer = setTimeout(() => {
      suggestions(text, latest.current.rows, latest.current.view).then((s) => !stale && setList(s), () => undefined);
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, isOpen]);
  return list;
}

export function FilterBar(p: Props) {
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const list = useSuggestions(text, isOpen, p);
  const parts = partsOf(p.filter);

  const add = (): void => {
    const part = text.trim();
    if (!part) return;
    const one = (x: string): string => (/\bor\b/.test(x) ? `(${x})` : x);
    p.onChange(parts.length ? joined([...parts, part].map(one)) : part);
    setText("");
    setOpen(false);
  };
  const choose = (s: Suggestion): void => {
    setText(s.text);
    setAt(-1);
    input.current?.focus();
  };
  const key = (e: KeyboardEvent): void => {
    const chosen = list[at];
    if (e.key === "ArrowDown") { setOpen(true); setAt(Math.min(list.length - 1, at + 1)); }
    else if (e.key === "ArrowUp") setAt(Math.max(-1, at - 1));
    else if (e.key === "Enter" || (e.key === "Tab" && chosen && isOpen)) {
      if (chosen && isOpen) choose(chosen);
      else if (e.key === "Enter") add();
      else return;
    } else if (e.key === "Escape" && isOpen) { setOpen(false); e.stopPropagation(); }
    else if (e.key === "Backspace" && text === "" && parts.length) p.onChange(joined(parts.slice(0, -1)));
    else return;
    e.preventDefault();
  };
  const isShown = isOpen && list.length > 0;
  return (
    <div class="filter-bar">
      <div class={p.wrong ? "filter-box filter-wrong" : "filter-box"}>
        <Icon name="search" />
        {parts.map((part, i) => (
          <span key={part + i} class="chip"><code>{part}</code>
            <button type="button" aria-label={t("filter.drop", { part })} onClick={() => p.onChange(joined(parts.filter((_, k) => k !== i)))}>✕</button>
          </span>
        ))}
        <div class="combo">
          <input ref={input} data-search type="text" role="combobox" aria-expanded={isShown} aria-controls="filter-list" aria-autocomplete="list"
            aria-activedescendant={isShown && at >= 0 ? `filter-option-${at}` : undefined} aria-label={t("filter.label")} aria-invalid={p.wrong !== "" || undefined}
            placeholder={parts.length ? t("filter.more") : t("filter.hint")} spellcheck={false} autocomplete="off" value={text}
            onInput={(e) => { setText(e.currentTarget.value); setOpen(true); setAt(-1); }}
            onFocus={() => setOpen(true)} onBlur={() => setOpen(false)} onKeyDown={key} />
          {isShown && (
            <ul id="filter-list" role="listbox" aria-label={t("filter.suggestions")} class="combo-list">
              {list.map((s, i) => (
                <li key={s.shown} id={`filter-option-${i}`} role="option" aria-selected={i === at}
                  onMouseDown={(e) => { e.preventDefault(); choose(s); }}><span>{s.shown}</span> <span class="dim">{s.note}</span></li>
              ))}
            </ul>
          )}
        </div>
        {text.trim() && <button type="button" class="primary" onMouseDown={(e) => e.preventDefault()} onClick={add}>{t("filter.add")}</button>}
        {parts.length > 0 && <button type="button" class="quiet" onClick={() => p.onChange("")}>{t("filter.clear")}</button>}
      </div>
      {p.wrong && <p class="wrong" role="alert"><span aria-hidden="true">✖</span> {p.wrong}</p>}
    </div>
  );
}
