// Runs the engine: Python as WebAssembly, one Session, requests in and replies out. It fetches the site's own files and
// nothing else, whatever Python asks for.

const PACKAGES = "/lib/python3.14/site-packages";
const KNOWLEDGE = "/knowledge";
const GIVEN = "/given";
const SITE = new URL("../", self.location.href).href;
const plainFetch = self.fetch.bind(self);

let session;
let python;

function fetchOnly(integrity) {
  self.fetch = async (address, options) => {
    const name = new URL(address.url ?? address, SITE).href.slice(SITE.length);
    if (!Object.hasOwn(integrity, name)) throw new TypeError(`${name} is not part of this site`);
    return plainFetch(SITE + name, { ...options, integrity: integrity[name] });
  };
  for (const name of ["XMLHttpRequest", "WebSocket", "EventSource", "WebTransport", "importScripts"]) {
    self[name] = undefined;
  }
}

function tell(done, words) {
  self.postMessage({ progress: { done, words } });
}

async function archive(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.arrayBuffer();
}

async function start(files) {
  fetchOnly(files.integrity);
  tell(5, "Loading Python");
  const engine = archive(files.engine);
  const knowledge = archive(files.knowledge);
  const { loadPyodide } = await import(SITE + files.runtime + "pyodide.mjs");
  tell(15, "Loading Python");
  python = await loadPyodide({ indexURL: SITE + files.runtime, jsglobals: {} });
  tell(60, "Loading the rules");
  python.unpackArchive(await engine, "zip", { extractDir: PACKAGES });
  python.unpackArchive(await knowledge, "zip", { extractDir: KNOWLEDGE });
  python.FS.mkdirTree(GIVEN);
  tell(70, "Reading the rules");
  session = python.runPython(`
from pathlib import Path
from trackfit.engine.site.session import Session
Session(Path("${KNOWLEDGE}/knowledge.json").read_bytes(), "${KNOWLEDGE}")
`);
  tell(100, "Ready");
}

async function answer({ number, request, file, files }) {
  try {
    if (files) await start(files);
    if (file) {
      const path = `${GIVEN}/${file.name.replaceAll("/", "_") || "file"}`;
      python.FS.writeFile(path, new Uint8Array(await file.arrayBuffer()));
      request = { type: "read", path };
    }
    const reply = request ? JSON.parse(session.answer(JSON.stringify(request))) : null;
    self.postMessage({ number, reply });
  } catch (fault) {
    self.postMessage({ number, fault: String(fault.message ?? fault) });
  }
}

let line = Promise.resolve();
self.onmessage = (message) => {
  line = line.then(() => answer(message.data));
};
