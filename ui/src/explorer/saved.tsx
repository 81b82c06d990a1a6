// saved.tsx -- views with a name, kept by this browser.
import { useState } from "preact/hooks";
import { t } from "../base/i18n";
import { views } from "../base/prefs";
import { Labelled } from "../parts/form";
import { Menu } from "../parts/menu";

export function SavedViews() {
  const [name, setName] = useState("");
  return (
    <Menu label={t("views.title")} class="menu-end menu-stay">
      {views.value.map((v) => (
        <div key={v.name} class="column-choice">
          <a href={"/alerts" + v.search}>{v.name}</a>
          <button type="button" class="quiet" aria-label={t("views.forget", { name: v.name })} onClick={(e) => { e.stopPropagation(); views.value = views.value.filter((x) => x.name !== v.name); }}>✕</button>
        </div>
      ))}
      <form onSubmit={(e) => {
        e.preventDefault();
        if (!name.trim()) return;
        views.value = [...views.value.filter((v) => v.name !== name), { name, search: location.search }];
        setName("");
      }}>
        <Labelled label={t("views.name")}>{(ids) => <input {...ids} maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} />}</Labelled>
        <button class="primary">{t("views.save")}</button>
      </form>
    </Menu>
  );
}
