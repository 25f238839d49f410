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

async function hashOf(answer) {
	const digest = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
	return [...new Uint8Array(digest)].slice(0, 8).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What the server has at a path is another file while a new version is being put there, and somebody else's where a proxy answers for it.
async function fetchWhole(path, hash) {
	const answer = await fetch(new Request(path, { cache: "reload", redirect: "error" }));
	if (!answer.ok || await hashOf(answer.clone()) !== hash)
		throw new TypeError(`${path} is not of this version.`);
	return answer;
}

// A file named by its content may come from the version before; everything else comes from the server itself, past the browser's cache.
async function keep(cache, path, hash) {
	const kept = NAMED_BY_CONTENT.test(path) ? await caches.match(path) : undefined;
	await cache.put(path, kept ?? await fetchWhole(path, hash));
}

// All of a version or nothing of it: what fails is tried again with the next look for a new one.
async function install() {
	const cache = await caches.open(CACHE);
	await Promise.all(SHELL.map(([path, hash]) => keep(cache, path, hash)));
}

async function forgetOthers() {
	const names = await caches.keys();
	await Promise.all(names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)));
	await self.clients.claim();
}

// A cache that cannot be read is no reason not to ask the server.
async function kept(path) {
	try {
		return await (await caches.open(CACHE)).match(path);
	} catch {
		return undefined;
	}
}

let mending = null; // while files are fetched again

// A browser that is short of room may throw the files away and leave the worker: they are fetched again, or the app would not open offline
// before its next version.
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
	event.respondWith(answer(event, request.mode === "navigate" ? "/" : url.pathname));
});
