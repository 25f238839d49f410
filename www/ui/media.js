// Properties of the window, as signals: how wide it is, mouse or finger.

import { signal } from "@preact/signals";

function watch(query) {
	const media = globalThis.matchMedia?.(query);
	const one = signal(media?.matches ?? false);
	media?.addEventListener("change", () => { one.value = media.matches; });
	return one;
}

/** The window is as narrow as a phone: it shows one thing at a time. */
export const isNarrow = watch("(max-width: 719px)");
/** There is room for panes side by side. */
export const isWide = watch("(min-width: 960px)");
/** There is room for a third pane beside list and rail. */
export const isVeryWide = watch("(min-width: 1200px)");
/** The pointer is a mouse or the like. */
export const isFine = watch("(hover: hover) and (pointer: fine)");
