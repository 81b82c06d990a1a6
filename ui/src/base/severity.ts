// severity.ts -- the severities, entities and categories there are, in order.

export const SEVERITIES = [
  "none", "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency",
] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ENTITIES = [
  "flow", "host", "interface", "network", "snmp_device", "mac", "am_host", "system",
  "user", "host_pool", "domain", "other",
] as const;

export const CATEGORIES = [
  "other", "security", "internals", "network", "system", "ids_ips", "active_monitoring", "snmp",
] as const;

export const rank = (s: string): number => SEVERITIES.indexOf(s as Severity);
