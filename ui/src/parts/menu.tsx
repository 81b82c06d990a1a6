// menu.tsx -- a button that shows a few choices below itself.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

export function Menu({ label, children, class: kind = "" }: { label: ComponentChildren; children: ComponentChildren; class?: string }) {
  const ref = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (ref.current) ref.current.open = false;
  };
  return (
    <details class={"menu " + kind} ref={ref}
      onKeyDown={(e) => {
        if (e.key !== "Escape" || !ref.current?.open) return;
        e.stopPropagation();
        close();
        ref.current.querySelector("summary")?.focus();
      }}
      onFocusOut={(e) => !ref.current?.contains(e.relatedTarget as Node | null) && e.relatedTarget && close()}>
      <summary>{label}</summary>
      <div class="menu-in" onClick={(e) => (e.target as Element).closest("button,a") && close()}>{children}</div>
    </details>
  );
}
