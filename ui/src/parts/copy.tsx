// copy.tsx -- puts a text on the clipboard, and says so.
import { t } from "../base/i18n";
import { say } from "./toast";

export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    say(t("copied"));
    return;
  }
  prompt(t("copy.by_hand"), text); /* no clipboard without TLS */
}

export function Copy({ text, label }: { text: string; label: string }) {
  return <button type="button" onClick={() => void copyText(text)}>{label}</button>;
}
