// form.tsx -- inputs drawn from a schema, the same for every type of endpoint.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { t, word } from "../base/i18n";
import type { Problem } from "../base/problem";
import type { ObjectSchema, Params, ParamValue, Schema } from "../base/types";
import { controlOf, isSecretSet, parted, shownValue, typedValue } from "./field";

interface LabelledProps {
  label: string;
  help?: string | undefined;
  wrong?: string | undefined;
  needed?: boolean;
  children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean; required?: boolean }) => ComponentChildren;
}

/** An input with its label, its help and what is wrong with it. */
export function Labelled({ label, help, wrong, needed = false, children }: LabelledProps) {
  const id = useId();
  const about = [help ? id + "-help" : "", wrong ? id + "-wrong" : ""].filter(Boolean).join(" ");
  return (
    <div class={wrong ? "field field-wrong" : "field"}>
      <label for={id}>{label}{needed && <span class="needed"> {t("form.needed")}</span>}</label>
      {children({ id, ...(about ? { "aria-describedby": about } : {}), ...(wrong ? { "aria-invalid": true } : {}), ...(needed ? { required: true } : {}) })}
      {wrong && <p id={id + "-wrong"} class="wrong"><span aria-hidden="true">✖</span> {wrong}</p>}
      {help && <p id={id + "-help"} class="help">{help}</p>}
    </div>
  );
}

interface FieldProps {
  name: string;
  schema: Schema;
  value: ParamValue | undefined;
  needed: boolean;
  wrong?: string | undefined;
  disabled?: boolean;
  onChange: (v: ParamValue) => void;
  beside?: ComponentChildren;
}

/** A choice as people read it; of what has none the value itself. */
const choiceText = (s: Schema, value: unknown): string => s["x-labels"]?.[String(value)] ?? word(s.format ?? "", String(value));

function helpOf(s: Schema): string {
  const unit = s["x-unit"] ? ` (${s["x-unit"]})` : "";
  const fallback = s.default !== undefined && s.default !== "" && controlOf(s) !== "switch"
    ? " " + t("form.default", { value: Array.isArray(s.default) ? s.default.join(", ") : choiceText(s, s.default) }) : "";
  return (s.description ?? "") + unit + fallback;
}

/** The types know which attributes go with which type of input; here it varies. */
const typed = (type: string): object => ({ type: type === "number" || type === "password" ? type : "text" });

function SecretInput({ value, onChange, ids }: { value: ParamValue | undefined; onChange: (v: ParamValue) => void; ids: object }) {
  const [shown, setShown] = useState(false);
  const kept = isSecretSet(value);
  return (
    <div class="beside">
      <input {...ids} {...typed(shown ? "text" : "password")} autocomplete="off" spellcheck={false}
        placeholder={kept ? t("form.secret_kept") : ""} value={shownValue(value)}
        onInput={(e) => onChange(e.currentTarget.value)} />
      <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)}>{shown ? t("form.hide") : t("form.show")}</button>
      {kept && <button type="button" onClick={() => onChange(null)}>{t("form.secret_drop")}</button>}
    </div>
  );
}

export function Field({ name, schema, value, needed, wrong, disabled = false, onChange, beside }: FieldProps) {
  const control = controlOf(schema);
  const label = schema.title ?? name;
  const now = value ?? (schema.default as ParamValue | undefined);
  if (control === "switch")
    return (
      <div class="field">
        <label class="switch"><input type="checkbox" checked={now === true} disabled={disabled}
          onChange={(e) => onChange(e.currentTarget.checked)} /> {label}</label>
        <p class="help">{helpOf(schema)}</p>
      </div>
    );
  return (
    <Labelled label={label} help={helpOf(schema)} wrong={wrong} needed={needed}>
      {(ids) => {
        const common = { ...ids, disabled, name };
        if (control === "secret") return <SecretInput value={value} onChange={onChange} ids={common} />;
        if (control === "choice")
          return (
            <select {...common} value={shownValue(now)} onChange={(e) => onChange(e.currentTarget.value || null)}>
              {!needed && schema.default === undefined && <option value="">–</option>}
              {schema.enum?.map((o) => <option key={o} value={o}>{choiceText(schema, o)}</option>)}
            </select>
          );
        if (control === "list")
          return <textarea {...common} rows={3} value={shownValue(value)} placeholder={t("form.one_a_line")}
            onInput={(e) => onChange(typedValue(schema, e.currentTarget.value))} />;
        return (
          <div class="beside">
            <input {...common} {...typed(control)} value={shownValue(value)} spellcheck={false} autocomplete="off"
              min={schema.minimum} max={schema.maximum} maxLength={schema.maxLength}
              placeholder={schema.default === undefined ? "" : String(schema.default)}
              onInput={(e) => onChange(typedValue(schema, e.currentTarget.value))} />
            {beside}
          </div>
        );
      }}
    </Labelled>
  );
}

interface FieldsProps {
  schema: ObjectSchema;
  values: Params;
  onChange: (values: Params) => void;
  problem?: Problem | null;
  disabled?: boolean;
  /** Where the object has these: "params/", unless it is elsewhere. */
  at?: string;
  /** Something beside one field: the button that looks for what to choose. */
  beside?: { name: string; with: ComponentChildren } | undefined;
}

export function Fields({ schema, values, onChange, problem, disabled = false, at = "params/", beside }: FieldsProps) {
  const { needed, optional } = parted(schema);
  const one = ([name, s]: [string, Schema]) => (
    <Field key={name} name={name} schema={s} value={values[name]} needed={schema.required.includes(name)} disabled={disabled}
      wrong={problem?.about(at + name)} onChange={(v) => onChange({ ...values, [name]: v })}
      beside={beside?.name === name ? beside.with : undefined} />
  );
  const isSaid = optional.some(([name, s]) => problem?.about(at + name) || (values[name] ?? null) !== (s.default ?? null));
  const first = needed.length ? needed : optional;
  return (
    <>
      {first.map(one)}
      {needed.length > 0 && optional.length > 0 && (
        <details class="more" open={isSaid || optional.length < 4}>
          <summary>{t("form.optional", { n: optional.length })}</summary>
          {optional.map(one)}
        </details>
      )}
    </>
  );
}
