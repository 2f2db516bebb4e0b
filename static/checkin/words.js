// The page's sentences, written by the server in the reader's language, and hours as that language says them.
const sentences = new Map(
  [...document.querySelectorAll("template[data-word]")].map((place) => [place.dataset.word, place.content.textContent.trim()]),
);
const language = document.documentElement.lang;

export function word(name, values = {}) {
  return (sentences.get(name) ?? name).replace(/\{(\w+)\}/g, (_place, key) => String(values[key] ?? ""));
}

// French counts 0 and 1 in the singular; a count of 0 is never shown here.
export function counted(name, count) {
  return count === 1 ? word(`${name}-one`) : word(`${name}-many`, { count: number(count) });
}

export function number(value) {
  return new Intl.NumberFormat(language).format(value);
}

// « 9 h 30 » or “09:30”, on the host city's clock; with the day when it was another one.
export function moment(value, { asked, zone }) {
  const options = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const [hour, minute] = new Intl.DateTimeFormat("en-GB", options).format(value).split(":");
  const spoken = language === "fr" ? `${Number(hour)}\u00a0h${minute === "00" ? "" : `\u00a0${minute}`}` : `${hour}:${minute}`;
  if (day(value, zone) === day(asked, zone)) return spoken;
  const named = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "short", day: "numeric", month: "long" });
  return word("day-hour", { day: named.format(value), hour: spoken });
}

// The day in the host city as YYYY-MM-DD, which sorts and compares as text.
export function day(value, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(value);
}

export function age(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  return minutes < 90 ? word("minutes", { count: number(minutes) }) : word("hours", { count: number(Math.round(minutes / 60)) });
}
