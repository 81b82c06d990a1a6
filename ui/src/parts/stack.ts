// stack.ts -- counts on top of one another. Pure.

/** Each row plus all before it: [[1,2],[3,4]] is [[1,2],[4,6]]. */
export function stacked(rows: number[][]): number[][] {
  const sum: number[] = [];
  return rows.map((row) => row.map((n, i) => (sum[i] = (sum[i] ?? 0) + n)));
}
