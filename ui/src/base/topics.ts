// topics.ts -- what the server's events are about. Pure.

export type Topic = "alerts" | "deliveries" | "jobs" | "config";

export const TOPICS: Topic[] = ["alerts", "deliveries", "jobs", "config"];

/** What an event of a topic is called. */
const TOPIC_OF: Record<string, Topic> = { alert: "alerts", mark: "alerts", delivery: "deliveries", job: "jobs", config: "config", queue: "deliveries" };

/** "reset": more happened than the server remembers, so all is asked anew. "…-more"
 * stands for many of one topic. */
export function topicsOf(event: string): Topic[] {
  if (event === "reset") return TOPICS;
  const topic = TOPIC_OF[event] ?? TOPICS.find((t) => event === t + "-more");
  return topic ? [topic] : [];
}
