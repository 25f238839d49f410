// Addresses of screens, in the part after #: a place can be bookmarked and the browser's Back closes what was opened.
//   #/            the first collection          #/weights            its list
//   #/weights/+   a new record                  #/weights/ID         a record, its form
//   #/weights/+ID a draft of a new record       #/weights/ID/history what became of it

export function parseRoute(hash) {
	const [collection = null, id = null, panel = null] = hash.replace(/^#\/?/, "").split("/").map(decode).map((part) => part || null);
	return { collection, id, panel: panel === "history" ? "history" : null };
}

function decode(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return "";
	}
}

export function hrefOf(collection, id = null, panel = null) {
	const parts = [collection, id, panel].filter((part) => part !== null);
	return "#/" + parts.map((part) => (part.startsWith("+") ? "+" + encodeURIComponent(part.slice(1)) : encodeURIComponent(part))).join("/");
}
