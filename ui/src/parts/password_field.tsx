// password_field.tsx -- a password: the one somebody has, or a new one with its strength.
import { t, type Key } from "../base/i18n";
import { strength } from "../base/password";
import { Labelled } from "./form";

const STRENGTHS: Key[] = ["setup.weak", "setup.fair", "setup.good", "setup.strong"];

interface Props {
  label: string;
  help?: string;
  wrong?: string | undefined;
  /** The one that is in force, which a browser may fill in. */
  current?: boolean;
  optional?: boolean;
  value: string;
  onChange: (value: string) => void;
}

function Strength({ of }: { of: string }) {
  const level = strength(of);
  return <p class={`strength strength-${level}`}><meter min={0} max={3} value={level} aria-label={t("setup.strength")} /> {t(STRENGTHS[level] ?? "setup.weak")}</p>;
}

export function PasswordField({ label, help, wrong, current = false, optional = false, value, onChange }: Props) {
  return (
    <>
      <Labelled label={label} help={help} wrong={wrong} needed={!optional}>
        {(ids) => <input {...ids} type="password" autocomplete={current ? "current-password" : "new-password"} maxLength={256} value={value}
          onInput={(e) => onChange(e.currentTarget.value)} />}
      </Labelled>
      {!current && value !== "" && <Strength of={value} />}
    </>
  );
}
