// column_chooser.tsx -- which columns, in which order; by buttons, not by dragging.
import { t } from "../base/i18n";
import { columns } from "../base/prefs";
import { Menu } from "../parts/menu";
import { COLUMN_IDS, columnName } from "./columns";

function swap(ids: string[], at: number, by: -1 | 1): string[] {
  const next = [...ids];
  const other = next[at + by];
  const one = next[at];
  if (other === undefined || one === undefined) return ids;
  next[at + by] = one;
  next[at] = other;
  return next;
}

export function ColumnChooser() {
  const chosen = columns.value;
  const rest = COLUMN_IDS.filter((id) => !chosen.includes(id));
  return (
    <Menu label={t("columns.title")} class="menu-end menu-stay">
      {[...chosen, ...rest].map((id, i) => (
        <div key={id} class="column-choice" onClick={(e) => e.stopPropagation()}>
          <label class="switch"><input type="checkbox" checked={chosen.includes(id)} disabled={id === "alert"}
            onChange={(e) => (columns.value = e.currentTarget.checked ? [...chosen, id] : chosen.filter((x) => x !== id))} /> {columnName(id)}</label>
          {i < chosen.length && (
            <span>
              <button type="button" class="quiet" disabled={i === 0} aria-label={t("columns.earlier", { name: columnName(id) })} onClick={() => (columns.value = swap(chosen, i, -1))}>↑</button>
              <button type="button" class="quiet" disabled={i === chosen.length - 1} aria-label={t("columns.later", { name: columnName(id) })} onClick={() => (columns.value = swap(chosen, i, 1))}>↓</button>
            </span>
          )}
        </div>
      ))}
    </Menu>
  );
}
