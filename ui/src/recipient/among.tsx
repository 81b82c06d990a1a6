// among.tsx -- "any", or only these: a list criterion as it is said in the sentence.
import { useId, useState } from "preact/hooks";
import { t } from "../base/i18n";

interface Props {
  label: string;
  value: string[] | null;
  /** Known values with their words; others may be typed where `free`. */
  options: [string, string][];
  free?: boolean;
  disabled?: boolean;
  /** What an empty list means, if it is not that nothing is got. */
  none?: string;
  onChange: (v: string[] | null) => void;
}

export function Among({ label, value, options, free = false, disabled = false, none = t("among.none"), onChange }: Props) {
  const [typed, setTyped] = useState("");
  const id = useId();
  const said = (v: string): string => options.find(([x]) => x === v)?.[1] ?? v;
  const add = (v: string): void => {
    const one = v.trim();
    if (one && !value?.includes(one)) onChange([...(value ?? []), one]);
    setTyped("");
  };
  const rest = options.filter(([v]) => !value?.includes(v));
  return (
    <span class="among">
      <select aria-label={label} value={value === null ? "any" : "only"} disabled={disabled} onChange={(e) => onChange(e.currentTarget.value === "any" ? null : [])}>
        <option value="any">{t("among.any")}</option>
        <option value="only">{t("among.only")}</option>
      </select>
      {value?.map((v) => (
        <span key={v} class="chip">{said(v)}<button type="button" disabled={disabled} aria-label={t("among.drop", { value: said(v) })} onClick={() => onChange(value.filter((x) => x !== v))}>✕</button></span>
      ))}
      {value !== null && !free && (
        <select aria-label={t("among.add", { label })} value="" disabled={disabled || rest.length === 0} onChange={(e) => add(e.currentTarget.value)}>
          <option value="">{t("among.choose")}</option>
          {rest.map(([v, name]) => <option key={v} value={v}>{name}</option>)}
        </select>
      )}
      {value !== null && free && (
        <>
          <input list={id} aria-label={t("among.add", { label })} value={typed} disabled={disabled} spellcheck={false} placeholder={t("among.type")}
            onInput={(e) => setTyped(e.currentTarget.value)} onBlur={() => add(typed)}
            onKeyDown={(e) => { if (e.key === "Enter") { e.preventDefault(); add(typed); } }} />
          <datalist id={id}>{rest.map(([v]) => <option key={v} value={v} />)}</datalist>
        </>
      )}
      {value !== null && value.length === 0 && <span class="bad">{none}</span>}
    </span>
  );
}
