// Registers the service worker, and knows when a new version of the app waits.  Without https (as in a LAN) there is no
// worker, and the app works as long as the server answers.

import { signal } from "@preact/signals";

const LOOK_AGAIN = 30 * 60_000; // milliseconds between two looks for a new version

/** Whether a new version waits to take over. */
export const updateReady = signal(false);
/** Whether the app opens without a network. */
export const worksOffline = signal(Boolean(navigator.serviceWorker?.controller));

let waiting = null;
let reloads = false;

// Trusted Types: the only address a worker may be loaded from.
const policy = globalThis.trustedTypes?.createPolicy("daybook", {
	createScriptURL(url) {
		if (url !== "/sw.js")
			throw new TypeError("There is one worker only.");
		return url;
	},
});

function follow(registration) {
	const look = () => {
		// The first worker takes over by itself and does not wait.
		if (registration.waiting?.state !== "installed" || !navigator.serviceWorker.controller)
			return;
		waiting = registration.waiting;
		updateReady.value = true;
	};
	look();
	registration.addEventListener("updatefound", () => {
		registration.installing?.addEventListener("statechange", look);
	});
	const update = () => {
		if (document.visibilityState === "visible")
			registration.update().catch(() => {});
	};
	setInterval(update, LOOK_AGAIN);
	addEventListener("online", update);
}

/** The new version takes over in all tabs of this browser, each of which loads again; half-typed forms are kept. */
export function takeUpdate() {
	reloads = true;
	if (waiting)
		waiting.postMessage("take over");
	else
		location.reload();
}

export async function startWorker() {
	if (!navigator.serviceWorker || !isSecureContext)
		return;
	let controlled = Boolean(navigator.serviceWorker.controller);
	navigator.serviceWorker.addEventListener("controllerchange", () => {
		waiting = null;
		if (reloads)
			location.reload();
		else if (controlled)
			updateReady.value = true; // another tab took it
		controlled = true;
		worksOffline.value = true;
	});
	const address = policy ? policy.createScriptURL("/sw.js") : "/sw.js";
	try {
		follow(await navigator.serviceWorker.register(address, { updateViaCache: "none" }));
	} catch {
		// The browser refuses workers, as in a private window: the app works online.
	}
}
