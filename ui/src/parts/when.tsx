// when.tsx -- a moment: absolute with its zone on demand, and how long ago.
import { absolute, brief, relative } from "../base/time";

export function When({ at, ago = true }: { at: string | number | null | undefined; ago?: boolean }) {
  if (at === null || at === undefined || at === "") return <span class="dim">–</span>;
  const ms = typeof at === "number" ? at : Date.parse(at);
  return (
    <time dateTime={new Date(ms).toISOString()} title={absolute(ms)}>
      {brief(ms)}{ago && <span class="dim"> {relative(ms)}</span>}
    </time>
  );
}
