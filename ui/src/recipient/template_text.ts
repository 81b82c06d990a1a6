// template_text.ts -- a template's text as its editor sees it: the name at the
// caret, and the place that an error names. Pure; the server alone judges.

export interface AtCaret {
  /** "" a value, "#" or "^" a section's beginning, "/" its end. */
  mark: string;
  typed: string;
  from: number; /* where the name begins */
}

/** What is being named before the caret; null: nothing is. */
export function nameAt(text: string, caret: number): AtCaret | null {
  const m = /\{\{\s*([#^/]?)\s*([\w.:@/-]*)$/.exec(text.slice(0, caret));
  return m ? { mark: m[1] ?? "", typed: m[2] ?? "", from: caret - (m[2] ?? "").length } : null;
}

/** The sections that are open at the caret, the innermost first. */
export function openAt(text: string, caret: number): string[] {
  const open: string[] = [];
  for (const m of text.slice(0, caret).matchAll(/\{\{\s*([#^/])\s*([^}\s]+)\s*\}\}/g)) {
    if (m[1] === "/") open.shift();
    else open.unshift(m[2] ?? "");
  }
  return open;
}

export interface Edited {
  text: string;
  caret: number;
}

/** With the name put in, its braces closed; a section gets its end as well. */
export function completed(text: string, caret: number, at: AtCaret, name: string): Edited {
  const rest = text.slice(caret).replace(/^[\w.:@/-]*\s*(\}\})?/, "");
  const head = text.slice(0, at.from) + name + "}}";
  const isOpened = at.mark === "#" || at.mark === "^";
  const end = isOpened && !rest.includes(`{{/${name}}}`) ? `{{/${name}}}` : "";
  return { text: head + end + rest, caret: head.length };
}

/** "{{name}}" where the caret is, or after the braces already there. */
export function inserted(text: string, caret: number, name: string): Edited {
  const at = nameAt(text, caret);
  if (at) return completed(text, caret, at, name);
  const tag = `{{${name}}}`;
  return { text: text.slice(0, caret) + tag + text.slice(caret), caret: caret + tag.length };
}

export interface Place {
  line: number;
  column: number;
  text: string; /* what is wrong, without the place */
}

/** Of "… line 2, column 7: what is wrong"; line 0: nowhere in particular. */
export function placeOf(message: string): Place {
  const m = /(?:^|: )line (\d+), column (\d+): (.*)$/s.exec(message);
  return m ? { line: Number(m[1]), column: Number(m[2]), text: m[3] ?? "" } : { line: 0, column: 0, text: message };
}

/** Where that is in the text; columns count characters, not halves of them. */
export function offsetOf(text: string, p: Place): number {
  const before = text.split("\n").slice(0, p.line - 1).reduce((n, l) => n + l.length + 1, 0);
  const line = [...(text.split("\n")[p.line - 1] ?? "")];
  return before + line.slice(0, p.column - 1).join("").length;
}

/** Those that begin so first, then those that have it within. */
export function fitting<N extends { name: string }>(names: N[], typed: string, most: number): N[] {
  const low = typed.toLowerCase();
  const begin = names.filter((n) => n.name.toLowerCase().startsWith(low));
  return [...begin, ...names.filter((n) => !begin.includes(n) && n.name.toLowerCase().includes(low))].slice(0, most);
}
