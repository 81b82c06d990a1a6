// bar.tsx -- the bar on top: search, live, zone, theme, language, help, who.
import { useState } from "preact/hooks";
import { dates } from "../base/formats";
import { locale, t, word, type Key } from "../base/i18n";
import { how } from "../base/live";
import { live, zone } from "../base/prefs";
import { go, path } from "../base/route";
import { me, signOut } from "../base/session";
import { now } from "../base/time";
import { quoted } from "../base/filter";
import { query } from "../base/api";
import { Icon, Logo } from "../parts/icon";
import { Menu } from "../parts/menu";
import { Choosers } from "./choosers";
import { open } from "./shell";

function Search() {
  const [text, setText] = useState("");
  return (
    <form class="search" role="search" onSubmit={(e) => {
      e.preventDefault();
      const words = text.trim();
      if (/^#?\d+$/.test(words)) go("/a/" + words.replace("#", ""));
      else if (words) go("/alerts" + query({ q: /[=<>~(]/.test(words) ? words : words.split(/\s+/).map(quoted).join(" ") }));
      setText("");
    }}>
      <Icon name="search" />
      <input type="search" value={text} data-search={path.value === "/alerts" ? undefined : ""} aria-label={t("search.label")} placeholder={t("search.hint")}
        onInput={(e) => setText(e.currentTarget.value)} />
    </form>
  );
}

const LIVE_WORDS: Record<string, Key> = { told: "live.told", looking: "live.looking", not: "live.not" };

function Live() {
  const is = live.value ? how.value : "paused";
  return (
    <button type="button" class={`live live-${is}`} aria-pressed={live.value} onClick={() => (live.value = !live.value)}>
      <span class="dot" aria-hidden="true" /> {t(LIVE_WORDS[is] ?? "live.paused")}
    </button>
  );
}

function Zone() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <label class="stacked">{t("bar.zone")}
      <select value={zone.value} onChange={(e) => (zone.value = e.currentTarget.value)}>
        <option value="">{t("bar.zone_browser", { zone: own })}</option>
        <option value="UTC">UTC</option>
        {zone.value !== "" && zone.value !== "UTC" && <option value={zone.value}>{zone.value}</option>}
      </select>
    </label>
  );
}

function Looks() {
  return (
    <Menu label={<><Icon name="theme" /> <span class="wide">{dates("bar", locale.value, zone.value).format(now.value)}</span><span class="hidden">{t("bar.looks")}</span></>}>
      <Choosers />
      <Zone />
    </Menu>
  );
}

export function Bar() {
  return (
    <header class="bar">
      <a class="home" href="/" aria-label="tocsin"><Logo /> <span>tocsin</span></a>
      <Search />
      <div class="bar-end">
        <Live />
        <Looks />
        <button type="button" class="quiet" onClick={() => (open.value = "keys")}><Icon name="help" /><span class="hidden">{t("bar.help")}</span></button>
        <Menu label={<><Icon name="users" /> <span class="wide">{me.value?.name}</span><span class="hidden">{t("bar.account")}</span></>}>
          <p class="dim">{me.value?.hasUsers ? t("bar.signed_in", { name: me.value.name, role: word("role", me.value.role) }) : t("bar.by_token")}</p>
          {me.value?.hasUsers && <a class="button" href="/account">{t("account.title")}</a>}
          {me.value?.role === "admin" && <a class="button" href="/users">{t("nav.users")}</a>}
          <button type="button" onClick={() => void signOut()}>{t("bar.sign_out")}</button>
        </Menu>
      </div>
    </header>
  );
}
