// «Let in anyway», where the gate allows it: never without a reason, which the organisers read on their board.
import { open } from "./panels.js";
import { word } from "./words.js";

const find = (id) => document.getElementById(id);
const SHORTEST = 3;

export function override({ onReason }) {
  let scan = null;
  const give = (reason) => {
    find("override-form").hidden = true;
    find("reason").value = "";
    onReason(scan, reason);
  };
  for (const button of document.querySelectorAll("button[data-reason]")) button.addEventListener("click", () => give(button.textContent.trim()));
  find("override-cancel").addEventListener("click", () => { find("override-form").hidden = true; });
  find("override-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = find("reason").value.trim();
    const isShort = reason.length < SHORTEST;
    find("reason-trouble").hidden = !isShort;
    find("reason-trouble").textContent = isShort ? word("reason-short") : "";
    find("reason").setAttribute("aria-invalid", String(isShort));
    if (!isShort) give(reason);
  });
  return (refused) => {
    scan = refused;
    open(null);
    find("reason-trouble").hidden = true;
    find("reason").removeAttribute("aria-invalid");
    find("override-form").hidden = false;
    find("override-form").querySelector("button[data-reason]").focus();
  };
}
