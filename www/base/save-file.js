// Gives a file to the person: the browser asks where to save it, or puts it among the downloads.

import { engine } from "./state.js";

const KEEP = 60_000; // milliseconds for which the address of a file is valid

function follow(url, name) {
	const link = document.createElement("a");
	link.href = url;
	link.download = name.replace(/[\\/:*?"<>|\x00-\x1f]/g, "-");
	document.body.append(link);
	link.click();
	link.remove();
}

/** A file that is here. */
export function saveFile(blob, name) {
	const url = URL.createObjectURL(blob);
	follow(url, name);
	setTimeout(() => URL.revokeObjectURL(url), KEEP);
}

/**
 * A file of the server, which the browser stores as it comes: its size does not matter, and the browser shows how far
 * it is.  path: below /api, without a query; query: "?format=json".  Rejects when it cannot be fetched.
 */
export async function fetchFile(path, name, query = "") {
	await engine.request("POST", "/auth/ticket", { body: { path: `/api${path}` } });
	follow(`/api${path}${query}`, name);
}
