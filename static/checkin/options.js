// What a volunteer sets on this phone, kept on it: contrast for the sun, hidden names, sounds, the hand that holds it.
const KEY = "door-options";
const DEFAULTS = { sun: false, hidesNames: false, sounds: true, left: false };

export const options = { ...DEFAULTS, ...kept() };

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

export function applyOptions() {
  const page = document.documentElement;
  page.toggleAttribute("data-sun", options.sun);
  page.toggleAttribute("data-left", options.left);
}

export function optionSwitches() {
  for (const box of document.querySelectorAll("input[data-option]")) {
    box.checked = options[box.dataset.option];
    box.addEventListener("change", () => {
      options[box.dataset.option] = box.checked;
      localStorage.setItem(KEY, JSON.stringify(options));
      applyOptions();
    });
  }
}
