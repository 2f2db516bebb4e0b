// The page's sentences, written by the server in the reader's language, and hours as that language says them.
const sentences = new Map(
  [...document.querySelectorAll("template[data-word]")].map((place) => [place.dataset.word, place.content.textContent.trim()]),
);
const language = document.documentElement.lang || "en";
const formats = new Map(); // making one costs more than using it

function format(options, locale = language) {
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, options));
  return formats.get(key);
}

export function has(name) {
  return sentences.has(name);
}

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
  const spoken = spokenHour(hourOfDay(value, zone));
  if (day(value, zone) === day(asked, zone)) return spoken;
  const named = format({ timeZone: zone, weekday: "short", day: "numeric", month: "long" });
  return word("day-hour", { day: named.format(value), hour: spoken });
}

// « 9 h » from "09:00" or "09:00:12".
export function spokenHour(text) {
  const [hour, minute] = text.split(":");
  return language === "fr" ? `${Number(hour)}\u00a0h${minute === "00" ? "" : `\u00a0${minute}`}` : `${hour}:${minute}`;
}

// « jeudi 18 mars » from "2027-03-18".
export function spokenDay(text) {
  return format({ timeZone: "UTC", weekday: "long", day: "numeric", month: "long" }).format(new Date(text));
}

// The day in the host city as YYYY-MM-DD, which sorts and compares as text.
export function day(value, zone) {
  return format({ timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }, "en-CA").format(value);
}

// The hour in the host city as HH:MM:SS, which compares as text.
export function hourOfDay(value, zone) {
  return format({ timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }, "en-GB").format(value);
}

export function age(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  return minutes < 90 ? word("minutes", { count: number(minutes) }) : word("hours", { count: number(Math.round(minutes / 60)) });
}
