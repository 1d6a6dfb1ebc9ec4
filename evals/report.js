"use strict";
// Filters the cases by kind, split, verdict and words; opens the case that the address names.
(() => {
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const cases = [...document.querySelectorAll(".case")].map((element) => ({ element, words: null }));

  const folded = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");

  // Reading the text of every case takes a moment, so it waits for the first search.
  const holds = (entry, searched) => {
    entry.words ??= folded(entry.element.textContent + " " + entry.element.id);
    return searched.every((word) => entry.words.includes(word));
  };

  const apply = () => {
    const chosen = ["kind", "split", "verdict"].map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    const searched = folded(form.elements.text.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const entry of cases) {
      const fits = chosen.every(([name, value]) => entry.element.dataset[name] === value) && holds(entry, searched);
      entry.element.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.textContent = `${count} of ${cases.length} cases`;
  };

  const openNamed = () => {
    const named = location.hash.startsWith("#case-") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named) {
      form.reset();
      apply();
      named.open = true;
      named.scrollIntoView({ block: "center" });
    }
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", openNamed);
  form.hidden = false;
  apply();
  openNamed();
})();
