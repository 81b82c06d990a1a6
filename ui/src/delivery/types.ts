// types.ts -- what the API says of queues, and of what was said in a delivery's tries.
import type { Delivery } from "../base/types";

export interface Pause {
  since: string;
  until: string | null;
  by: string;
  reason: string;
}

export interface Queue {
  recipient: string;
  length: number;
  held: number;
  dead: number;
  oldest: string | null;
  in_flight: boolean;
  waits_for: "resume" | "enabling" | "endpoint" | "recipient" | null;
  paused: boolean;
  opens_at: string | null;
  last_error: string | null;
  pause: Pause | null;
  endpoint: {
    name: string;
    enabled: boolean;
    circuit: "closed" | "open" | "probing";
    paused: boolean;
    opens_at: string | null;
    last_error: string | null;
    pause: Pause | null;
  };
}

/** By its way ("http", "mail" ...) it has other members. */
export interface SentRequest {
  via: string;
  [member: string]: unknown;
}

export interface GotResponse {
  outcome: string;
  status: number;
  peer: string;
  ms: number;
  steps: { step: string; ms: number }[];
  headers: { name: string; value: string | null }[];
  body: string | null;
  error: string | null;
  cut?: number;
}

export interface Transcript {
  endpoint: string;
  type: string;
  alerts: number;
  request: SentRequest;
  response: GotResponse;
}

export interface Try {
  time: string;
  status: number;
  reason: string | null;
  transcript: Transcript | null;
}

export interface DeliveryBody {
  data: Delivery;
  tries: Try[];
  /** Not there: not for who looks. */
  again?: { request: SentRequest | null; because: string | null };
}
