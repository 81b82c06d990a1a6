// form_frame.tsx -- a form's foot: save, test, delete; and what was wrong as a whole.
import type { ComponentChildren } from "preact";
import { t } from "../base/i18n";
import type { Draft } from "./draft";
import { Failed } from "./notice";

interface Props<T> {
  draft: Draft<T>;
  locked: boolean;
  onSaved: () => void;
  extra?: ComponentChildren;
  children: ComponentChildren;
}

export function FormFrame<T>({ draft, locked, onSaved, extra, children }: Props<T>) {
  const submit = (e: Event): void => {
    e.preventDefault();
    if (!draft.busy) void draft.save().then((ok) => ok && onSaved());
  };
  return (
    <form class="form" onSubmit={submit} noValidate
      onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && submit(e)}>
      {draft.problem && <Failed problem={draft.problem} />}
      <fieldset disabled={locked} class="bare">{children}</fieldset>
      <footer class="form-foot">
        {!locked && <button class="primary" aria-disabled={draft.busy}>{t("action.save")}</button>}
        {extra}
      </footer>
    </form>
  );
}
