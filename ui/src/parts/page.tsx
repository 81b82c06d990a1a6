// page.tsx -- every page's frame: its heading, what it is for, its actions.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../base/i18n";
import { Icon } from "./icon";

interface Props {
  title: string;
  about?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export function PageFrame({ title, about, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Tocsin`;
  }, [title]);
  return (
    <>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {about && <p class="about">{about}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

export function Badge({ managedBy }: { managedBy: string }) {
  if (managedBy === "builtin") return <span class="badge" title={t("owned.builtin_help")}><Icon name="lock" /> {t("owned.builtin")}</span>;
  if (managedBy === "api" || managedBy === "") return null;
  return <span class="badge" title={t("owned.file_help", { file: managedBy })}><Icon name="audit" /> {managedBy}</span>;
}

/** A number that means something, and is a link to what it counts. */
export function Stat({ label, value, href, kind = "" }: { label: string; value: ComponentChildren; href?: string; kind?: string }) {
  const inside = <><span class={"stat-value " + kind}>{value}</span><span class="stat-label">{label}</span></>;
  return href ? <a class="stat" href={href}>{inside}</a> : <div class="stat">{inside}</div>;
}
