// drawer.tsx -- one alert beside the list, which stays as it is.
import { useEffect, useRef } from "preact/hooks";
import { t } from "../base/i18n";
import { setParams } from "../base/route";
import { AlertView } from "./alert_view";

export function Drawer({ id }: { id: string }) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current?.focus();
    return () => before?.focus?.();
  }, []);
  return (
    <aside class="drawer" ref={ref} tabIndex={-1} aria-label={t("alert.title", { id })}>
      <header>
        <b>#{id}</b>
        <a class="button" href={`/a/${id}`}>{t("alert.open")}</a>
        <button type="button" class="quiet" onClick={() => setParams({ a: "" }, false)}><span aria-hidden="true">✕ </span>{t("action.close")}</button>
      </header>
      <AlertView id={id} />
    </aside>
  );
}
