// shell.tsx -- what is around every page: the bar, the rail, the keys.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { offline } from "../base/api";
import { number, t } from "../base/i18n";
import { useKeys, type Keys } from "../base/keys";
import { get } from "../base/api";
import { lastNews, onLive } from "../base/live";
import { live, theme } from "../base/prefs";
import { go, path } from "../base/route";
import { relative } from "../base/time";
import type { Status } from "../base/types";
import { copyText } from "../parts/copy";
import { Icon } from "../parts/icon";
import { Bar } from "./bar";
import { KeysDialog } from "./keys_dialog";
import { Palette } from "./palette";
import { isIn, MAP, SPOTS } from "./places";

/** Which of the shell's dialogs is open. */
export const open = signal<"" | "keys" | "palette">("");
/** How many are engaged, for the rail and the tab's title. */
export const engaged = signal<{ total: number; worst: string }>({ total: 0, worst: "" });

const WORST_FIRST = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug", "none"];

async function countEngaged(): Promise<void> {
  const s = await get<Status>("/status").catch(() => null);
  if (!s) return;
  const worst = WORST_FIRST.find((w) => (s.engaged.by_severity[w] ?? 0) > 0) ?? "";
  engaged.value = { total: s.engaged.total, worst };
}

function useEngaged(): void {
  useEffect(() => {
    void countEngaged();
    let timer: number | undefined;
    const stop = onLive("alerts", () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void countEngaged();
      }, 500);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
}

function Rail() {
  return (
    <nav class="rail" aria-label={t("nav.label")}>
      {MAP.map((m) => (
        <div key={m.heading}>
          <h2>{t(m.heading)}</h2>
          <ul>
            {m.spots.map((s) => (
              <li key={s.path}>
                <a href={s.path} aria-current={isIn(s.path, path.value) ? "page" : undefined}>
                  <Icon name={s.icon} /> <span>{t(s.name)}</span>
                  {s.path === "/engaged" && engaged.value.total > 0 && <b class="count">{number(engaged.value.total)}</b>}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

const BOTTOM = ["/", "/engaged", "/alerts", "/why"];

function BottomBar() {
  return (
    <nav class="bottom" aria-label={t("nav.bottom")}>
      {SPOTS.filter((s) => BOTTOM.includes(s.path)).map((s) => (
        <a key={s.path} href={s.path} aria-current={isIn(s.path, path.value) ? "page" : undefined}>
          <Icon name={s.icon} /><span>{t(s.path === "/engaged" ? "state.engaged" : s.name)}</span>
        </a>
      ))}
      <button type="button" onClick={() => (open.value = "palette")}><Icon name="menu" /><span>{t("nav.more")}</span></button>
    </nav>
  );
}

const NEXT_THEME = { system: "light", light: "dark", dark: "system" } as const;

function useShellKeys(): void {
  const places: Keys = Object.fromEntries(SPOTS.filter((s) => s.keys).map((s) => [s.keys, () => go(s.path)]));
  useKeys({
    ...places,
    "?": () => (open.value = "keys"),
    "Ctrl+k": () => (open.value = "palette"),
    "/": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
    t: () => (theme.value = NEXT_THEME[theme.value]),
    l: () => (live.value = !live.value),
    c: () => void copyText(location.href),
  });
}

function Offline() {
  if (!offline.value) return null;
  return <p class="offline" role="alert">{t("offline", { ago: relative(lastNews.value) })}</p>;
}

export function Shell({ children }: { children: ComponentChildren }) {
  useEngaged();
  useShellKeys();
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>{t("nav.skip")}</a>
      <Bar />
      <Rail />
      <main id="main" tabIndex={-1}>
        <Offline />
        {children}
      </main>
      <BottomBar />
      {open.value === "keys" && <KeysDialog onClose={() => (open.value = "")} />}
      {open.value === "palette" && <Palette onClose={() => (open.value = "")} />}
    </div>
  );
}
