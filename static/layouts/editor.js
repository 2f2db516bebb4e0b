// The editor of layouts. The form beside the card is the design: whatever moves on the card changes its fields, and a
// picture of the real badge is asked for after each change. Undo keeps copies of the form.
const form = document.getElementById("layout-form");
const stage = document.getElementById("stage");
const picture = document.getElementById("badge-picture");
const handles = document.getElementById("handles");
const elements = document.getElementById("elements");
const faults = document.getElementById("faults");
const said = document.getElementById("said");
const undoButton = document.getElementById("undo");
const redoButton = document.getElementById("redo");
const person = document.getElementById("person");
const guides = { x: document.getElementById("guide-x"), y: document.getElementById("guide-y") };
const card = { width: Number(form.dataset.width), height: Number(form.dataset.height) };
const SNAP = 0.9;
const MOST_KEPT = 100;
const PLACE = ["x", "y", "width", "height"];

let selected = null;
let past = [];
let future = [];
let asked = 0;
let timer = null;
let isChanged = false;

const round = (value) => Math.round(value * 10) / 10;
const panels = () => [...elements.querySelectorAll(".element-panel")];
const panelOf = (id) => elements.querySelector(`.element-panel[data-element="${CSS.escape(id)}"]`);
const input = (id, name) => form.elements.namedItem(`${id}.${name}`);
const number = (id, name) => Number(String(input(id, name)?.value ?? "0").replace(",", ".")) || 0;
const boxOf = (id) => Object.fromEntries(PLACE.map((name) => [name, number(id, name)]));
const titleOf = (id) => panelOf(id)?.querySelector("[data-title]").textContent ?? id;

function say(pattern, values = {}) {
  said.textContent = pattern.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
}

function placeWords(id) {
  const box = boxOf(id);
  const written = Object.fromEntries(PLACE.map((name) => [name, box[name].toLocaleString(document.documentElement.lang)]));
  return form.dataset.place.replace(/\{(\w+)\}/g, (_all, name) => ({ title: titleOf(id), ...written })[name] ?? "");
}

// --- undo ---------------------------------------------------------------------------------------------------------

function fixed(tree) {
  // What was typed lives in properties; a copy takes attributes only.
  for (const field of tree.querySelectorAll("input, select, textarea")) {
    if (field.type === "checkbox") field.toggleAttribute("checked", field.checked);
    else if (field.tagName === "SELECT") for (const option of field.options) option.toggleAttribute("selected", option.selected);
    else if (field.tagName === "TEXTAREA") field.textContent = field.value;
    else field.setAttribute("value", field.value);
  }
  return tree;
}

const copyNow = () => ({ tree: fixed(elements).cloneNode(true), selected, css: form.elements.css.value });
let current = copyNow();

function keep() {
  past.push(current);
  if (past.length > MOST_KEPT) past.shift();
  future = [];
  current = copyNow();
  isChanged = true;
  showSteps();
}

function restore(copy, words) {
  elements.replaceChildren(...copy.tree.cloneNode(true).childNodes);
  form.elements.css.value = copy.css;
  selected = copy.selected && panelOf(copy.selected) ? copy.selected : null;
  current = copy;
  drawHandles();
  preview();
  showSteps();
  say(words);
}

function undo() {
  if (!past.length) return;
  future.push(current);
  restore(past.pop(), form.dataset.undone);
}

function redo() {
  if (!future.length) return;
  past.push(current);
  restore(future.pop(), form.dataset.redone);
}

function showSteps() {
  undoButton.disabled = !past.length;
  redoButton.disabled = !future.length;
}

// --- the picture --------------------------------------------------------------------------------------------------

function preview(pause = 40) {
  clearTimeout(timer);
  timer = setTimeout(askForPicture, pause);
}

async function askForPicture() {
  const turn = ++asked;
  stage.setAttribute("aria-busy", "true");
  let answer = null;
  try {
    const response = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (response.ok) answer = await response.json();
  } catch { /* said below */ }
  if (turn !== asked) return;
  stage.removeAttribute("aria-busy");
  if (!answer) {
    showFaults([{ sentence: form.dataset.failed, element: "" }]);
    return;
  }
  if (answer.picture) picture.src = answer.picture;
  showFaults(answer.faults, answer.hints);
}

function showFaults(found, hints = []) {
  for (const panel of panels()) panel.classList.toggle("element-panel--fault", found.some((fault) => fault.element === panel.dataset.element));
  faults.classList.toggle("layout-faults--fine", !found.length);
  const shown = [heading(found.length ? form.dataset.wrong : form.dataset.fine)];
  if (found.length) shown.push(listOf(found));
  if (hints.length) shown.push(listOf(hints));
  faults.replaceChildren(...shown);
}

function heading(words) {
  const title = document.createElement("p");
  title.className = "layout-faults__title";
  title.textContent = words;
  return title;
}

function listOf(found) {
  const list = document.createElement("ul");
  for (const fault of found) {
    const item = document.createElement("li");
    if (fault.element && panelOf(fault.element)) {
      const link = document.createElement("a");
      link.href = `#element-${fault.element}`;
      link.textContent = fault.sentence;
      link.addEventListener("click", () => select(fault.element));
      item.append(link);
    } else item.textContent = fault.sentence;
    list.append(item);
  }
  return list;
}

// --- handles ------------------------------------------------------------------------------------------------------

function drawHandles() {
  const hadFocus = document.activeElement?.dataset?.handle;
  handles.replaceChildren(...panels().map((panel) => handleOf(panel.dataset.element)));
  for (const panel of panels()) panel.open = panel.dataset.element === selected || (panel.open && !selected);
  if (hadFocus) handleFor(hadFocus)?.focus({ preventScroll: true });
}

const handleFor = (id) => handles.querySelector(`[data-handle="${CSS.escape(id)}"]`);

function handleOf(id) {
  const handle = document.createElement("button");
  handle.type = "button";
  handle.className = "layout-handle";
  handle.dataset.handle = id;
  const corner = document.createElement("span");
  corner.className = "layout-handle__corner";
  corner.dataset.corner = "yes";
  handle.append(corner);
  placeHandle(handle, id);
  return handle;
}

function placeHandle(handle, id) {
  const box = boxOf(id);
  handle.style.left = `${(100 * box.x) / card.width}%`;
  handle.style.top = `${(100 * box.y) / card.height}%`;
  handle.style.width = `${(100 * box.width) / card.width}%`;
  handle.style.height = `${(100 * box.height) / card.height}%`;
  handle.setAttribute("aria-pressed", String(id === selected));
  handle.setAttribute("aria-label", placeWords(id));
}

function select(id) {
  if (selected === id) return;
  selected = id;
  for (const panel of panels()) panel.open = panel.dataset.element === id;
  for (const handle of handles.children) placeHandle(handle, handle.dataset.handle);
  showPanel();
}

function showPanel() {
  // On a wide screen the panels stand beside the card; on a phone the card stays in sight.
  if (selected && innerWidth >= 1024) panelOf(selected).scrollIntoView({ block: "nearest" });
}

function setBox(id, box) {
  for (const name of PLACE) if (name in box) input(id, name).value = String(round(box[name]));
  if (panelOf(id).dataset.kind === "code" && ("width" in box || "height" in box)) {
    const side = String(round(Math.max(box.width ?? 0, box.height ?? 0)));
    input(id, "width").value = side;
    input(id, "height").value = side;
  }
  placeHandle(handleFor(id), id);
}

// --- snapping -----------------------------------------------------------------------------------------------------

function linesOf(id, axis) {
  const size = axis === "x" ? "width" : "height";
  const found = [0, card[size] / 2, card[size]];
  for (const panel of panels()) {
    if (panel.dataset.element === id) continue;
    const box = boxOf(panel.dataset.element);
    found.push(box[axis], box[axis] + box[size] / 2, box[axis] + box[size]);
  }
  return found;
}

function snapped(id, axis, edges) {
  // `edges`: places of the moved box that may meet a line; returns how far to move, and the line that is met.
  let best = { by: 0, line: null, distance: SNAP };
  for (const line of linesOf(id, axis)) {
    for (const edge of edges) {
      const distance = Math.abs(line - edge);
      if (distance < best.distance) best = { by: line - edge, line, distance };
    }
  }
  return best;
}

function showGuide(axis, line) {
  guides[axis].hidden = line === null;
  if (line !== null) guides[axis].style[axis === "x" ? "left" : "top"] = `${(100 * line) / card[axis === "x" ? "width" : "height"]}%`;
}

// --- pointer ------------------------------------------------------------------------------------------------------

handles.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".layout-handle");
  if (!handle || event.button) return;
  const id = handle.dataset.handle;
  select(id);
  handle.setPointerCapture(event.pointerId);
  const start = { x: event.clientX, y: event.clientY, box: boxOf(id), resizes: Boolean(event.target.dataset.corner) };
  const scale = card.width / stage.clientWidth;
  let moved = false;
  const move = (now) => {
    const across = (now.clientX - start.x) * scale;
    const down = (now.clientY - start.y) * scale;
    if (!moved && Math.hypot(across, down) < 0.4) return;
    moved = true;
    const box = start.resizes ? resized(id, start.box, across, down, now.altKey) : dragged(id, start.box, across, down, now.altKey);
    setBox(id, box);
  };
  const end = () => {
    handle.removeEventListener("pointermove", move);
    showGuide("x", null);
    showGuide("y", null);
    if (!moved) return;
    keep();
    preview();
    say(placeWords(id));
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", end, { once: true });
  handle.addEventListener("pointercancel", end, { once: true });
});

function dragged(id, box, across, down, isFree) {
  const found = { x: box.x + across, y: box.y + down };
  for (const [axis, size] of [["x", "width"], ["y", "height"]]) {
    const snap = isFree ? { by: 0, line: null } : snapped(id, axis, [found[axis], found[axis] + box[size] / 2, found[axis] + box[size]]);
    found[axis] += snap.by;
    showGuide(axis, snap.line);
  }
  return found;
}

function resized(id, box, across, down, isFree) {
  const found = { width: Math.max(1, box.width + across), height: Math.max(0.3, box.height + down) };
  for (const [axis, size] of [["x", "width"], ["y", "height"]]) {
    const snap = isFree ? { by: 0, line: null } : snapped(id, axis, [box[axis] + found[size]]);
    found[size] += snap.by;
    showGuide(axis, snap.line);
  }
  return found;
}

// --- keyboard -----------------------------------------------------------------------------------------------------

handles.addEventListener("focusin", (event) => {
  const handle = event.target.closest(".layout-handle");
  if (handle) select(handle.dataset.handle);
});

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

handles.addEventListener("keydown", (event) => {
  const handle = event.target.closest(".layout-handle");
  if (!handle) return;
  const id = handle.dataset.handle;
  const arrow = ARROWS[event.key];
  if (arrow && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const step = event.shiftKey ? 0.1 : 1;
    const box = boxOf(id);
    if (event.altKey) setBox(id, { width: Math.max(0.3, box.width + arrow[0] * step), height: Math.max(0.3, box.height + arrow[1] * step) });
    else setBox(id, { x: box.x + arrow[0] * step, y: box.y + arrow[1] * step });
    keep();
    preview(120);
    say(placeWords(id));
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    remove(id);
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    const panel = panelOf(id);
    panel.open = true;
    panel.querySelector(".element-panel__fields input, .element-panel__fields select, .element-panel__fields textarea")?.focus();
  }
});

elements.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && selected) handleFor(selected)?.focus();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const isTyping = /^(TEXTAREA|INPUT)$/.test(event.target.tagName) && event.target.type !== "number" && event.target.type !== "checkbox";
  const key = event.key.toLowerCase();
  if (key === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector('[name="do"][value="save"]'));
  } else if (!isTyping && key === "z") {
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  } else if (!isTyping && key === "y") {
    event.preventDefault();
    redo();
  }
});

// --- the form -----------------------------------------------------------------------------------------------------

elements.addEventListener("toggle", (event) => {
  const panel = event.target;
  if (panel.open && panel.dataset.element && panel.dataset.element !== selected) select(panel.dataset.element);
}, true);

form.addEventListener("input", (event) => {
  const panel = event.target.closest(".element-panel");
  if (panel) {
    if (panel.dataset.kind === "code" && /\.(width|height)$/.test(event.target.name)) {
      input(panel.dataset.element, "width").value = event.target.value;
      input(panel.dataset.element, "height").value = event.target.value;
    }
    placeHandle(handleFor(panel.dataset.element), panel.dataset.element);
    preview(150);
  } else if (event.target === form.elements.css) preview(600);
  else if (event.target === person) preview();
});

form.addEventListener("change", (event) => {
  if (event.target.closest(".element-panel") || event.target === form.elements.css) keep();
  else if (event.target !== person && event.target.id !== "what") isChanged = true;
});

function remove(id) {
  const title = titleOf(id);
  const order = panels().map((panel) => panel.dataset.element);
  panelOf(id).remove();
  selected = null;
  const next = order[order.indexOf(id) + 1] ?? order[order.indexOf(id) - 1];
  drawHandles();
  keep();
  preview();
  say(form.dataset.removed, { title });
  if (next) handleFor(next)?.focus();
}

function reorder(id, forward) {
  const panel = panelOf(id);
  if (forward && panel.nextElementSibling) panel.nextElementSibling.after(panel);
  else if (!forward && panel.previousElementSibling) panel.previousElementSibling.before(panel);
  drawHandles();
  keep();
  preview();
  say(placeWords(id));
}

async function add(submitter) {
  // The server knows what a new element looks like: its answer is this page with one element more.
  const body = new FormData(form, submitter);
  const response = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!response?.ok) {
    showFaults([{ sentence: form.dataset.failed, element: "" }]);
    return;
  }
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const known = new Set(panels().map((panel) => panel.dataset.element));
  const added = [...fresh.querySelectorAll("#elements .element-panel")].find((panel) => !known.has(panel.dataset.element));
  if (!added) return;
  if (!panels().length) elements.replaceChildren();
  elements.append(document.importNode(added, true));
  selected = added.dataset.element;
  drawHandles();
  keep();
  preview();
  showPanel();
  handleFor(selected)?.focus({ preventScroll: innerWidth >= 1024 });
  say(placeWords(selected));
}

form.addEventListener("submit", (event) => {
  const [what, id] = (event.submitter?.value ?? "").split(":");
  const steps = { add: () => add(event.submitter), remove: () => remove(id), front: () => reorder(id, true), back: () => reorder(id, false) };
  if (event.submitter?.name === "do" && steps[what]) {
    event.preventDefault();
    steps[what]();
  } else isChanged = false;
});

undoButton.addEventListener("click", undo);
redoButton.addEventListener("click", redo);
window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });

for (const hidden of form.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
selected = panels().find((panel) => panel.open)?.dataset.element ?? null;
drawHandles();
if (person && person.selectedIndex > 0) preview();
