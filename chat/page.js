// What the page does without the server: citations open their source, the source panel opens and closes.
window.magpie = (() => {
  const WIDE = matchMedia("(min-width: 861px)");
  const CALM = matchMedia("(prefers-reduced-motion: reduce)");
  const PATIENCE = 8000; // milliseconds that a wanted source may take to come
  let opener = null; // the link that opened the source, which gets the focus back

  const place = (link) => decodeURIComponent(link.getAttribute("href").slice(1));

  // Tells the server which citation to show, and shows it as soon as the panel holds it.
  const open = (link) => {
    const answer = link.closest(".answer");
    const cited = answer ? [...answer.querySelectorAll("a.cite")].map(place) : [];
    const box = document.querySelector("#wanted textarea, #wanted input");
    opener = link;
    box.value = JSON.stringify({ chosen: place(link), cited, time: Date.now() }); // the time makes each wish a new value
    box.dispatchEvent(new Event("input", { bubbles: true }));
    whenShown(place(link), () => {
      document.querySelector("#source").classList.add("open");
      toMark(true);
    });
  };

  const whenShown = (reference, show) => {
    const until = performance.now() + PATIENCE;
    const look = () => {
      const article = document.querySelector("#panel article");
      if (article?.dataset.place === reference) show();
      else if (performance.now() < until) requestAnimationFrame(look);
    };
    look();
  };

  const toMark = (focus) => {
    const panel = document.querySelector("#source");
    const target = panel.querySelector("mark.chosen") ?? panel.querySelector("h2");
    const middle = target.getBoundingClientRect().top - panel.getBoundingClientRect().top - panel.clientHeight / 3;
    panel.scrollBy({ top: middle, behavior: CALM.matches ? "auto" : "smooth" });
    if (!focus) return;
    target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  };

  const close = () => {
    document.querySelector("#source").classList.remove("open");
    opener?.focus();
  };

  // A new answer is read from its question on; a new source from its mark on.
  const watch = () => {
    const chat = document.querySelector("#chat");
    const panel = document.querySelector("#panel");
    if (!chat || !panel) return requestAnimationFrame(watch);
    let answers = 0;
    new MutationObserver(() => {
      const shown = chat.querySelectorAll(".answer");
      if (shown.length > answers) {
        const questions = chat.querySelectorAll(".message-row.user-row, .user-row");
        const latest = questions[questions.length - 1] ?? shown[shown.length - 1];
        requestAnimationFrame(() => latest.scrollIntoView({ block: "start", behavior: "auto" }));
      }
      answers = shown.length;
    }).observe(chat, { childList: true, subtree: true });
    new MutationObserver(() => {
      if (WIDE.matches && panel.querySelector("mark.chosen")) toMark(false);
    }).observe(panel, { childList: true, subtree: true });
    const asked = new URLSearchParams(location.search);
    if (asked.has("source")) {
      const start = () => {
        const article = panel.querySelector("article");
        if (!article) return requestAnimationFrame(start);
        document.querySelector("#source").classList.add("open");
        toMark(true);
      };
      start();
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cite, a.source");
    if (!link) return;
    event.preventDefault();
    open(link);
  });
  document.addEventListener("keydown", (event) => {
    const link = event.target.closest?.("a.cite, a.source");
    if (link && event.key === " ") {
      event.preventDefault();
      open(link);
    }
    if (event.key === "Escape" && document.querySelector("#source").classList.contains("open")) close();
  });
  watch();

  return { close };
})();
