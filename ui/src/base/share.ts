// share.ts -- what one tab of a browser hears, all of them know: one listens, and
// another goes on when it is closed. Browsers keep six connections to a server, and
// a stream in each of seven tabs would leave none to ask with.

export interface Heard {
  topic: string;
  data: unknown;
}

/** Told at once, by looking now and then, or not at all. */
export type How = "told" | "looking" | "not";

export type Said = { say: "news"; news: Heard; lastId: string } | { say: "how"; how: How; lastId: string } | { say: "how?" };

/** What of the browser is needed; tests bring their own. */
export interface Tabs {
  /** Null where tabs cannot speak to one another. */
  channel: { post: (m: Said) => void; hear: (f: (m: Said) => void) => void; close: () => void } | null;
  /** Runs it while no other tab does; null where that cannot be known. */
  alone: ((work: () => Promise<void>, signal: AbortSignal) => Promise<void>) | null;
}

export interface Sharing {
  onNews: (h: Heard) => void;
  onHow: (how: How) => void;
  /** Listens until the signal; it begins after `lastId`, where another tab was. */
  listen: (as: Listener, signal: AbortSignal) => Promise<void>;
}

export interface Listener {
  lastId: string;
  news: (h: Heard, id: string) => void;
  how: (how: How) => void;
}

/** Until the function it returns is called. Without a channel or locks each tab
 * listens for itself. */
export function share({ channel, alone }: Tabs, on: Sharing): () => void {
  const stop = new AbortController();
  let mine: How | null = null; /* null: another tab listens */
  const shared = channel !== null && alone !== null;
  const post = (m: Said): void => {
    if (shared) channel.post(m);
  };
  const as: Listener = {
    lastId: "",
    news: (news, id) => {
      if (id) as.lastId = id;
      on.onNews(news);
      post({ say: "news", news, lastId: as.lastId });
    },
    how: (how) => {
      mine = how;
      on.onHow(how);
      post({ say: "how", how, lastId: as.lastId });
    },
  };
  const work = (): Promise<void> => on.listen(as, stop.signal);
  if (shared) {
    channel.hear((m) => {
      if (m.say === "how?") {
        if (mine !== null) post({ say: "how", how: mine, lastId: as.lastId });
        return;
      }
      if (mine !== null) return;
      as.lastId = m.lastId;
      if (m.say === "how") on.onHow(m.how);
      else on.onNews(m.news);
    });
    post({ say: "how?" });
    void alone(work, stop.signal).catch(() => undefined); /* stopped while it waited */
  } else void work();
  return () => {
    stop.abort();
    channel?.close();
  };
}
