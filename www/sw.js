/* global SHELL */
// The service worker: keeps the files of one version of the app, and serves them from there, so that the app opens without a network.
// It never touches the API.  SHELL is [[path, hash], …], put in by build.mjs: another hash is another version.

const OWN = "daybook-"; // names of caches of ours begin so
const CACHE = OWN + fingerprint();
const NAMED_BY_CONTENT = /\.[0-9A-Z]{8}\.\w+$/;
const SERVER = /^\/(?:api|compat|metrics)(?:\/|$)/; // what is never kept

function fingerprint() {
	let sum = 0n;
	for (const [path, hash] of SHELL)
		sum = (sum * 1_000_003n + BigInt("0x" + hash) + BigInt(path.length)) % (1n << 64n);
	return sum.toString(16);
}

// A file named by its content may come from the version before; everything else comes from the server itself, past the browser's cache.
async function keep(cache, path) {
	const kept = NAMED_BY_CONTENT.test(path) ? await caches.match(path) : undefined;
	if (kept)
		await cache.put(path, kept);
	else
		await cache.add(new Request(path, { cache: "reload" }));
}

async function install() {
	const cache = await caches.open(CACHE);
	await Promise.all(SHELL.map(([path]) => keep(cache, path)));
}

async function forgetOthers() {
	const names = await caches.keys();
	await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)));
	await self.clients.claim();
}

async function answer(request, path) {
	const cache = await caches.open(CACHE);
	return await cache.match(path) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

// The new version waits until a person says so, or until no window of the old one is left.
self.addEventListener("message", (event) => {
	if (event.data === "take over")
		self.skipWaiting();
});

// Every address of the app is the same page: the app reads it itself.
self.addEventListener("fetch", (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== "GET" || url.origin !== self.location.origin || SERVER.test(url.pathname))
		return;
	event.respondWith(answer(request, request.mode === "navigate" ? "/" : url.pathname));
});
