// The report in a frame that runs nothing, what can be done with it, and other answers tried on the spot.

import { button, element } from "./screens.js";

const policy = self.trustedTypes?.createPolicy("report", { createHTML: (text) => text });

export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// The frame may not run scripts, and its page has a policy of its own that lets none run either. It shares our origin only
// so that its links can be sent to a tab of their own and its height be known.
function reportFrame(html) {
  const frame = element("iframe", {
    title: "Your report", sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-modals",
  });
  frame.srcdoc = policy ? policy.createHTML(html) : html;
  frame.addEventListener("load", () => {
    const page = frame.contentDocument;
    for (const link of page.querySelectorAll("a[href]")) {
      const to = link.getAttribute("href");
      if (to.startsWith("#")) link.href = `about:srcdoc${to}`;
      else Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
    }
    const fit = () => { frame.style.height = `${page.documentElement.scrollHeight}px`; };
    new ResizeObserver(fit).observe(page.body);
    fit();
  });
  return frame;
}

function places(trial) {
  const rows = trial.places.map((one) => {
    const [before, now] = one.place;
    const [lackedBefore, lacks] = one.missing;
    const moved = before === now ? "" : before > now ? `up from ${before}` : `down from ${before}`;
    const less = lackedBefore === lacks ? "" : ` (was ${lackedBefore})`;
    return element("tr", { class: moved ? "moved" : "" },
      element("td", {}, String(now)), element("th", { scope: "row" }, one.name),
      element("td", {}, `${lacks} of ${one.size} missing${less}`), element("td", {}, moved));
  });
  const head = ["Place", "Track", "Skills", "Moved"].map((name) => element("th", { scope: "col" }, name));
  return element("table", {}, element("caption", {}, "Places of the tracks"),
    element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

// Other answers, and what they would change.
function whatIf(trial, act) {
  const settings = new Map();
  const outcome = element("div", { class: "outcome" });
  const take = button("Make these my answers", () => act.adopt([...settings.values()]), "first");
  const reset = button("Back to my answers", () => { settings.clear(); draw(trial, true); });
  const years = element("input", { id: "years", type: "number", min: "0", max: "60", step: "1" });
  const told = element("p", { role: "status", class: "hint" });
  const ticks = trial.skills.map((one) => {
    const input = element("input", { type: "checkbox", value: one.id });
    input.addEventListener("change", () => change(one.id, input.checked === one.held ? null
      : `skills${input.checked ? "+" : "-"}=${one.id}`));
    return { one, input, row: element("li", {}, element("label", { class: "option" }, input, element("span", {}, one.name))) };
  });
  years.addEventListener("input", () => {
    if (!years.checkValidity()) return;
    change("years", years.value === String(trial.years ?? "") ? null : `years_experience=${years.value}`);
  });
  async function change(key, setting) {
    if (setting === null) settings.delete(key); else settings.set(key, setting);
    const made = await act.trial([...settings.values()]);
    if (made.type === "trial") draw(made, false);
  }
  function draw(made, afresh) {
    if (afresh) {
      years.value = trial.years ?? "";
      ticks.forEach(({ one, input }) => { input.checked = one.held; });
    }
    const reasons = settings.size ? made.reasons : [];
    const same = settings.size && !reasons.length ? "Nothing changes." : "";
    outcome.replaceChildren(places(made), element("ul", { class: "reasons" }, ...reasons.map((one) => element("li", {}, one))));
    outcome.dataset.settings = [...settings.values()].join(" ");
    told.textContent = settings.size ? same || `First is ${made.places[0].name}. ${reasons.length} reasons below.` : "";
    take.disabled = reset.disabled = settings.size === 0;
  }
  draw(trial, true);
  return element("details", { id: "what-if" }, element("summary", {}, "What if you knew more, or had other years?"),
    element("div", { class: "columns" },
      element("div", {},
        element("label", { for: "years" }, "Years of experience "), years,
        element("fieldset", { class: "skills" }, element("legend", {}, "Skills that some track asks for"),
          element("ul", { class: "plain" }, ...ticks.map((one) => one.row)))),
      element("div", {}, told, outcome, element("div", { class: "actions" }, take, reset))));
}

// The report and all around it.
export function outcomeSection(html, trial, act) {
  const frame = reportFrame(html);
  return element("section", { id: "outcome" },
    element("h2", { id: "title", tabindex: "-1" }, "Your report"),
    element("div", { class: "actions" },
      button("Download the page", () => act.save("html")), button("Download as Markdown", () => act.save("md")),
      button("Print", () => frame.contentWindow.print()), button("Change my answers", () => act.review())),
    whatIf(trial, act), frame);
}
