// app.tsx -- which page is shown, and to whom.
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "./base/i18n";
import { startLive } from "./base/live";
import { matched, path } from "./base/route";
import { state } from "./base/session";
import { ProgressDialog } from "./explorer/progress";
import { AccountPage } from "./pages/account";
import { AlertFullPage } from "./pages/alert";
import { AlertsPage } from "./pages/alerts";
import { AuditPage } from "./pages/audit";
import { DeliveriesPage } from "./pages/deliveries";
import { EndpointEditPage } from "./pages/endpoint";
import { EndpointsPage } from "./pages/endpoints";
import { EngagedPage } from "./pages/engaged";
import { ImportPage } from "./pages/import";
import { LoginPage } from "./pages/login";
import { OverviewPage } from "./pages/overview";
import { PoolsPage } from "./pages/pools";
import { RecipientEditPage } from "./pages/recipient";
import { RecipientsPage } from "./pages/recipients";
import { SettingsPage } from "./pages/settings";
import { SetupPage } from "./pages/setup";
import { SilencesPage } from "./pages/silences";
import { SourcesPage } from "./pages/sources";
import { SystemPage } from "./pages/system";
import { UsersPage } from "./pages/users";
import { WhyPage } from "./pages/why";
import { QuestionDialog } from "./parts/dialog";
import { Empty, Waiting } from "./parts/notice";
import { PageFrame } from "./parts/page";
import { Toasts } from "./parts/toast";
import { Shell } from "./shell/shell";

type PageOf = ComponentType<{ at: Record<string, string> }>;

const PAGES: [string, PageOf][] = [
  ["/", OverviewPage],
  ["/engaged", EngagedPage],
  ["/alerts", AlertsPage],
  ["/a/{id}", AlertFullPage],
  ["/endpoints", EndpointsPage],
  ["/endpoints/{name}", EndpointEditPage],
  ["/recipients", RecipientsPage],
  ["/recipients/{name}", RecipientEditPage],
  ["/why", WhyPage],
  ["/silences", SilencesPage],
  ["/deliveries", DeliveriesPage],
  ["/pools", PoolsPage],
  ["/sources", SourcesPage],
  ["/account", AccountPage],
  ["/users", UsersPage],
  ["/audit", AuditPage],
  ["/settings", SettingsPage],
  ["/import", ImportPage],
  ["/system", SystemPage],
];

function NotFound() {
  return <PageFrame title={t("notfound.title")}><Empty title={t("notfound.text")}><a class="button" href="/">{t("nav.overview")}</a></Empty></PageFrame>;
}

function Signed() {
  useEffect(startLive, []);
  for (const [pattern, Page] of PAGES) {
    const at = matched(pattern, path.value);
    if (at) return <Shell><Page key={pattern + Object.values(at).join("/")} at={at} /></Shell>;
  }
  return <Shell><NotFound /></Shell>;
}

function Which() {
  if (path.value === "/setup") return <SetupPage />;
  if (state.value === "unknown") return <Waiting />;
  return state.value === "out" ? <LoginPage /> : <Signed />;
}

export function App() {
  return <><Which /><QuestionDialog /><ProgressDialog /><Toasts /></>;
}
