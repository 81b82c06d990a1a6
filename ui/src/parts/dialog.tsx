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
  answer: (yes: boolean) => void;
}

const question = signal<Question | null>(null);

export function ask(title: string, text: string, yes: string, danger = true): Promise<boolean> {
  return new Promise((answer) => {
    question.value = { title, text, yes, danger, answer };
  });
}

export function QuestionDialog() {
  const q = question.value;
  if (!q) return null;
  const end = (yes: boolean): void => {
    question.value = null;
    q.answer(yes);
  };
  return (
    <Dialog title={q.title} onClose={() => end(false)} class="dialog-small">
      <p>{q.text}</p>
      <footer>
        <button type="button" class={q.danger ? "danger" : "primary"} onClick={() => end(true)}>{q.yes}</button>
        <button type="button" onClick={() => end(false)}>{t("action.cancel")}</button>
      </footer>
    </Dialog>
  );
}
