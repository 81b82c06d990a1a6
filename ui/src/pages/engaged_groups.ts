// engaged_groups.ts -- alerts together by what they have in common. Pure.
import { rank } from "../base/severity";
import type { Alert } from "../base/types";
import { factText } from "../base/words";

export interface Group {
  name: string;
  alerts: Alert[];
}

/** The worst alert of a group stands first, the newest among equals. */
export function groupsOf(alerts: Alert[], by: string): Group[] {
  const found = new Map<string, Alert[]>();
  for (const a of alerts) {
    const name = factText(a[by]);
    found.set(name, [...(found.get(name) ?? []), a]);
  }
  const order = (x: Alert, y: Alert): number => rank(y.severity) - rank(x.severity) || y.id - x.id;
  return [...found].map(([name, list]) => ({ name, alerts: list.sort(order) }));
}

export function worstFirst(a: Group, b: Group): number {
  return rank(b.alerts[0]?.severity ?? "") - rank(a.alerts[0]?.severity ?? "") || b.alerts.length - a.alerts.length;
}
