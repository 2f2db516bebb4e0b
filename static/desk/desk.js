// The desk from the keyboard: answers as one types, arrows choose, Enter prints, Escape calls the next person.
// Without this file every step is a link or a form of the page.
import { readCode } from "../checkin/codes.js";
import { printPdf } from "./print.js";

const PAUSE = 180;
const counter = document.getElementById("counter");
const field = document.getElementById("q");
const word = (name) => counter.querySelector(`template[data-word="${name}"]`).innerHTML;
const answer = () => document.getElementById("answer");
const people = () => [...answer().querySelectorAll("[data-person]:is(a)")];
const current = () => people().findIndex((link) => link.hasAttribute("aria-current"));
const first = () => answer().querySelector("form[data-first]");
let asked = null;
let waiting = 0;

function say(words, kind = "") {
  const status = document.getElementById("status");
  status.textContent = words;
  status.dataset.kind = kind;
}

// Shows another answer of the same page: what was found, and a card. False where something else was asked meanwhile.
async function show(address) {
  clearTimeout(waiting);
  asked?.abort();
  asked = new AbortController();
  const question = asked;
  counter.setAttribute("aria-busy", "true");
  try {
    const got = await fetch(address, { signal: question.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await got.text(), "text/html");
    const fresh = page.getElementById("answer");
    if (question !== asked) return false;
    if (!fresh) { location.assign(address); return false; }
    answer().replaceWith(document.adoptNode(fresh));
    history.replaceState(null, "", got.url);
    return true;
  } catch (trouble) {
    if (trouble.name !== "AbortError") say(word("away"), "bad");
    return false;
  } finally {
    if (question === asked) counter.removeAttribute("aria-busy");
  }
}

function searched(more = {}) {
  const address = new URL(counter.dataset.base, location.href);
  const blank = document.querySelector("#find [name=blank]")?.value ?? "";
  const entries = { q: field.value.trim(), blank, ...more };
  for (const [name, value] of Object.entries(entries)) if (value) address.searchParams.set(name, value);
  return address;
}

async function search() {
  say("");
  if (readCode(field.value)) { // a blank badge or a person: the server knows which
    await show(searched());
    field.select();
    return;
  }
  if (!await show(searched())) return;
  if (current() < 0 && people().length > 0) await choose(0);
}

async function choose(index) {
  const links = people();
  if (links.length === 0) return;
  const link = links[(index + links.length) % links.length];
  links.forEach((each) => each.removeAttribute("aria-current"));
  link.setAttribute("aria-current", "true");
  await show(link.href);
}

async function print(form, reason) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  performance.clearMarks();
  performance.mark("clicked");
  say(word("printing"));
  const data = new FormData(form);
  if (reason) data.set("reason", reason);
  try {
    const got = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/pdf" } });
    if (got.ok && got.headers.get("Content-Type")?.startsWith("application/pdf")) {
      performance.mark("pdf");
      await printPdf(got);
      const id = form.closest("[data-person]")?.dataset.person;
      await show(searched({ person: id }));
      say(word("printed"), "good");
      field.focus();
      field.select();
      return;
    }
    const page = new DOMParser().parseFromString(await got.text(), "text/html");
    const fresh = page.getElementById("answer");
    if (fresh) answer().replaceWith(document.adoptNode(fresh));
    say("");
  } catch {
    say(word("away"), "bad");
    delete form.dataset.busy;
  }
}

function next() {
  field.value = "";
  document.querySelector("#find [name=blank]")?.remove();
  say("");
  show(new URL(counter.dataset.base, location.href));
  field.focus();
}

function opened(key) {
  const details = answer().querySelector(`details[data-key="${key}"]`);
  if (!details) return false;
  details.open = true;
  details.querySelector(".disclosure__body :is(input:not([type=hidden]), button)")?.focus();
  return true;
}

const KEYS = {
  F2: async () => {
    if (!await show(searched({ new: "1" }))) return;
    const form = document.getElementById("newcomer");
    [...(form?.querySelectorAll("input:not([type=hidden])") ?? [])].find((each) => !each.value)?.focus();
  },
  F4: () => opened("F4"),
  F8: () => answer().querySelector("form[data-key=F8]")?.requestSubmit(),
  F9: () => opened("F9"),
  Escape: next,
};

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, PAUSE);
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  choose(current() + (event.key === "ArrowDown" ? 1 : -1));
});

document.getElementById("find").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = field.value.trim();
  const known = new URL(location.href).searchParams.get("q") ?? "";
  if (typed === known && first()) first().requestSubmit(); // the second Enter, on somebody's card
  else await search();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-print]");
  if (!form) return;
  event.preventDefault();
  print(form, event.submitter?.name === "reason" ? event.submitter.value : "");
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#people a, .counter__new a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.closest(".counter__new")) KEYS.F2();
  else { choose(people().indexOf(link)); field.focus(); }
});

// Who was just registered gets the badge without another click.
const atOnce = answer().querySelector("form[data-at-once]");
if (atOnce) {
  const address = new URL(location.href);
  address.searchParams.delete("print");
  history.replaceState(null, "", address);
  print(atOnce);
}
field.focus();
field.select();
if (field.value && !answer().querySelector(".person-card") && people().length > 0) choose(0);
