// Reports the errors of this page to the log of the server: what kind of error, where in our code, in which browser.
// It never sends what people wrote: quoted text, digits and addresses are taken out of the message.

const AT_MOST = 8; // reports of one page, whatever happens
const LONGEST = 4_000; // characters of a report
const sent = new Set();

function clean(text) {
	return String(text)
		.replace(/(["'`])(?:(?!\1).)*\1|[“„”][^“”]*[“”]|[‘‚’][^‘’]*[‘’]|[«»][^«»]*[«»]/g, "…")
		.replace(/\S+@\S+/g, "…")
		.replace(/\d+/g, "0");
}

// The stack of an error: only our own files, with line and column.
function trail(error) {
	const lines = String(error?.stack ?? "")
		.split("\n")
		.map((line) => /^\s*(?:at (?:async )?(\S+) \()?.*?\/([\w.]+\.js:\d+:\d+)/.exec(line))
		.filter(Boolean);
	return lines
		.slice(0, 12)
		.map(([, name, place]) => (name && /^[\w.$]+$/.test(name) ? `${name} ${place}` : place))
		.join(" < ");
}

function describe(error, where) {
	const screen = location.pathname.split("/")[1] || "today";
	const what = `${error?.name ?? typeof error} ${clean(error?.message ?? error)}`;
	return `${where} on ${screen}: ${what} | ${trail(error)} | ${navigator.userAgent}`.slice(0, LONGEST);
}

/** Tells the server of an error, once.  If that fails, nothing happens. */
export function report(error, where = "page") {
	if (error?.name === "AbortError" || error?.name === "ApiError")
		return;
	const text = describe(error, where);
	if (sent.has(text) || sent.size >= AT_MOST)
		return;
	sent.add(text);
	fetch("/api/client-errors", {
		method: "POST", body: text, headers: { "Content-Type": "text/plain" }, keepalive: true,
	}).catch(() => {});
}

addEventListener("error", (event) => {
	if (event.error || event.message)
		report(event.error ?? new Error(event.message), "window");
});
addEventListener("unhandledrejection", (event) => report(event.reason, "promise"));
