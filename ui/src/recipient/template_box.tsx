// template_box.tsx -- a box for a template: numbered lines, names completed as one
// types, and what is wrong with its place. Typing waits for nothing.
import { useId, useRef, useState } from "preact/hooks";
import { t } from "../base/i18n";
import { completed, fitting, inserted, nameAt, offsetOf, openAt, placeOf, type Edited } from "./template_text";

export interface Variable {
  name: string;
  kind: string;
  value?: string | null;
}

export interface Box {
  insert: (name: string) => void;
}

interface Props {
  label: string;
  help?: string;
  value: string;
  /** A title has one line. */
  oneLine?: boolean;
  names: Variable[];
  wrong: string | undefined;
  disabled: boolean;
  onChange: (text: string) => void;
  /** The box that has, or had last, the caret. */
  onFocus: (box: Box) => void;
}

const MOST = 8;
const LINES_MAX = 16;

export function TemplateBox(p: Props) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(-1); /* -1: nothing is offered */
  const [at, setAt] = useState(0);
  const named = caret < 0 ? null : nameAt(p.value, caret);
  const open = named?.mark === "/" ? openAt(p.value, named.from - 3) : [];
  const list = !named ? [] : named.mark === "/" ? open.slice(0, 1).map((name): Variable => ({ name, kind: "" })) : fitting(p.names, named.typed, MOST);
  const isOpen = list.length > 0 && !(list.length === 1 && list[0]?.name === named?.typed);
  const lines = p.value.split("\n");
  const place = p.wrong ? placeOf(p.wrong) : null;

  const put = (e: Edited): void => {
    p.onChange(e.text);
    setCaret(-1);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(e.caret, e.caret);
    });
  };
  const choose = (v: Variable | undefined): void => {
    if (v && named) put(completed(p.value, caret, named, v.name));
  };
  const key = (e: KeyboardEvent): void => {
    if (!isOpen) {
      if (p.oneLine && e.key === "Enter" && !e.ctrlKey && !e.metaKey) e.preventDefault();
      return;
    }
    if (e.key === "ArrowDown") setAt((at + 1) % list.length);
    else if (e.key === "ArrowUp") setAt((at + list.length - 1) % list.length);
    else if ((e.key === "Enter" && !e.ctrlKey) || e.key === "Tab") choose(list[at]);
    else if (e.key === "Escape") setCaret(-1);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const typed = (): void => {
    const el = area.current;
    if (!el) return;
    const text = p.oneLine ? el.value.replace(/[\r\n]+/g, " ") : el.value;
    p.onChange(text);
    setCaret(el.selectionStart);
    setAt(0);
  };
  const goTo = (): void => {
    const el = area.current;
    if (!el || !place) return;
    const from = offsetOf(p.value, place);
    el.focus();
    el.setSelectionRange(from, Math.min(p.value.length, from + 2));
  };
  const insert = (name: string): void => put(inserted(p.value, area.current?.selectionStart ?? p.value.length, name));
  return (
    <div class={p.wrong ? "field field-wrong" : "field"}>
      <label for={id}>{p.label}</label>
      <div class="template">
        {!p.oneLine && <ol class="gutter" aria-hidden="true">{lines.map((_, i) => <li key={i} class={place?.line === i + 1 ? "bad" : ""}>{i + 1}</li>)}</ol>}
        <textarea id={id} ref={area} class="code" rows={p.oneLine ? 1 : Math.min(LINES_MAX, Math.max(4, lines.length))} value={p.value} spellcheck={false} wrap={p.oneLine ? "soft" : "off"}
          disabled={p.disabled} aria-autocomplete="list" aria-controls={isOpen ? id + "-list" : undefined} aria-activedescendant={isOpen ? `${id}-${at}` : undefined}
          aria-invalid={p.wrong ? true : undefined} aria-describedby={`${id}-wrong ${id}-help`}
          onInput={typed} onKeyDown={key} onFocus={() => p.onFocus({ insert })} onBlur={() => setCaret(-1)} onClick={() => setCaret(-1)} />
        {isOpen && (
          <ul id={id + "-list"} role="listbox" aria-label={t("template.names")} class="combo-list">
            {list.map((v, i) => (
              <li key={v.name} id={`${id}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => { e.preventDefault(); choose(v); }}>
                <code>{v.name}</code> <span class="dim clip">{v.value ?? ""}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <p id={id + "-wrong"} class="wrong" aria-live="polite">
        {place && <><span aria-hidden="true">✖</span> {place.line > 0 && <button type="button" class="link" onClick={goTo}>{t("template.place", { line: place.line, column: place.column })}</button>} {place.text}</>}
      </p>
      <p id={id + "-help"} class="help">{p.help}</p>
    </div>
  );
}
