// Room for columns side by side, or for one at a time.

import { signal } from "@preact/signals";

const narrow = matchMedia("(max-width: 719px)");

/** A phone: one location at a time. */
export const isNarrow = signal(narrow.matches);

narrow.addEventListener("change", () => { isNarrow.value = narrow.matches; });
