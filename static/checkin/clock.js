// The server's clock on a phone whose own may be wrong: the error is measured with each list.
import { day } from "./words.js";

export class Clock {
  constructor(serverNow, zone) {
    this.zone = zone;
    this.error = 0;
    this.learn(serverNow);
  }

  learn(serverNow) {
    const error = Date.parse(serverNow) - Date.now();
    this.error = Math.abs(error) < 2_000 ? 0 : error;
  }

  now() {
    return new Date(Date.now() + this.error);
  }

  day(moment) {
    return day(moment, this.zone);
  }
}

// How long ago something happened, by a clock that nobody can set. It counts only while the page lives and is seen: a
// phone that sleeps may stop it, so each time the page is hidden a new life begins.
let life = crypto.randomUUID?.() ?? String(performance.timeOrigin);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") life = `${performance.timeOrigin}-${performance.now()}`;
});

export function stamp() {
  return { life, tick: performance.now(), at: new Date().toISOString() };
}

// As it is sent: `at` by the phone's clock of now, so that a clock changed meanwhile does no harm.
export function sentMoment(stamped) {
  if (stamped.life !== life) return { at: stamped.at };
  const ago = Math.max(0, Math.round(performance.now() - stamped.tick));
  return { at: new Date(Date.now() - ago).toISOString(), ago };
}
