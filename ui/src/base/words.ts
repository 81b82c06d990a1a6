// words.ts -- names of the API as people read them. Pure.

/** "low_goodput" as "Low goodput". */
export function humane(name: string): string {
  const words = name.replace(/[_.]+/g, " ").trim();
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
