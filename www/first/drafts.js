// Where edits that are not saved yet outlive the page: one entry an edit in localStorage, per user, so that nobody's draft is ever sent
// as somebody else.  Where storage is full or forbidden, kept() says so and the page must not be closed lightly.

const PREFIX = "daybook.draft.";

export function createDrafts({ storage, user }) {
	const own = PREFIX + user + ".";
	let kept = true;

	function all() {
		const found = [];
		for (let i = 0; i < storage.length; i += 1) {
			const name = storage.key(i);
			const draft = name?.startsWith(own) ? read(name) : null;
			if (draft)
				found.push(draft);
		}
		return found;
	}

	function read(name) {
		try {
			return JSON.parse(storage.getItem(name));
		} catch {
			return null;
		}
	}

	return {
		all,
		get: (key) => read(own + key),
		put(key, draft) {
			try {
				storage.setItem(own + key, JSON.stringify(draft));
				kept = true;
			} catch {
				kept = false;
			}
		},
		drop(key) { storage.removeItem(own + key); },
		/** The key of the edit that a storage event of another tab is about, or null. */
		keyOfEvent: (event) => (event.key?.startsWith(own) ? event.key.slice(own.length) : null),
		kept: () => kept,
	};
}
