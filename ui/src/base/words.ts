// words.ts -- names of the API as people read them. Pure.

const ACRONYMS = /\b(alpn|asn|dga|dhcp|dns|e?sni|fin|https?|icmp|iec|ip|ja3|mac|ntp|quic|rce|rst|smb|smtp|snmp|sql|ssh|ssl|syn|tcp|tls|udp|url|vlan|xss)\b/gi;

/** "low_goodput" as "Low goodput", "ndpi_tls_old" as "TLS old": as in messages, without the library's mark. */
export function humane(name: string): string {
  const words = name.replace(/^ndpi_/, "").replace(/[_.]+/g, " ").trim().replace(ACRONYMS, (x) => x.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "10.0.0.1:80->10.0.0.2:443/tcp" with an arrow that reads. */
export const subjectText = (value: string): string => value.replace("->", " → ");

/** A fact's value as text; nested values as JSON. */
export function factText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** An address to follow only if it is http(s): alert text is hostile. */
export function safeLink(text: string): string | null {
  try {
    const u = new URL(text);
    return u.protocol === "https:" || u.protocol === "http:" ? u.href : null;
  } catch {
    return null;
  }
}

/** A shell word, for what is copied to a terminal. */
export function shellWord(text: string): string {
  return /^[\w.:/=@-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";
}
