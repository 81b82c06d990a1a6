// choosers.tsx -- language and theme for who is not signed in yet.
import { t } from "../base/i18n";
import { language, theme, type Language, type Theme } from "../base/prefs";

export const LANGUAGES: [Language, string][] = [["en", "English"], ["it", "Italiano"], ["de", "Deutsch"]];
export const THEMES: Theme[] = ["system", "light", "dark"];

export function Choosers() {
  return (
    <div class="choosers">
      <label class="stacked">{t("bar.language")}
        <select value={language.value} onChange={(e) => (language.value = e.currentTarget.value as Language)}>
          {LANGUAGES.map(([x, name]) => <option key={x} value={x}>{name}</option>)}
        </select>
      </label>
      <label class="stacked">{t("bar.theme")}
        <select value={theme.value} onChange={(e) => (theme.value = e.currentTarget.value as Theme)}>
          {THEMES.map((x) => <option key={x} value={x}>{t(`theme.${x}`)}</option>)}
        </select>
      </label>
    </div>
  );
}
