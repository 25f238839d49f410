// Short messages about what just happened, each with at most one way back.  They leave by themselves, but not while someone points at
// them.  No document.

const STAY = 6_000, GLANCE = 3_500; // milliseconds, with something to do and without

export function createToasts({ changed = () => {}, wait = setTimeout, forget = clearTimeout }) {
	const list = [];
	let next = 1;

	function close(toast) {
		forget(toast.timer);
		const at = list.indexOf(toast);
		if (at >= 0)
			list.splice(at, 1);
		changed();
	}

	function hold(toast) {
		forget(toast.timer);
	}

	function release(toast) {
		forget(toast.timer);
		toast.timer = wait(() => close(toast), toast.action ? STAY : GLANCE);
	}

	// action: { label, act }
	function add(text, { action = null, kind = "plain" } = {}) {
		const toast = { key: next, text, action, kind, timer: null };
		next += 1;
		list.push(toast);
		if (list.length > 4)
			close(list[0]);
		release(toast);
		changed();
		return toast;
	}

	return { list, add, close, hold, release };
}
