// Keeps one version of the site, and answers with it. All its files are in one cache, each is what its hash says, and nothing is
// answered from another version: a page goes on with the version that it was loaded with. A new version is fetched beside the old
// one and takes over when no page of the old one is open any more (there is no skipWaiting, and no claim).

const SCOPE = self.registration.scope;
// Other pages of the same host have caches too, and other copies of this one have other scopes.
const OWN = `mq-playground ${SCOPE} `;
const CACHE = OWN + VERSION;

const files = new Map(Object.entries(FILES).map(([file, integrity]) => [new URL(file, SCOPE).href, integrity]));
const page = new URL('./', SCOPE).href;
const pageByName = new URL('index.html', SCOPE).href;

/** A file of this version and of no other: the browser refuses one that has another hash. */
const request = (address) => new Request(address, { integrity: files.get(address), cache: 'no-cache' });

addEventListener('install', (event) => {
  const keep = async () => {
    try {
      const cache = await caches.open(CACHE);
      await cache.addAll([...files.keys()].map(request));
    } catch (reason) {
      // Half a version is none. It is tried again at the next visit.
      await caches.delete(CACHE);
      throw reason;
    }
  };
  event.waitUntil(keep());
});

addEventListener('activate', (event) => {
  const forget = async () => {
    const before = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== CACHE);
    await Promise.all(before.map((name) => caches.delete(name)));
  };
  event.waitUntil(forget());
});

addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  const address = new URL(event.request.url);
  address.hash = '';
  // What is in the page is up to its parameters, but the files are the same.
  address.search = '';
  const file = address.href === pageByName ? page : address.href;
  if (!files.has(file)) return;
  const answer = async () => {
    const kept = await caches.match(file, { cacheName: CACHE });
    if (kept) return kept;
    // The browser has dropped it. The page may come in another version, with its own files; a file of this one may not.
    return file === page ? fetch(event.request) : fetch(request(file));
  };
  event.respondWith(answer());
});
