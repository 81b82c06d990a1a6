// sse.ts -- reads server-sent events from a stream of bytes.

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** One event's lines; null: a comment, or nothing that says anything. */
export function eventOf(block: string): ServerEvent | null {
  const e: ServerEvent = { id: "", event: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(":");
    if (colon === 0 || line === "") continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") e.id = value;
    if (name === "event") e.event = value;
    if (name === "data") data.push(value);
  }
  e.data = data.join("\n");
  return e.id || data.length ? e : null;
}

export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    waiting += decoder.decode(value, { stream: true });
    const blocks = waiting.split(/\r\n\r\n|\n\n|\r\r/);
    waiting = blocks.pop() ?? "";
    for (const block of blocks) {
      const e = eventOf(block);
      if (e) yield e;
    }
  }
}
