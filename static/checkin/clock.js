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
