// session.ts -- who is looking: a signed-in user, or a token where there are none.
import { computed, signal } from "@preact/signals";
import { call, get, post, setCsrf, token, whenSignedOut } from "./api";
import { Problem } from "./problem";

export interface Me {
  name: string;
  role: string;
  /** False where a token stands for a user. */
  hasUsers: boolean;
  scopes: string[];
  totp: boolean;
  recoveryLeft: number;
}

type State = "unknown" | "out" | "in";

export const state = signal<State>("unknown");
export const me = signal<Me | null>(null);
/** False until we learn that this version has users. */
export const usersExist = signal(true);
/** May change the configuration. */
export const mayWrite = computed(() => ["admin", "editor"].includes(me.value?.role ?? ""));
/** May act on alerts and their deliveries. */
export const mayRespond = computed(() => mayWrite.value || me.value?.role === "responder");

interface MeAnswer {
  data: { kind: string; name: string; role: string | null; scopes: string[]; totp?: boolean; recovery_codes_left?: number; csrf?: string };
}

/** A token has no role, but scopes that amount to one. */
function roleOf(scopes: string[]): string {
  if (scopes.includes("admin")) return "admin";
  if (scopes.includes("config:write")) return "editor";
  return scopes.includes("alerts:write") ? "responder" : "viewer";
}

function meOf({ data: d }: MeAnswer): Me {
  return {
    name: d.name, role: d.role ?? roleOf(d.scopes), hasUsers: d.kind === "session",
    scopes: d.scopes, totp: d.totp === true, recoveryLeft: d.recovery_codes_left ?? 0,
  };
}

/** Asks who we are; a token is tried where there are no users. */
export async function enter(): Promise<void> {
  try {
    const answer = await get<MeAnswer>("/me");
    setCsrf(answer.data.csrf ?? "");
    me.value = meOf(answer);
    state.value = "in";
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    if (e.isMissing) await enterByToken();
    else if (e.status === 401) state.value = "out";
    else throw e;
  }
}

async function enterByToken(): Promise<void> {
  usersExist.value = false;
  if (!token.get()) {
    state.value = "out";
    return;
  }
  await get("/status");
  me.value = { name: "admin", role: "admin", hasUsers: false, scopes: [], totp: false, recoveryLeft: 0 };
  state.value = "in";
}

export async function signIn(user: string, password: string, totp: string): Promise<void> {
  await call("POST", "/login", { user, password, ...(totp ? { totp } : {}) });
  await enter();
}

export async function signInByToken(value: string): Promise<void> {
  token.set(value);
  await enter();
  if (state.value !== "in") {
    token.set("");
    throw new Problem(401, "unauthorized", "");
  }
}

export async function signOut(): Promise<void> {
  if (me.value?.hasUsers) await post("/logout").catch(() => undefined);
  left();
}

function left(): void {
  token.set("");
  setCsrf("");
  me.value = null;
  state.value = "out";
}

whenSignedOut(left);
