// Keeps the site's files, so that a return visit needs no network. Their names change with what is in them.

const FILES = $files;
const KEPT = "trackfit-site";
const SITE = new URL("./", self.location.href).href;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(KEPT);
    await kept.add(SITE);
    for (const name of FILES) {
      if (!(await kept.match(SITE + name))) await kept.add(SITE + name);
    }
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(KEPT);
    const wanted = new Set([SITE, ...FILES.map((name) => SITE + name)]);
    for (const request of await kept.keys()) {
      if (request.url.startsWith(SITE) && !wanted.has(request.url)) await kept.delete(request);
    }
    await self.clients.claim();
  })());
});

async function page(request) {
  const kept = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok) await kept.put(SITE, response.clone());
    return response;
  } catch (fault) {
    const before = await kept.match(SITE);
    if (before) return before;
    throw fault;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(SITE)) return;
  const name = request.url.slice(SITE.length);
  if (request.mode === "navigate" && (name === "" || name === "index.html")) {
    event.respondWith(page(request));
  } else if (FILES.includes(name)) {
    event.respondWith(caches.match(request.url).then((kept) => kept ?? fetch(request)));
  }
});
