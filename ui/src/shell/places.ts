// places.ts -- the map: every page, where it is, under which heading, by which keys.
import type { Key } from "../base/i18n";

export interface Spot {
  path: string;
  name: Key;
  icon: string;
  keys?: string;
}

export const MAP: { heading: Key; spots: Spot[] }[] = [
  {
    heading: "nav.now",
    spots: [
      { path: "/", name: "nav.overview", icon: "overview", keys: "g o" },
      { path: "/engaged", name: "nav.engaged", icon: "engaged", keys: "g n" },
      { path: "/alerts", name: "nav.alerts", icon: "alerts", keys: "g a" },
    ],
  },
  {
    heading: "nav.routing",
    spots: [
      { path: "/recipients", name: "nav.recipients", icon: "recipients", keys: "g r" },
      { path: "/endpoints", name: "nav.endpoints", icon: "endpoints", keys: "g e" },
      { path: "/why", name: "nav.why", icon: "why", keys: "g w" },
      { path: "/silences", name: "nav.silences", icon: "silences", keys: "g s" },
      { path: "/pools", name: "nav.pools", icon: "pools", keys: "g p" },
    ],
  },
  {
    heading: "nav.delivery",
    spots: [
      { path: "/deliveries", name: "nav.deliveries", icon: "deliveries", keys: "g d" },
      { path: "/sources", name: "nav.sources", icon: "sources", keys: "g i" },
    ],
  },
  {
    heading: "nav.admin",
    spots: [
      { path: "/users", name: "nav.users", icon: "users" },
      { path: "/audit", name: "nav.audit", icon: "audit" },
      { path: "/settings", name: "nav.settings", icon: "settings" },
      { path: "/import", name: "nav.import", icon: "import" },
      { path: "/system", name: "nav.system", icon: "system" },
    ],
  },
];

/** Reached from the bar, not the rail. */
export const ASIDE: Spot[] = [{ path: "/account", name: "account.title", icon: "users" }];

export const SPOTS: Spot[] = MAP.flatMap((m) => m.spots);

/** The spot a path is in: "/endpoints/noc" is in "/endpoints". */
export function isIn(spot: string, path: string): boolean {
  if (spot === "/") return path === "/";
  return path === spot || path.startsWith(spot + "/") || (spot === "/alerts" && path.startsWith("/a/"));
}
