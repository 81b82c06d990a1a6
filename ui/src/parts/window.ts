// window.ts -- which rows of a long table are on the screen. Pure.

export interface Slice {
  from: number;
  to: number; /* exclusive */
  above: number; /* px */
  below: number;
}

const SPARE = 12; /* rows drawn beyond either edge */

/** `top`: how far the table's first row is above the viewport's top, in px. */
export function sliceOf(rows: number, rowHeight: number, top: number, viewport: number): Slice {
  const from = Math.min(rows, Math.max(0, Math.floor(top / rowHeight) - SPARE));
  const to = Math.min(rows, Math.max(from, Math.ceil((top + viewport) / rowHeight) + SPARE));
  return { from, to, above: from * rowHeight, below: (rows - to) * rowHeight };
}
