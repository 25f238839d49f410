/* global SHELL */
// The service worker: keeps the files of one version of the app, and serves them from there, so that the app opens without a network.
// It never touches the API.  SHELL is [[path, hash], …], put in by build.mjs.

const CACHE = "daybook-" + fingerprint();

function fingerprint() {
	let sum = 0n;
	for (const [path, hash] of SHELL)
		sum = (sum * 1_000_003n + BigInt("0x" + hash) + BigInt(path.length)) % (1n << 64n);
	return sum.toString(16);
}

self.addEventListener("install", (event) => {
	event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL.map(([path]) => new Request(path, { cache: "reload" })))));
});

self.addEventListener("activate", (event) => {
	event.waitUntil(caches.keys()
		.then((names) => Promise.all(names.filter((name) => name.startsWith("daybook-") && name !== CACHE).map((name) => caches.delete(name))))
		.then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
	if (event.data === "take over")
		self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
	const url = new URL(event.request.url);
	if (event.request.method !== "GET" || url.origin !== self.location.origin || /^\/(?:api|compat|metrics)(?:\/|$)/.test(url.pathname))
		return;
	const wanted = event.request.mode === "navigate" ? "/" : url.pathname;
	event.respondWith(caches.open(CACHE).then((cache) => cache.match(wanted)).then((kept) => kept ?? fetch(event.request)));
});
