// A field with an address and a button that copies it; without this script the field can still be selected.
for (const block of document.querySelectorAll("[data-copy]")) {
  const field = block.querySelector("input");
  const words = block.querySelector("button span");
  const before = words.textContent;
  block.querySelector("button").addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    words.textContent = "✓";
    setTimeout(() => { words.textContent = before; }, 1500);
  });
}
