// export.tsx -- what matches as a file: asked for page by page, with progress.
import { useRef, useState } from "preact/hooks";
import { get, query } from "../base/api";
import { csv } from "../base/csv";
import { number, t } from "../base/i18n";
import type { Alert, Page } from "../base/types";
import { Dialog } from "../parts/dialog";
import { saveAs } from "../parts/download";
import { Menu } from "../parts/menu";
import { attempt, say } from "../parts/toast";

const EXPORT_MAX = 100_000; /* rows; more is the command line's work */

async function gather(params: Record<string, string | undefined>, signal: AbortSignal, told: (n: number) => void): Promise<Alert[]> {
  const rows: Alert[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Alert> = await get("/alerts" + query({ ...params, limit: 1000, cursor: cursor ?? undefined }), signal);
    rows.push(...page.data);
    cursor = page.next;
    told(rows.length);
  } while (cursor !== null && rows.length < EXPORT_MAX);
  return rows;
}

const FORMATS = {
  csv: (rows: Alert[]) => ["text/csv", csv(rows)] as const,
  ndjson: (rows: Alert[]) => ["application/x-ndjson", rows.map((r) => JSON.stringify(r) + "\n").join("")] as const,
};

export function Export({ params, total }: { params: Record<string, string | undefined>; total: number | null }) {
  const [done, setDone] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  const start = (format: keyof typeof FORMATS) => (): void => {
    const controller = new AbortController();
    abort.current = controller;
    setDone(0);
    void attempt(async () => {
      const rows = await gather(params, controller.signal, setDone);
      const [type, text] = FORMATS[format](rows);
      saveAs(`alerts.${format}`, type, text);
      say(rows.length >= EXPORT_MAX ? t("export.cut", { n: rows.length }) : t("export.done", { n: rows.length }));
    }).finally(() => setDone(null));
  };
  return (
    <>
      <Menu label={t("export.title")} class="menu-end">
        <button type="button" onClick={start("csv")}>CSV</button>
        <button type="button" onClick={start("ndjson")}>NDJSON</button>
      </Menu>
      {done !== null && (
        <Dialog title={t("export.title")} class="dialog-small" onClose={() => abort.current?.abort()}>
          <p>{t("export.progress", { n: number(done) })}</p>
          <progress max={Math.min(total ?? done + 1, EXPORT_MAX)} value={done} aria-label={t("export.title")} />
        </Dialog>
      )}
    </>
  );
}
