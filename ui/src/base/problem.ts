// problem.ts -- what the API says when something is wrong (RFC 9457).

export interface Complaint {
  pointer?: string;
  message: string;
  source?: string;
}

/** An answer that is no success; `status` 0: no answer at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly complaints: Complaint[] = [],
    readonly requestId = "",
  ) {
    super(detail);
  }

  /** Nothing is at this path: this version of Tocsin does not do that. */
  get isMissing(): boolean {
    return this.status === 404 || this.status === 405 || this.status === 501;
  }

  /** The complaint about a member, like "params/token". */
  about(place: string): string | undefined {
    return this.complaints.find((c) => c.pointer === "/" + place)?.message;
  }
}

interface ProblemBody {
  type?: string;
  title?: string;
  detail?: string;
  request_id?: string;
  errors?: Complaint[];
}

export function problemOf(status: number, body: unknown): Problem {
  const b = (typeof body === "object" && body !== null ? body : {}) as ProblemBody;
  const code = (b.type ?? "").split("/").pop() || String(status);
  return new Problem(status, code, b.detail ?? b.title ?? `HTTP ${status}`,
    b.errors ?? [], b.request_id ?? "");
}
