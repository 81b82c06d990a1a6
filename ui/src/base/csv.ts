// csv.ts -- rows as CSV that no spreadsheet runs as a formula. Pure.

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const inert = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(inert) ? '"' + inert.replaceAll('"', '""') + '"' : inert;
}

export function csv(rows: Record<string, unknown>[]): string {
  const names = [...new Set(rows.flatMap((r) => Object.keys(r)))];
  return [names, ...rows.map((r) => names.map((n) => r[n]))]
    .map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}
