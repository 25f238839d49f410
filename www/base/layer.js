// What is open over or beside a screen, one thing at a time.  app/layers.jsx draws it.

import { signal } from "@preact/signals";

/** {name, properties}, or null. */
export const layer = signal(null);

export function show(name, properties = {}) {
	layer.value = { name, properties };
}

export function hide() {
	layer.value = null;
}
