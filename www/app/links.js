// Links that come by mail or from a colleague carry their token behind the #, which no server and no log sees.

import { signal } from "@preact/signals";

function read() {
	const found = /^#(reset|invitation)=([\w.~-]{1,200})$/.exec(location.hash);
	return found && { kind: found[1], token: found[2] };
}

/** {kind: "reset" or "invitation", token} of the address, or null. */
export const linkToken = signal(read());

addEventListener("hashchange", () => { linkToken.value = read(); });

/** The link has done its work: it leaves the address and the way back. */
export function forgetLink() {
	history.replaceState(history.state, "", location.pathname + location.search);
	linkToken.value = null;
}
