// Asks about an address that looks like a slip of the finger (ada@gmial.com); never in the way.

/** Whether one letter too many, too few or wrong, or two neighbours swapped, parts two words. */
export function isOneSlipAway(typed, meant) {
  if (typed === meant || Math.abs(typed.length - meant.length) > 1 || meant.length < 7) return false;
  let start = 0;
  while (start < Math.min(typed.length, meant.length) && typed[start] === meant[start]) start += 1;
  const rest = typed.slice(start);
  const wanted = meant.slice(start);
  const swapped = rest.slice(1, 2) + rest.slice(0, 1) + rest.slice(2);
  return [rest.slice(1) === wanted.slice(1), rest.slice(1) === wanted, rest === wanted.slice(1), swapped === wanted].some(Boolean);
}

/** The address that somebody probably meant, or null. */
export function suggestion(address, domains) {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1).trim().toLowerCase();
  if (at < 1 || domains.includes(domain)) return null;
  const near = domains.find((known) => isOneSlipAway(domain, known));
  return near ? `${address.slice(0, at)}@${near}` : null;
}

for (const part of document.querySelectorAll(".email-field[data-domains]")) {
  const field = part.querySelector("input");
  const hint = document.createElement("p");
  hint.className = "email-hint";
  hint.setAttribute("role", "status");
  field.after(hint);
  field.addEventListener("change", () => {
    hint.replaceChildren();
    const meant = suggestion(field.value, part.dataset.domains.split(" "));
    if (!meant) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = meant;
    button.addEventListener("click", () => {
      field.value = meant;
      hint.replaceChildren();
      field.focus();
    });
    const [before, after] = part.dataset.question.split("{}");
    hint.append(before, button, after);
  });
}

// Says at once that two chosen sessions are on at the same time; the server says it again.
for (const group of document.querySelectorAll("fieldset[data-clash]")) {
  const boxes = [...group.querySelectorAll("input[data-clashes]")];
  const say = () => {
    for (const box of boxes) {
      const others = box.dataset.clashes.split(" ");
      const other = box.checked && boxes.find((each) => each.checked && others.includes(each.value));
      const choice = box.closest(".choice");
      let words = choice.querySelector(".choice__clash--now");
      if (!other) { words?.remove(); continue; }
      if (!words) {
        words = document.createElement("span");
        words.className = "choice__help choice__clash--now";
        words.setAttribute("role", "status");
        choice.querySelector("label").append(words);
      }
      const title = other.closest(".choice").querySelector(".choice__name").textContent;
      words.textContent = group.dataset.clash.replace("{}", title);
    }
  };
  group.addEventListener("change", say);
  say();
}

// Shows what only some are asked once it is for the reader; without this it stands there with a word for whom it is.
const some = [...document.querySelectorAll(".question--some")];
if (some.length) {
  const form = some[0].closest("form");
  const isAsked = (question) => {
    const category = form.querySelector("input[name=category_id]:checked")?.value;
    const { categories, depends, answers } = question.dataset;
    const categoryIsAsked = !categories || !form.querySelector("input[name=category_id]") || categories.split(" ").includes(category);
    if (!categoryIsAsked || !depends) return categoryIsAsked;
    const wanted = answers.split(" ");
    return [...form.querySelectorAll(`[name="${depends}"]`)].some(
      (field) => !field.closest(".question[hidden]") && (field.tagName === "SELECT" || field.checked) && wanted.includes(field.value),
    );
  };
  const show = () => some.forEach((question) => { question.hidden = !isAsked(question); });
  for (const question of some) question.querySelector(".question__for").hidden = true;
  form.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}

// Who goes back to this form has the same form before them, and not a second one: its key stays with the page visited.
const key = document.querySelector("input[name=submission_key]");
if (key && history.state?.submissionKey) key.value = history.state.submissionKey;
else if (key) history.replaceState({ ...history.state, submissionKey: key.value }, "");
