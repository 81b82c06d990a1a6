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

type Entry = Record<string, unknown> & { id: number };

const at = (e: Entry): string => factText(e["at"] ?? e["tstamp"] ?? e["when"]);

const columns = (): Column<Entry>[] => [
  { id: "when", title: t("col.when"), cell: (e) => <When at={at(e)} /> },
  { id: "who", title: t("audit.who"), cell: (e) => factText(e["who"] ?? e["actor"]) },
  { id: "what", title: t("audit.what"), cell: (e) => <span class="clip" title={factText(e["detail"] ?? e["what"])}><b>{factText(e["what"] ?? e["action"])}</b> {factText(e["object"])} <span class="dim">{factText(e["detail"])}</span></span> },
  { id: "from", title: t("audit.from"), cell: (e) => factText(e["from"] ?? e["address"]) },
  { id: "result", title: t("audit.result"), cell: (e) => factText(e["result"]) },
];

function List() {
  const pages = usePages<Entry>("/audit", {});
  if (pages.problem) return <Failed problem={pages.problem} retry={pages.reload} />;
  if (pages.rows.length === 0) return pages.loading ? <Waiting /> : <Empty title={t("audit.none")} />;
  return <Table label={t("nav.audit")} columns={columns()} rows={pages.rows} keyOf={(e) => e.id} total={pages.total?.value ?? pages.rows.length} onEnd={pages.more} />;
}

export function AuditPage() {
  const { value, problem, loading } = useLoad("audit", (s) => getIfThere<Page<Entry>>("/audit" + query({ limit: 1 }), s));
  return (
    <PageFrame title={t("nav.audit")} about={t("audit.about")}>
      {problem ? <Failed problem={problem} /> : loading && !value ? <Waiting /> : value ? <List /> : <Missing what={t("nav.audit")} />}
    </PageFrame>
  );
}
