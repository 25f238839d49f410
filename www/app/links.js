// Links that come by mail or from a colleague.  Their token is behind the #, so that no server and no log sees it.

import { signal } from "@preact/signals";

function read() {
	const found = /^#(reset|invitation)=([\w.~-]{1,200})$/.exec(location.hash);
	return found && { kind: found[1], token: found[2] };
}

/** {kind: "reset" or "invitation", token} of the address, or null. */
export const linkToken = signal(read());

addEventListener("hashchange", () => { linkToken.value = read(); });

/** Removes a link that is no longer needed from the address, so that nobody goes back to it. */
export function forgetLink() {
	history.replaceState(history.state, "", location.pathname + location.search);
	linkToken.value = null;
}
