// table.tsx -- a long list: only what is on the screen is drawn, more is asked
// for near its end, and rows are walked by keyboard. On a phone rows are cards.
import type { ComponentChildren } from "preact";
import { memo } from "preact/compat";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../base/i18n";
import { useKeys } from "../base/keys";
import { zoneName } from "../base/time";
import { sliceOf, type Slice } from "./window";

export interface Column<R> {
  id: string;
  title: string;
  cell: (row: R) => ComponentChildren;
  class?: string;
}

interface Props<R> {
  label: string;
  columns: Column<R>[];
  rows: R[];
  keyOf: (row: R) => string | number;
  total?: number;
  onEnd?: () => void;
  onOpen?: (row: R) => void;
  current?: string | number | null;
  selected?: Set<string | number>;
  onSelect?: (keys: Set<string | number>) => void;
  /** More keys while a row has the focus. */
  keys?: Record<string, (row: R) => void>;
}

const ROW_PX = 41;
const CARD_PX = 124;
const narrow = matchMedia("(max-width: 720px)");

function useNarrow(): boolean {
  const [is, set] = useState(narrow.matches);
  useEffect(() => {
    const changed = (): void => set(narrow.matches);
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, []);
  return is;
}

function useSlice(rows: number, height: number, body: { current: HTMLElement | null }): Slice {
  const [slice, set] = useState<Slice>(() => sliceOf(rows, height, 0, innerHeight));
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = -(body.current?.getBoundingClientRect().top ?? 0);
      const next = sliceOf(rows, height, top, innerHeight);
      set((old) => (old.from === next.from && old.to === next.to && old.below === next.below ? old : next));
    };
    measure();
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [rows, height]);
  return slice;
}

interface RowProps<R> {
  row: R;
  columns: Column<R>[];
  index: number;
  isCurrent: boolean;
  checked: boolean | null;
  onCheck: (index: number, range: boolean) => void;
  onOpen: (index: number) => void;
}

function RowInner<R>({ row, columns, index, isCurrent, checked, onCheck, onOpen }: RowProps<R>) {
  return (
    <tr data-row={index} aria-rowindex={index + 2} class={isCurrent ? "current" : ""} aria-current={isCurrent || undefined}
      onClick={(e) => !(e.target as Element).closest("a,button,input,label") && onOpen(index)}>
      {checked !== null && (
        <td class="cell-check">
          <label class="check"><input type="checkbox" checked={checked} aria-label={t("table.select_row")}
            onClick={(e) => onCheck(index, e.shiftKey)} /></label>
        </td>
      )}
      {columns.map((c) => <td key={c.id} class={`cell-${c.id} ${c.class ?? ""}`}>{c.cell(row)}</td>)}
    </tr>
  );
}

const Row = memo(RowInner) as typeof RowInner;

/** Where the focus is among the rows; -1: elsewhere. */
function focused(): number {
  const tr = document.activeElement?.closest<HTMLElement>("tr[data-row]");
  return tr ? Number(tr.dataset["row"]) : -1;
}

/** Once the row is drawn; `done` when it has the focus. */
function focusRow(body: HTMLElement, index: number, height: number, done: () => void): void {
  const at = body.getBoundingClientRect().top + scrollY + index * height;
  if (at < scrollY + 160 || at > scrollY + innerHeight - 120) scrollTo({ top: Math.max(0, at - innerHeight / 2) });
  requestAnimationFrame(() => {
    const tr = body.querySelector<HTMLElement>(`tr[data-row="${index}"]`);
    tr?.querySelector<HTMLElement>("td:not(.cell-check) :is(a, button)")?.focus({ preventScroll: true });
    done();
  });
}

export function Table<R>(p: Props<R>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const anchor = useRef(0);
  const aim = useRef<number | null>(null); /* where the focus is going */
  const height = useNarrow() ? CARD_PX : ROW_PX;
  const slice = useSlice(p.rows.length, height, body);
  const latest = useRef(p);
  latest.current = p;

  useEffect(() => {
    if (p.rows.length > 0 && slice.to >= p.rows.length - 20) p.onEnd?.();
  }, [slice.to, p.rows.length]);

  const move = (by: number): void => {
    const at = aim.current ?? focused();
    const next = at < 0 ? slice.from : Math.min(latest.current.rows.length - 1, Math.max(0, at + by));
    if (latest.current.rows.length === 0 || !body.current) return;
    aim.current = next;
    focusRow(body.current, next, height, () => (aim.current = null));
  };
  const check = useRef((index: number, range: boolean): void => {
    const { rows, selected, onSelect, keyOf } = latest.current;
    const next = new Set(selected);
    const on = !next.has(keyOf(rows[index] as R));
    const [from, to] = range ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index];
    for (const r of rows.slice(from, to + 1)) on ? next.add(keyOf(r)) : next.delete(keyOf(r));
    anchor.current = index;
    onSelect?.(next);
  });
  const open = useRef((index: number): void => {
    const row = latest.current.rows[index];
    if (row !== undefined) latest.current.onOpen?.(row);
  });
  const all = (): void => p.onSelect?.(new Set(p.rows.map(p.keyOf)));
  const onFocused = (f: (index: number) => void) => (): void => {
    if (focused() >= 0) f(focused());
  };
  useKeys({
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    ...(p.onSelect ? {
      x: onFocused((i) => check.current(i, false)), "Shift+x": onFocused((i) => check.current(i, true)), "*": all,
    } : {}),
    ...Object.fromEntries(Object.entries(p.keys ?? {}).map(([k, f]) =>
      [k, onFocused((i) => { const row = latest.current.rows[i]; if (row !== undefined) f(row); })])),
  });

  const span = p.columns.length + (p.onSelect ? 1 : 0);
  return (
    <div class="table-wrap">
      <table class="rows" aria-label={p.label} aria-rowcount={(p.total ?? p.rows.length) + 1}>
        <thead>
          <tr>
            {p.onSelect && <th scope="col" class="cell-check"><label class="check"><input type="checkbox" aria-label={t("table.select_all")}
              checked={p.rows.length > 0 && p.selected?.size === p.rows.length}
              onChange={(e) => (e.currentTarget.checked ? all() : p.onSelect?.(new Set()))} /></label></th>}
            {p.columns.map((c) => <th key={c.id} scope="col" class={`cell-${c.id} ${c.class ?? ""}`}>{c.title}{c.id === "when" && ` (${zoneName()})`}</th>)}
          </tr>
        </thead>
        <tbody ref={body}>
          {slice.above > 0 && <tr class="spacer" aria-hidden="true" style={{ height: slice.above + "px" }}><td colSpan={span} /></tr>}
          {p.rows.slice(slice.from, slice.to).map((row, i) => (
            <Row key={p.keyOf(row)} row={row} columns={p.columns} index={slice.from + i} isCurrent={p.current === p.keyOf(row)}
              checked={p.onSelect ? (p.selected?.has(p.keyOf(row)) ?? false) : null} onCheck={check.current} onOpen={open.current} />
          ))}
          {slice.below > 0 && <tr class="spacer" aria-hidden="true" style={{ height: slice.below + "px" }}><td colSpan={span} /></tr>}
        </tbody>
      </table>
    </div>
  );
}
