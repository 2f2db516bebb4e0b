// The gate's API. Every request has an end: a network that swallows packets must not stop the queue.
const TIMEOUT = 8_000;
const now = () => new Date().toISOString();

export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.message ?? problem?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem?.code;
  }

  // The gate itself says no: nothing the phone decides is worth anything until that changes.
  get closes() {
    return [401, 403, 404, 410].includes(this.status);
  }
}

export class Api {
  constructor({ gate, token, device }) {
    Object.assign(this, { base: `/api/v1/gates/${gate}`, token, device });
  }

  send(scans, { pending = 0, timeout = TIMEOUT } = {}) {
    return this.ask("/scans", { body: { now: now(), device: this.device, pending, scans }, timeout });
  }

  click(clicks) {
    return this.ask("/clicks", { body: { now: now(), device: this.device, clicks } });
  }

  undo(id, at) {
    return this.ask(`/scans/${id}/undo`, { body: { now: now(), at, device: this.device } });
  }

  list(cursor, pending) {
    return this.ask(`/list${cursor ? `?since=${encodeURIComponent(cursor)}` : ""}`, { headers: { "X-Pending": String(pending) }, timeout: 30_000 });
  }

  async ask(path, { body, headers = {}, timeout = TIMEOUT } = {}) {
    const response = await fetch(this.base + path, {
      method: body ? "POST" : "GET",
      body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${this.token}`, "X-Device": this.device, ...(body && { "Content-Type": "application/json" }), ...headers },
      signal: AbortSignal.timeout(timeout),
      credentials: "same-origin", // the cookie that remembers the language
      cache: "no-store",
    });
    const answer = await response.json().catch(() => null);
    if (!response.ok || !answer) throw new Refused(response.status, answer);
    return answer;
  }
}
