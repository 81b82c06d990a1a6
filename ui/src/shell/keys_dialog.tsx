// keys_dialog.tsx -- which key does what.
import { t, type Key } from "../base/i18n";
import { shortcuts } from "../base/prefs";
import { Dialog } from "../parts/dialog";
import { SPOTS } from "./places";

const KEYS: [string, Key][] = [
  ["/", "keys.search"], ["j k", "keys.rows"], ["Enter", "keys.open"], ["x", "keys.select"],
  ["Shift+x", "keys.range"], ["*", "keys.all"], ["a", "keys.ack"], ["u", "keys.unack"],
  ["s", "keys.silence"], ["w", "keys.why"], ["m", "keys.note"], ["f", "keys.filter"], ["Shift+f", "keys.exclude"],
  ["[ ]", "keys.shift"], ["l", "keys.live"], ["c", "keys.copy"], ["t", "keys.theme"],
  ["Ctrl+K", "keys.palette"], ["Ctrl+Enter", "keys.save"], ["Esc", "keys.close"], ["?", "keys.help"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <label class="switch"><input type="checkbox" checked={shortcuts.value} onChange={(e) => (shortcuts.value = e.currentTarget.checked)} /> {t("keys.switch")}</label>
      <div class="keys">
        <dl>{KEYS.map(([k, text]) => <div key={k}><dt><kbd>{k}</kbd></dt><dd>{t(text)}</dd></div>)}</dl>
        <dl>{SPOTS.filter((s) => s.keys).map((s) => <div key={s.path}><dt><kbd>{s.keys}</kbd></dt><dd>{t(s.name)}</dd></div>)}</dl>
      </div>
    </Dialog>
  );
}
