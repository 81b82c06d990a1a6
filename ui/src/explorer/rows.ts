// rows.ts -- a list of alerts as it changes under the reader. Pure.
import type { Alert } from "../base/types";

/** Known rows as they are now, where they are; the same array if none has changed. */
export function updated(rows: Alert[], now: Alert[]): Alert[] {
  const news = new Map(now.map((r) => [r.id, r]));
  const isNews = (old: Alert): boolean => news.has(old.id) && JSON.stringify(news.get(old.id)) !== JSON.stringify(old);
  return rows.some(isNews) ? rows.map((old) => (isNews(old) ? (news.get(old.id) ?? old) : old)) : rows;
}

/** Whether the list begins with just these, in this order. */
export function startsWith(rows: Alert[], first: Alert[]): boolean {
  return rows.length >= first.length && first.every((r, i) => rows[i]?.id === r.id);
}

/** What people did to some of them; who looks sees it before the server says so. */
export function marked(rows: Alert[], verb: string, ids: number[], by: string, at: string): Alert[] {
  const meant = new Set(ids);
  if (verb === "delete") return rows.filter((r) => !meant.has(r.id));
  const ack = verb === "ack" ? { at, until: null, by, note: "" } : null;
  return verb === "ack" || verb === "unack" ? rows.map((r) => (meant.has(r.id) ? { ...r, ack } : r)) : rows;
}
