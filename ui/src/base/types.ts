// types.ts -- the shapes of what the API answers.

export interface Page<T> {
  data: T[];
  next: string | null;
  total?: { value: number; exact: boolean };
}

export interface Alert {
  id: number;
  action: string;
  entity: string;
  entity_value: string;
  type: string;
  category: string;
  severity: string;
  score: number;
  message: string;
  tstamp: string;
  tstamp_end?: string;
  key: string;
  source: string;
  state: string;
  /** Of what got worse: how severe it was, and since when; the last is how it is now. */
  severities?: { severity: string; since: string }[];
  repeats?: number;
  last?: string;
  lease?: string | null;
  ack?: { at: string; until: string | null; by: string; note: string } | null;
  notes?: number;
  [fact: string]: unknown;
}

export interface Delivery {
  id: string;
  alert_id: number;
  recipient: string;
  /** What of the alert it tells, if not the alert itself: "acknowledged" ... */
  update?: string;
  state: string;
  attempts: number;
  status: number;
  reason: string;
  accepted: string;
  due: string | null;
  settled: string | null;
  hold?: { kind: string; ref?: number; until?: string | null };
  alert: { type: string; severity: string; entity_value: string };
}

export interface Criterion {
  name: string;
  pass: boolean;
  have: string;
  want: string;
}

/** One kind of hold: null where it cannot be known of then. */
export interface HoldReason {
  kind: string;
  holds: boolean | null;
  have: string;
  want: string;
}

export interface Decision {
  recipient: string;
  outcome: string;
  because: string;
  delivery_id?: string;
  criteria: Criterion[];
  holds_now?: HoldReason[] | null;
  holds_then?: HoldReason[] | null;
}

export interface AlertPage {
  data: Alert;
  ended: { id: number; tstamp_end: string } | null;
  deliveries: Delivery[];
  more_deliveries: boolean;
  explanation: Decision[] | { decisions: Decision[] };
}

export type Secret = { set: boolean };
export type ParamValue = string | number | boolean | string[] | Secret | null;
export type Params = Record<string, ParamValue>;

export interface Owned {
  id: number;
  name: string;
  builtin?: boolean;
  managed_by: string;
  revision: number;
}

export interface Endpoint extends Owned {
  type: string;
  params: Params;
  enabled: boolean;
}

export interface Recipient extends Owned {
  endpoint: string;
  params: Params;
  enabled: boolean;
  minimum_severity: string | null;
  categories: string[] | null;
  entities: string[] | null;
  types: string[] | null;
  host_pools: string[] | null;
  am_hosts: string[] | null;
  filter: string | null;
  title_template?: string | null;
  text_template?: string | null;
}

export interface Pool extends Owned {
  members: string[];
}

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: string[];
  default?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  items?: Schema;
  writeOnly?: boolean;
  "x-secret"?: boolean;
  "x-labels"?: Record<string, string>; /* of choices that are words */
  "x-unit"?: string;
  "x-duration"?: boolean;
}

export interface ObjectSchema {
  properties: Record<string, Schema>;
  required: string[];
}

export interface EndpointType {
  name: string;
  title: string;
  help: string;
  endpoint: ObjectSchema;
  recipient: ObjectSchema;
  edits: boolean;
  confirms: boolean;
  choices_field?: string;
  available: boolean;
  builtin: boolean;
  own_words: boolean;
}

export interface Health {
  name: string;
  paused: boolean; /* by its own faults */
  pause?: { by: string; reason: string; since: string; until: string | null } | null; /* by somebody */
  last_error: string | null;
  last_error_at: string | null;
  last_ok_at: string | null;
  opens_at: string | null;
}

export interface RecipientHealth extends Health {
  endpoint: string;
  enabled: boolean;
  pending: number;
  delivered: number;
  dead: number;
  oldest: string | null;
  last_matched: string | null; /* of all that is remembered */
  changed: string | null; /* its configuration */
}

export interface EndpointHealth extends Health {
  breaker: string;
  in_flight: number;
  requests: number;
  delivered: number;
  deferred: number;
  refused: number;
}

export interface Source {
  name: string;
  requests: number;
  accepted: number;
  refused: number;
  last: string | null;
  last_error: string | null;
}

export interface Status {
  version: string;
  started: string;
  uptime_s: number;
  ready: boolean;
  not_ready_because: string;
  config_revision: number;
  engaged: { total: number; by_severity: Record<string, number> };
  outbox: Record<string, number | boolean | string | null>;
  recipients: RecipientHealth[];
  endpoints: EndpointHealth[];
  sources: Source[];
  [more: string]: unknown;
}
