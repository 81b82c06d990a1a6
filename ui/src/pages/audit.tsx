// audit.tsx -- who did what, when, from where.
import { getIfThere, query } from "../base/api";
import { t } from "../base/i18n";
import { useLoad } from "../base/load";
import type { Page } from "../base/types";
import { factText } from "../base/words";
import { Empty, Failed, Missing, Waiting } from "../parts/notice";
import { PageFrame } from "../parts/page";
import { usePages } from "../parts/pages";
import { Table, type Column } from "../parts/table";
import { When } from "../parts/when";

interface Entry {
  n: number;
  at: string;
  who: string;
  from: string;
  what: string;
  object: string;
  before: unknown;
  after: unknown;
}

type Members = Record<string, unknown>;
const members = (x: unknown): Members | null => (typeof x === "object" && x !== null && !Array.isArray(x) ? (x as Members) : null);
const QUIET = new Set(["id", "name", "revision", "managed_by", "builtin"]);

/** What differs, member by member; of what is new, all that it says. */
function changed(e: Entry): string {
  const [before, after] = [members(e.before), members(e.after)];
  if (!before && !after) return [e.before, e.after].map(factText).filter((x) => x !== "").join(" → ");
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((n) => !QUIET.has(n));
  const sides = names.map((n) => [n, factText(before?.[n]), factText(after?.[n])] as const);
  return sides.filter(([, b, a]) => a !== b).map(([n, b, a]) => (before && after ? `${n}: ${b || "–"} → ${a || "–"}` : `${n}: ${after ? a : b}`)).join(", ");
}

const columns = (): Column<Entry>[] => [
  { id: "when", title: t("col.when"), cell: (e) => <When at={e.at} /> },
  { id: "who", title: t("audit.who"), cell: (e) => e.who },
  { id: "what", title: t("audit.what"), cell: (e) => <span class="clip" title={changed(e)}><b>{e.what}</b> {e.object} <span class="dim">{changed(e)}</span></span> },
  { id: "from", title: t("audit.from"), cell: (e) => e.from },
];

function List() {
  const pages = usePages<Entry>("/audit", {});
  if (pages.problem) return <Failed problem={pages.problem} retry={pages.reload} />;
  if (pages.rows.length === 0) return pages.loading ? <Waiting /> : <Empty title={t("audit.none")} />;
  return <Table label={t("nav.audit")} columns={columns()} rows={pages.rows} keyOf={(e) => e.n} total={pages.total?.value ?? pages.rows.length} onEnd={pages.more} />;
}

export function AuditPage() {
  const { value, problem, loading } = useLoad("audit", (s) => getIfThere<Page<Entry>>("/audit" + query({ limit: 1 }), s));
  return (
    <PageFrame title={t("nav.audit")} about={t("audit.about")}>
      {problem ? <Failed problem={problem} /> : loading && !value ? <Waiting /> : value ? <List /> : <Missing what={t("nav.audit")} />}
    </PageFrame>
  );
}
