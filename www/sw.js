/* global SHELL */
// The service worker: stores the files of one version of the app and serves them, so that the app opens without a
// network.  It never touches the API.  SHELL is [[path, hash], …], written by build.mjs; another hash is another
// version.

const OWN = "daybook-"; // the names of our caches begin with it
const CACHE = OWN + fingerprint();
const NAMED_BY_CONTENT = /\.[0-9A-Z]{8}\.\w+$/;
const SERVER = /^\/(?:api|compat|metrics)(?:\/|$)/; // what is never kept

function fingerprint() {
	let sum = 0n;
	for (const [path, hash] of SHELL)
		sum = (sum * 1_000_003n + BigInt("0x" + hash) + BigInt(path.length)) % (1n << 64n);
	return sum.toString(16);
}

async function hashOf(answer) {
	const digest = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
	return [...new Uint8Array(digest)].slice(0, 8).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The answer is checked by its hash: while a new version is being installed the server may send another file, and a
// proxy may send something else.
async function fetchWhole(path, hash) {
	const answer = await fetch(new Request(path, { cache: "reload", redirect: "error" }));
	if (!answer.ok || await hashOf(answer.clone()) !== hash)
		throw new TypeError(`${path} is not of this version.`);
	return answer;
}

// A file that is named by its content may be copied from the version before.  Everything else comes from the server
// itself, not from the browser's cache.
async function keep(cache, path, hash) {
	const kept = NAMED_BY_CONTENT.test(path) ? await caches.match(path) : undefined;
	await cache.put(path, kept ?? await fetchWhole(path, hash));
}

// Stores all files of a version or fails; the browser then tries again when it next looks for a new version.
async function install() {
	const cache = await caches.open(CACHE);
	await Promise.all(SHELL.map(([path, hash]) => keep(cache, path, hash)));
}

async function forgetOthers() {
	const others = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== CACHE);
	await Promise.all(others.map((name) => caches.delete(name)));
	await self.clients.claim();
}

// A stored file.  If the cache cannot be read, the server is asked instead.
async function kept(path) {
	try {
		return await (await caches.open(CACHE)).match(path);
	} catch {
		return undefined;
	}
}

let mending = null; // while files are fetched again

// Fetches the files again.  A browser that is short of room may delete them and leave the worker; without them the app
// would not open offline before its next version.
function mend() {
	mending ??= install().catch(() => {}).finally(() => { mending = null; });
	return mending;
}

async function answer(event, path) {
	const file = await kept(path);
	if (!file && SHELL.some(([name]) => name === path))
		event.waitUntil(mend());
	return file ?? fetch(event.request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

// The new version waits until a person asks for it, or until no window of the old one is open.
self.addEventListener("message", (event) => {
	if (event.data === "take over")
		self.skipWaiting();
});

// Every address of the app is the same page; the app reads the address itself.
self.addEventListener("fetch", (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== "GET" || url.origin !== self.location.origin || SERVER.test(url.pathname))
		return;
	event.respondWith(answer(event, request.mode === "navigate" ? "/" : url.pathname));
});
