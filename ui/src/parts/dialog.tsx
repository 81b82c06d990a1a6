// dialog.tsx -- a modal <dialog>, and a question that is answered yes or no.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../base/i18n";

interface Props {
  title: string;
  onClose: () => void;
  class?: string;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, class: kind = "", children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
    ref.current?.querySelector<HTMLElement>("input:not([type=checkbox]), select, textarea, footer button")?.focus();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog ref={ref} class={"dialog " + kind} aria-label={title} onClose={onClose}
      onClick={(e) => e.target === ref.current && ref.current?.close()}>
      <div class="dialog-in">
        <header>
          <h2>{title}</h2>
          <button type="button" class="quiet" onClick={() => ref.current?.close()}>
            <span aria-hidden="true">✕ </span>{t("action.close")}
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface Question {
  title: string;
  text: string;
  yes: string;
  danger: boolean;
  input?: boolean; /* asks for words, too */
  answer: (yes: boolean, words: string) => void;
}

const question = signal<Question | null>(null);

export function ask(title: string, text: string, yes: string, danger = true): Promise<boolean> {
  return new Promise((answer) => {
    question.value = { title, text, yes, danger, answer };
  });
}

/** What somebody wrote; "" if nothing. */
export function askWords(title: string, text: string): Promise<string> {
  return new Promise((answer) => {
    question.value = { title, text, yes: title, danger: false, input: true, answer: (yes, words) => answer(yes ? words.trim() : "") };
  });
}

export function QuestionDialog() {
  const q = question.value;
  const words = useRef<HTMLInputElement>(null);
  if (!q) return null;
  const end = (yes: boolean): void => {
    question.value = null;
    q.answer(yes, words.current?.value ?? "");
  };
  return (
    <Dialog title={q.title} onClose={() => end(false)} class="dialog-small">
      <form onSubmit={(e) => { e.preventDefault(); end(true); }}>
        <p>{q.text}</p>
        {q.input && <input ref={words} maxLength={2000} required aria-label={q.title} />}
        <footer>
          <button class={q.danger ? "danger" : "primary"}>{q.yes}</button>
          <button type="button" onClick={() => end(false)}>{t("action.cancel")}</button>
        </footer>
      </form>
    </Dialog>
  );
}
