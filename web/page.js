// The page: starts the worker, shows one screen after the other, and keeps the answers in this browser.

import { button, element, lines, offerForm, questionForm } from "./screens.js";
import { download, outcomeSection } from "./outcome.js";

const KEPT = "trackfit-answers";
const files = JSON.parse(document.querySelector("meta[name=files]").content);
const at = (id) => document.getElementById(id);
const waiting = new Map();
const addresses = self.trustedTypes?.createPolicy("worker", { createScriptURL: (address) => address });
const address = (name) => { const whole = new URL(name, document.baseURI).href; return addresses ? addresses.createScriptURL(whole) : whole; };

let worker;
let asked = 0;
let file = "";
let shown = null;
let early = null;
let ready = false;
let turn = Promise.resolve();

function ask(message) {
  asked += 1;
  worker.postMessage({ number: asked, ...message });
  return new Promise((resolve, reject) => waiting.set(asked, { resolve, reject }));
}

function fail(words) {
  at("fault").textContent = words;
  at("fault").hidden = false;
  at("loading").hidden = true;
}

function heard({ data }) {
  if (data.progress) {
    at("loaded").value = data.progress.done;
    at("loading-words").textContent = data.progress.words;
    return;
  }
  const { resolve, reject } = waiting.get(data.number);
  waiting.delete(data.number);
  if (data.fault === undefined) resolve(data.reply); else reject(new Error(data.fault));
}

// What is kept

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function keep(answers) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(answers));
  } catch {
    // No storage here: the answers last as long as the page.
  }
}

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((one) => String(one).padStart(2, "0")).join("-");
}

// Screens

function put(screen, said) {
  at("said").replaceChildren(...lines(said));
  at("screen").replaceChildren(screen);
  at("title").focus();
}

async function request(one) {
  try {
    return await ask({ request: one });
  } catch (fault) {
    fail(`Something broke, and that is our fault: ${fault.message}. Your answers are kept; load the page again.`);
    throw fault;
  }
}

// One after the other; whoever clicks twice answers once, since the second comes from a screen that is gone.
async function send(one) {
  const from = JSON.stringify(shown?.step);
  const before = turn;
  let done;
  turn = new Promise((resolve) => { done = resolve; });
  await before;
  try {
    if (JSON.stringify(shown?.step) === from) await show(await request(one));
  } finally {
    done();
  }
}

async function show(reply) {
  if (reply.type === "faults") {
    at("said").replaceChildren(...lines(reply.lines.map((text) => ({ text, manner: "wrong", indent: "" }))));
    return;
  }
  if (reply.type === "offer") {
    put(offerForm(reply, { accept: (attributes) => send({ type: "accept", attributes }), cancel: () => show(shown) }), []);
    return;
  }
  const same = JSON.stringify(reply.step) === JSON.stringify(shown?.step) && at("question");
  shown = reply;
  file = reply.file;
  keep(reply.kept);
  if (reply.step === null) await showOutcome(reply.said);
  else if (same) at("said").replaceChildren(...lines(reply.said));
  else put(questionForm(reply.step, reply.meaning, acts), reply.said);
}

const acts = {
  take: (line) => send({ type: "take", line }),
  ask: (word) => send({ type: "take", line: word }),
  find: (typed) => request({ type: "find", typed }),
};

async function showOutcome(said) {
  const [html, trial] = [await request({ type: "write", form: "html" }), await request({ type: "try", settings: [] })];
  if (html.type === "faults") { show(html); return; }
  put(outcomeSection(html.text, trial, {
    save: async (form) => {
      const { text } = await request({ type: "write", form });
      download(`trackfit-report.${form}`, form === "html" ? "text/html" : "text/markdown", text);
    },
    review: () => send({ type: "take", line: "review" }),
    trial: (settings) => request({ type: "try", settings }),
    adopt: (settings) => send({ type: "try", settings, take: true }),
  }), said);
}

// The first question stands in the page already, and is answered before the engine is there.

function holdEarly(event) {
  event.preventDefault();
  const form = event.target;
  early = form.querySelector("input[name=answer]:checked")?.value ?? "";
  form.querySelectorAll("button").forEach((one) => { one.disabled = true; });
  at("said").replaceChildren(element("p", { class: "strong" }, "Noted. The next question comes as soon as the engine is loaded."));
}

async function begin() {
  const before = kept();
  let screen = await request({ type: "begin", as_of: today(), kept: before });
  if (screen.type === "faults") {
    const fresh = await request({ type: "begin", as_of: today() });
    const told = [{ text: "The answers kept here no longer fit these questions, so we begin anew.", manner: "wrong", indent: "" }];
    screen = { ...fresh, said: told };
  } else if (before && screen.kept.history.length) {
    screen.said = [{ text: "Welcome back. Your answers are as you left them.", manner: "plain", indent: "" }];
  }
  return screen;
}

async function start() {
  const form = at("question");
  if (kept()?.history?.length) {
    form.hidden = true;
    at("said").replaceChildren(element("p", {}, "Loading your answers."));
  }
  form.addEventListener("submit", holdEarly);
  at("loading").hidden = false;
  worker = new Worker(address(files.worker), { type: "module" });
  worker.onmessage = heard;
  worker.onerror = () => fail("The engine cannot start in this browser. A newer one can, and so does a terminal: pip install trackfit, then trackfit interview.");
  try {
    await ask({ files });
  } catch (fault) {
    fail(`The engine could not be loaded (${fault.message}). Look whether you are online, then load the page again.`);
    return;
  }
  const screen = await begin();
  at("loading").hidden = true;
  form.removeEventListener("submit", holdEarly);
  if (early !== null) {
    shown = screen;
    await send({ type: "take", line: early });
  } else {
    const picked = form.querySelector("input[name=answer]:checked")?.value;
    const hadFocus = form.contains(document.activeElement) ? document.activeElement.value : undefined;
    await show(screen);
    for (const one of at("screen").querySelectorAll("input[name=answer]")) {
      if (one.value === picked) one.checked = true;
      if (hadFocus !== undefined && one.value === hadFocus) one.focus();
    }
  }
  ready = true;
  at("save").disabled = at("load").disabled = false;
  request({ type: "warm" });
  if ("serviceWorker" in navigator && !files.preview) {
    navigator.serviceWorker.register(address("sw.js")).catch(() => {});
    navigator.serviceWorker.ready.then(() => { document.documentElement.dataset.kept = "yes"; });
  }
}

async function load(given) {
  if (!ready || !given) return;
  try {
    show(await ask({ file: given }));
  } catch (fault) {
    fail(`This file could not be read: ${fault.message}`);
  }
}

at("save").addEventListener("click", () => download("trackfit-answers.yaml", "application/yaml", file));
at("load").addEventListener("change", ({ target }) => { load(target.files[0]); target.value = ""; });
at("forget").addEventListener("click", async () => {
  localStorage.removeItem(KEPT);
  shown = null;
  at("said").replaceChildren(element("p", { class: "strong" }, "Forgotten. Nothing of you is kept here any more."));
  if (ready) {
    const screen = await request({ type: "begin", as_of: today() });
    localStorage.removeItem(KEPT);
    shown = screen;
    put(questionForm(screen.step, screen.meaning, acts), [{ text: "Forgotten. Nothing of you is kept here any more.", manner: "strong", indent: "" }]);
  }
});
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    if (name === "drop") load(event.dataTransfer.files[0]);
  });
}

if (files.preview) {
  const { follow } = await import("./preview.js");
  follow(files.knowledge, (problems) => {
    const told = problems.length ? ["The page is as it was before these problems:", ...problems] : [];
    const now = told.join("\n");
    if (at("fault").textContent !== now) fail(now);
    at("fault").hidden = told.length === 0;
  });
}
if (typeof WebAssembly === "object" && typeof Worker === "function") start();
else fail("This browser has no WebAssembly, which the engine runs on. A newer browser has it; or use a terminal: pip install trackfit, then trackfit interview.");
