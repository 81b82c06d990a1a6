// severity.tsx -- a severity: its shape, its word, its colour.
import { word } from "../base/i18n";

/** Drawn, because not every machine has a font with these signs. */
const SHAPES: Record<string, string> = {
  none: "M8 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10Zm0 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
  debug: "M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  info: "M8 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10Z",
  notice: "M8 1l6 7-6 7-6-7Z",
  warning: "M8 2l7 12H1Z",
  error: "M2 2h12v12H2Z",
  critical: "M4.500 2h7L15 8l-3.500 6h-7L1 8Z",
  alert: "M4.500 2h7L15 8l-3.500 6h-7L1 8Zm2.500 2v5h2V4Zm0 6v2h2v-2Z",
  emergency: "M8 1l6 3.500v7L8 15l-6-3.500v-7Zm-3 6v2h6V7Z",
};

function Shape({ severity }: { severity: string }) {
  return <svg class="shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path fill-rule="evenodd" d={SHAPES[severity] ?? SHAPES["none"] ?? ""} /></svg>;
}

export function SeverityMark({ severity, count }: { severity: string; count?: string }) {
  return (
    <span class={`severity severity-${severity}`}>
      <Shape severity={severity} />
      {count !== undefined && <b>{count}</b>} {word("severity", severity)}
    </span>
  );
}

const STATE_SIGNS: Record<string, string> = {
  delivered: "✔", dead: "✖", pending: "⟳", held: "‖", withheld: "⌀",
  engaged: "◉", released: "✓", stored: "•", silenced: "⌀",
};

export const signOf = (state: string): string => STATE_SIGNS[state] ?? "•";

/** A delivery's or an alert's state: sign, word, colour. */
export function StateMark({ state }: { state: string }) {
  return (
    <span class={`state state-${state}`}>
      <span aria-hidden="true">{signOf(state)}</span> {word("state", state)}
    </span>
  );
}
