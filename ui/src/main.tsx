// main.tsx -- starts the page.
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { load } from "./base/i18n";
import { startKeys } from "./base/keys";
import { applyTheme, language } from "./base/prefs";
import { followLinks } from "./base/route";
import { enter, state } from "./base/session";
import { sayProblem } from "./parts/toast";

const RETRY_MS = 3_000;

async function enterWhenAnswered(): Promise<void> {
  try {
    await enter();
  } catch (e) {
    sayProblem(e);
    if (state.value === "unknown") setTimeout(() => void enterWhenAnswered(), RETRY_MS);
  }
}

applyTheme();
effect(() => void load(language.value));
followLinks();
startKeys();
void enterWhenAnswered();
render(<App />, document.getElementById("app") as HTMLElement);
