// settled.ts -- follows a value once it has been still for a moment: what is asked
// of the server while somebody types.
import { useEffect, useState } from "preact/hooks";

const PAUSE_MS = 400;

export function useSettled<T>(value: T, pauseMs = PAUSE_MS): T {
  const [settled, set] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => set(() => value), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
