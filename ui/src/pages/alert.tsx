// alert.tsx -- one alert as a page of its own: where links in messages lead.
import { t } from "../base/i18n";
import { AlertView } from "../explorer/alert_view";
import { PageFrame } from "../parts/page";

export function AlertFullPage({ at }: { at: Record<string, string> }) {
  const id = at["id"] ?? "";
  return <PageFrame title={t("alert.title", { id })} actions={<a class="button" href="/alerts">{t("nav.alerts")}</a>}><div class="card"><AlertView id={id} /></div></PageFrame>;
}
