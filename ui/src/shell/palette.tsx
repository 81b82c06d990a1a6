// palette.tsx -- every page, recipient and endpoint by a few letters of its name.
import { useEffect, useState } from "preact/hooks";
import { escaped, get } from "../base/api";
import { t } from "../base/i18n";
import { go } from "../base/route";
import type { Endpoint, Page, Recipient } from "../base/types";
import { Dialog } from "../parts/dialog";
import { ASIDE, SPOTS } from "./places";

interface Target {
  name: string;
  kind: string;
  href: string;
}

async function objects(): Promise<Target[]> {
  const [endpoints, recipients] = await Promise.all([
    get<Page<Endpoint>>("/endpoints?limit=200"), get<Page<Recipient>>("/recipients?limit=200"),
  ]);
  return [
    ...recipients.data.map((r) => ({ name: r.name, kind: t("word.recipient"), href: "/recipients/" + escaped(r.name) })),
    ...endpoints.data.map((e) => ({ name: e.name, kind: t("word.endpoint"), href: "/endpoints/" + escaped(e.name) })),
  ];
}

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [found, setFound] = useState<Target[]>([]);
  useEffect(() => void objects().then(setFound, () => undefined), []);

  const pages = [...SPOTS, ...ASIDE].map((s) => ({ name: t(s.name), kind: t("word.page"), href: s.path }));
  const shown = [...pages, ...found].filter((x) => x.name.toLowerCase().includes(text.toLowerCase())).slice(0, 24);
  const choose = (x: Target | undefined): void => {
    if (!x) return;
    onClose();
    go(x.href);
  };
  const key = (e: KeyboardEvent): void => {
    if (e.key === "ArrowDown") setAt(Math.min(shown.length - 1, at + 1));
    else if (e.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (e.key === "Enter") choose(shown[at]);
    else return;
    e.preventDefault();
  };
  return (
    <Dialog title={t("palette.title")} onClose={onClose} class="dialog-small">
      <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={`palette-${at}`} autofocus
        aria-label={t("palette.label")} placeholder={t("palette.label")} value={text} onKeyDown={key}
        onInput={(e) => { setText(e.currentTarget.value); setAt(0); }} />
      <ul id="palette-list" class="palette" role="listbox" aria-label={t("palette.title")}>
        {shown.map((x, i) => (
          <li key={x.href} id={`palette-${i}`} role="option" aria-selected={i === at} onClick={() => choose(x)}>
            <span>{x.name}</span> <span class="dim">{x.kind}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
