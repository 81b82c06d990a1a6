// totp.tsx -- one-time passwords: enrolled with an app, confirmed, turned off.
import { useState } from "preact/hooks";
import { post } from "../base/api";
import { t } from "../base/i18n";
import { enter, me } from "../base/session";
import { Copy } from "../parts/copy";
import { Dialog } from "../parts/dialog";
import { saveAs } from "../parts/download";
import { Labelled } from "../parts/form";
import { Failed } from "../parts/notice";
import { useSubmit } from "../parts/submit";
import { say } from "../parts/toast";
import { PasswordField } from "../parts/password_field";
import { Qr } from "./qr";

interface Begun {
  secret: string;
  uri: string;
}

const FEW = 3;

/** Groups of four, as authenticator apps show them. */
const inFours = (secret: string): string => secret.replace(/(.{4})(?=.)/g, "$1 ");

function AskPassword({ label, onGiven }: { label: string; onGiven: (password: string) => Promise<void> }) {
  const [password, setPassword] = useState("");
  const { problem, busy, submit } = useSubmit(() => onGiven(password));
  return (
    <form onSubmit={submit}>
      {problem && <Failed problem={problem} />}
      <PasswordField label={t("account.password_again")} help={t("account.why_password")} current value={password} onChange={setPassword} />
      <footer><button class="primary" disabled={busy || password === ""}>{label}</button></footer>
    </form>
  );
}

function Confirm({ begun, onCodes }: { begun: Begun; onCodes: (codes: string[]) => void }) {
  const [code, setCode] = useState("");
  const { problem, busy, submit } = useSubmit(async () => {
    onCodes((await post<Made>("/me/totp/confirm", { code: code.replace(/\s/g, "") })).data.recovery_codes);
  });
  return (
    <form onSubmit={submit}>
      <div class="enrol">
        <Qr text={begun.uri} label={t("totp.qr")} />
        <div>
          <p>{t("totp.scan")}</p>
          <p class="dim">{t("totp.by_hand")}</p>
          <p><code class="secret-text">{inFours(begun.secret)}</code></p>
          <Copy text={begun.secret} label={t("action.copy")} />
        </div>
      </div>
      {problem && <Failed problem={problem} />}
      <Labelled label={t("totp.code")} help={t("totp.code_help")} needed>
        {(ids) => <input {...ids} inputMode="numeric" autocomplete="one-time-code" autofocus maxLength={7} value={code} onInput={(e) => setCode(e.currentTarget.value)} />}
      </Labelled>
      <footer><button class="primary" disabled={busy || !/^\d{3}\s?\d{3}$/.test(code)}>{t("totp.confirm")}</button></footer>
    </form>
  );
}

interface Made {
  data: { recovery_codes: string[] };
}

function Codes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const text = codes.join("\n") + "\n";
  return (
    <div>
      <p>{t("totp.codes_text")}</p>
      <ul class="codes">{codes.map((c) => <li key={c}><code>{c}</code></li>)}</ul>
      <footer class="actions">
        <Copy text={text} label={t("action.copy")} />
        <button type="button" onClick={() => saveAs("tocsin-recovery-codes.txt", "text/plain", text)}>{t("totp.download")}</button>
        <button type="button" class="primary" onClick={onKept}>{t("totp.kept")}</button>
      </footer>
    </div>
  );
}

function Enrol({ onDone }: { onDone: () => void }) {
  const [begun, setBegun] = useState<Begun | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <Codes codes={codes} onKept={onDone} />;
  if (begun) return <Confirm begun={begun} onCodes={setCodes} />;
  return <AskPassword label={t("totp.next")} onGiven={async (password) => setBegun((await post<{ data: Begun }>("/me/totp", { password })).data)} />;
}

function Renew({ onDone }: { onDone: () => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <Codes codes={codes} onKept={onDone} />;
  return (
    <>
      <p>{t("totp.renew_text")}</p>
      <AskPassword label={t("totp.renew")} onGiven={async (password) => setCodes((await post<Made>("/me/totp/recovery", { password })).data.recovery_codes)} />
    </>
  );
}

export function Totp() {
  const [open, setOpen] = useState<"" | "enrol" | "renew" | "off">("");
  const isOn = me.value?.totp === true;
  const left = me.value?.recoveryLeft ?? 0;
  const done = (): void => {
    setOpen("");
    void enter();
  };
  return (
    <section class="card">
      <h2>{t("totp.title")}</h2>
      {isOn ? (
        <>
          <p class="good">✔ {t("totp.on")}</p>
          <p class={left < FEW ? "warn" : "dim"}>{t("totp.left", { n: left })}{left < FEW && " " + t("totp.few")}</p>
          <div class="actions"><button type="button" onClick={() => setOpen("renew")}>{t("totp.renew")}</button>
          <button type="button" class="danger" onClick={() => setOpen("off")}>{t("totp.turn_off")}</button></div>
        </>
      ) : (
        <>
          <p>{t("totp.about")}</p>
          <button type="button" class="primary" onClick={() => setOpen("enrol")}>{t("totp.set_up")}</button>
        </>
      )}
      {open === "enrol" && <Dialog title={t("totp.set_up")} onClose={done}><Enrol onDone={done} /></Dialog>}
      {open === "renew" && <Dialog title={t("totp.renew")} onClose={done}><Renew onDone={done} /></Dialog>}
      {open === "off" && (
        <Dialog title={t("totp.turn_off")} onClose={done} class="dialog-small">
          <p>{t("totp.off_text")}</p>
          <AskPassword label={t("totp.turn_off")} onGiven={async (password) => {
            await post("/me/totp/disable", { password });
            say(t("totp.is_off"));
            done();
          }} />
        </Dialog>
      )}
    </section>
  );
}
