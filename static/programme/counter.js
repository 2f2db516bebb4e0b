// Says how many characters a long text has, as one types; without it, the help still tells the limit.
for (const output of document.querySelectorAll("[data-counts]")) {
  const field = document.getElementById(output.dataset.counts);
  const most = Number(output.dataset.most);
  const say = () => {
    const length = [...field.value].length;
    output.textContent = output.dataset.words.replace("{done}", length.toLocaleString(document.documentElement.lang)).replace("{most}", most.toLocaleString(document.documentElement.lang));
    output.classList.toggle("counter--over", length > most);
  };
  field.addEventListener("input", say);
  say();
}
