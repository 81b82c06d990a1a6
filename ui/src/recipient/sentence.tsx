// sentence.tsx -- a recipient's criteria, read as one sentence.
import { t, word } from "../base/i18n";
import { CATEGORIES, ENTITIES, SEVERITIES } from "../base/severity";
import type { Endpoint, Recipient } from "../base/types";
import { Among } from "./among";

interface Props {
  r: Recipient;
  endpoints: Endpoint[];
  pools: string[];
  types: string[];
  locked: boolean;
  set: (changes: Partial<Recipient>) => void;
}

function Line({ word: w, name, children }: { word: string; name: string; children: preact.ComponentChildren }) {
  return <div class="line"><span class="line-word">{w}</span> <span class="line-name">{name}</span> {children}</div>;
}

function SeverityChoice({ r, set }: Pick<Props, "r" | "set">) {
  return (
    <select aria-label={t("sentence.severity")} value={r.minimum_severity ?? ""} onChange={(e) => set({ minimum_severity: e.currentTarget.value || null })}>
      <option value="">{t("among.any")}</option>
      {SEVERITIES.filter((s) => s !== "none").map((s) => <option key={s} value={s}>{word("severity", s)}</option>)}
    </select>
  );
}

export function Sentence({ r, endpoints, pools, types, locked, set }: Props) {
  return (
    <div class="sentence">
      <Line word={t("sentence.send")} name={t("sentence.to")}>
        <select aria-label={t("word.endpoint")} value={r.endpoint} onChange={(e) => set({ endpoint: e.currentTarget.value, params: {} })}>
          <option value="">{t("sentence.choose_endpoint")}</option>
          {endpoints.map((e) => <option key={e.name} value={e.name}>{e.name}</option>)}
        </select>
      </Line>
      <Line word={t("sentence.when")} name={t("sentence.severity")}><SeverityChoice r={r} set={set} /></Line>
      <Line word={t("sentence.and")} name={t("sentence.category")}>
        <Among label={t("sentence.category")} value={r.categories} disabled={locked} options={CATEGORIES.map((c) => [c, word("category", c)])} onChange={(categories) => set({ categories })} />
      </Line>
      <Line word={t("sentence.and")} name={t("sentence.entity")}>
        <Among label={t("sentence.entity")} value={r.entities} disabled={locked} options={ENTITIES.map((c) => [c, word("entity", c)])} onChange={(entities) => set({ entities })} />
      </Line>
      <Line word={t("sentence.and")} name={t("sentence.type")}>
        <Among label={t("sentence.type")} value={r.types} free disabled={locked} options={types.map((x) => [x, x])} onChange={(v) => set({ types: v })} />
      </Line>
      <Line word={t("sentence.and")} name={t("sentence.pool")}>
        <Among label={t("sentence.pool")} value={r.host_pools} disabled={locked} options={[...pools, "Default"].map((x) => [x, x])} onChange={(host_pools) => set({ host_pools })} />
      </Line>
      <Line word={t("sentence.and")} name={t("sentence.am")}>
        <Among label={t("sentence.am")} value={r.am_hosts} free disabled={locked} options={[]} onChange={(am_hosts) => set({ am_hosts })} />
      </Line>
      <Line word={t("sentence.and")} name={t("sentence.filter")}>
        <input class="grow" aria-label={t("sentence.filter")} value={r.filter ?? ""} spellcheck={false} placeholder={t("sentence.filter_hint")} onInput={(e) => set({ filter: e.currentTarget.value || null })} />
      </Line>
    </div>
  );
}
