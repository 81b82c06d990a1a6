// top.tsx -- the most frequent values of a field; each is a filter.
import { useState } from "preact/hooks";
import { number, t, type Key } from "../base/i18n";
import { useLoad } from "../base/load";
import { Menu } from "../parts/menu";
import { Waiting } from "../parts/notice";
import { top } from "./counts";

const FIELDS: [string, Key][] = [
  ["type", "top.type"], ["cli_ip", "top.cli_ip"], ["srv_ip", "top.srv_ip"], ["entity_value", "top.subject"],
  ["category", "top.category"], ["source", "top.source"],
];

interface Props {
  params: Record<string, string | undefined>;
  onChoose: (field: string, value: string) => void;
}

function Values({ field, params, onChoose }: Props & { field: string }) {
  const { value } = useLoad(field + JSON.stringify(params), (s) => top(field, params, s));
  if (!value) return <Waiting />;
  if (value.length === 0) return <p class="dim">{t("top.none")}</p>;
  return (
    <>
      {value.map((v) => (
        <button key={v.value} type="button" onClick={() => onChoose(field, v.value)}>
          <span class="clip">{v.value}</span> <span class="dim">{number(v.count)}</span>
        </button>
      ))}
    </>
  );
}

function TopMenu(p: Props & { field: string; name: Key }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <span onClickCapture={() => setOpen(true)} onKeyDownCapture={() => setOpen(true)}>
      <Menu label={t(p.name)}>{isOpen && <Values {...p} />}</Menu>
    </span>
  );
}

export function TopMenus(p: Props) {
  return <div class="tops">{FIELDS.map(([field, name]) => <TopMenu key={field} {...p} field={field} name={name} />)}</div>;
}
