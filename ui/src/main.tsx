// main.tsx -- starts the page.
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { load } from "./base/i18n";
import { startKeys } from "./base/keys";
import { applyTheme, language } from "./base/prefs";
import { followLinks } from "./base/route";
import { enter } from "./base/session";
import { sayProblem } from "./parts/toast";

applyTheme();
effect(() => void load(language.value));
followLinks();
startKeys();
enter().catch(sayProblem);
render(<App />, document.getElementById("app") as HTMLElement);
