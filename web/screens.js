// From what the engine asks to elements of the page. Every text is set as text, never as HTML.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function button(words, act, kind = "") {
  return element("button", { type: "button", class: kind, onclick: act }, words);
}

export function lines(said) {
  return said.map((one) => element("p", { class: `${one.manner} ${one.indent ? "indented" : ""}`.trim() }, one.text));
}

function option(kind, id, words, checked, more = {}, note = "") {
  const input = element("input", { type: kind, name: "answer", value: id, ...more });
  input.checked = checked;
  const told = element("span", {}, words);
  if (note) {
    input.setAttribute("aria-label", words);
    input.setAttribute("aria-describedby", `note-${id}`);
    told.append(element("span", { id: `note-${id}`, class: "note" }, note));
  }
  return element("label", { class: "option" }, input, told);
}

function options(step) {
  const kind = step.type === "set" ? "checkbox" : "radio";
  const needed = kind === "radio" && step.empty === "";
  return step.choices.map((one) =>
    option(kind, one.id, one.name, one.name === step.given, { required: needed }, step.notes[one.id]));
}

function ticked(form) {
  return [...form.querySelectorAll("input[name=answer]:checked")].map((one) => one.value).join(", ");
}

const MODES = { whole_number: "numeric", money: "text", text: "text" };

function typedField(step) {
  const field = element("input", {
    id: "typed", type: "text", inputmode: MODES[step.type] ?? "text", autocomplete: "off", "aria-labelledby": "title",
    "aria-describedby": "hint said",
  });
  return { part: element("div", {}, field), line: () => field.value };
}

// The skills: what is typed is searched, what is picked becomes a chip, and a pasted list goes to the engine as it is.
function skillsField(step, find) {
  const names = new Map(step.rows.map((row) => [row.id, row.name]));
  const chosen = [...step.held];
  const field = element("input", {
    id: "typed", type: "text", autocomplete: "off", spellcheck: "false", "aria-labelledby": "title",
    "aria-describedby": "hint said",
  });
  const chips = element("ul", { class: "chips", "aria-label": "Picked" });
  const found = element("ul", { class: "found", "aria-label": "Skills to pick" });
  const counted = element("p", { class: "hint", role: "status" });
  const last = () => field.value.slice(field.value.lastIndexOf(",") + 1).trim();

  function drawChips() {
    chips.replaceChildren(...chosen.map((id) => {
      const name = names.get(id) ?? id;
      return element("li", {}, element("button", {
        type: "button", "aria-label": `Take out ${name}`, onclick: () => { toggle(id); field.focus(); },
      }, name, element("span", { "aria-hidden": "true" }, " ×")));
    }));
  }
  function toggle(id) {
    const at = chosen.indexOf(id);
    if (at < 0) chosen.push(id); else chosen.splice(at, 1);
    drawChips();
    found.querySelectorAll("input").forEach((one) => { one.checked = chosen.includes(one.value); });
  }
  // What was found stays, so that the keyboard stays where it is.
  function pick(id) {
    toggle(id);
    if (last()) field.value = field.value.slice(0, field.value.lastIndexOf(",") + 1).trimEnd();
  }
  async function search() {
    const text = last();
    const rows = text ? (await find(text)).rows.slice(0, 12) : [];
    if (text !== last()) return;
    counted.textContent = text ? `${rows.length || "No"} ${rows.length === 1 ? "skill" : "skills"} found` : "";
    found.replaceChildren(...rows.map((row) => {
      const input = element("input", { type: "checkbox", value: row.id, onchange: () => pick(row.id) });
      input.checked = chosen.includes(row.id);
      return element("li", {}, element("label", { class: "option" }, input, element("span", {}, row.name)));
    }));
  }
  field.addEventListener("input", search);
  field.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!text.includes("\n")) return;
    event.preventDefault();
    const parts = text.split("\n").map((one) => one.trim()).filter(Boolean).join(", ");
    field.setRangeText(parts, field.selectionStart, field.selectionEnd, "end");
    search();
  });
  drawChips();
  const line = () => {
    const text = field.value.trim().replace(/,$/, "");
    if (!text && chosen.join() === step.held.join()) return "";
    return [...chosen, ...(text ? [text] : [])].join(", ") || "none";
  };
  return { part: element("div", {}, chips, field, counted, found), line };
}

function hint(step) {
  const found = [];
  if (step.rows.length) found.push("Type to search, or paste a list.", step.hint);
  if (step.given && !step.choices.length && !step.rows.length) found.push(`Your answer so far: ${step.given}.`);
  if (step.empty) found.push(`Going on with nothing ${step.empty}.`);
  return found.filter(Boolean).join(" ");
}

// One step as a form. `act` has `take` (a line), `find` (a text) and `ask` (a word such as "back").
export function questionForm(step, meaning, act) {
  const listed = step.choices.length > 0;
  const field = listed ? null : step.rows.length ? skillsField(step, act.find) : typedField(step);
  const form = element("form", { id: "question" });
  const title = element("legend", { id: "title", tabindex: "-1" }, step.title);
  const body = element("fieldset", {}, title, element("p", { id: "hint", class: "hint" }, hint(step)));
  body.append(...(listed ? options(step) : [field.part]));
  if (step.number) {
    const most = step.number + step.most_left - 1;
    form.append(element("p", { class: "count" }, `Question ${step.number} of at most ${most}`));
  }
  if (step.nearest) form.append(element("p", { class: "nearest" }, `${step.nearest}.`));
  form.append(body);
  if (meaning.length) {
    form.append(element("details", {}, element("summary", {}, "What does this mean?"), ...lines(meaning)));
  }
  const actions = element("div", { class: "actions" }, element("button", { type: "submit", class: "first" }, "Continue"));
  if (step.kind === "question") {
    if (step.empty) actions.append(button("Skip", () => act.ask("skip")));
    actions.append(button("Why do you ask?", () => act.ask("why")));
  }
  if (step.number > 1 || step.kind !== "question") actions.append(button("Back", () => act.ask("back")));
  if (step.kind === "question" && step.number > 1) actions.append(button("All answers", () => act.ask("review")));
  form.append(actions);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act.take(listed ? ticked(form) : field.line());
  });
  return form;
}

// What a résumé says, to be confirmed.
export function offerForm(offer, act) {
  const rows = offer.found.map((one) => element("li", {},
    option("checkbox", one.attribute, `${one.label}: ${one.value}`, true),
    element("details", {}, element("summary", {}, "Where this stands"), ...one.lines.map((line) => element("p", {}, line)))));
  const title = element("legend", { id: "title", tabindex: "-1" }, "This is what we read. Take out what is not so.");
  const form = element("form", { id: "question" },
    element("fieldset", {}, title, element("ul", { class: "plain" }, ...rows)),
    ...offer.notes.map((note) => element("p", { class: "hint" }, note)),
    element("div", { class: "actions" }, element("button", { type: "submit", class: "first" }, "Take these answers"),
      button("Cancel", () => act.cancel())));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act.accept(ticked(form).split(", ").filter(Boolean));
  });
  return form;
}
