// choices.tsx -- asks the other side what there is to choose from: chats, channels, scripts.
import { useState } from "preact/hooks";
import { escaped, get } from "../base/api";
import { t } from "../base/i18n";
import { sayProblem } from "../parts/toast";

interface Choice {
  field: string;
  value: string;
  label: string;
}

interface Answer {
  data: Choice[];
  refused?: { value: string; reason: string }[];
}

export function Choices({ endpoint, onChoose }: { endpoint: string; onChoose: (value: string) => void }) {
  const [found, setFound] = useState<Answer | null>(null);
  const [busy, setBusy] = useState(false);
  const look = (): void => {
    if (busy) return;
    setBusy(true);
    get<Answer>(`/endpoints/${escaped(endpoint)}/choices`).then(setFound, sayProblem).finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" aria-disabled={busy} onClick={look}>{busy ? t("choices.busy") : t("choices.find")}</button>
      {found && found.data.length > 0 && (
        <select aria-label={t("choices.found", { n: found.data.length })} onChange={(e) => e.currentTarget.value && onChoose(e.currentTarget.value)}>
          <option value="">{t("choices.found", { n: found.data.length })}</option>
          {found.data.map((c) => <option key={c.value} value={c.value}>{c.label} ({c.value})</option>)}
        </select>
      )}
      {found && found.data.length === 0 && <span class="bad" role="status">{t("choices.none")}</span>}
      {found?.refused?.map((r) => <span key={r.value} class="dim">{r.value}: {r.reason}</span>)}
    </>
  );
}
