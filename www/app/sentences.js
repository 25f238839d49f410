// What somebody did last to a record, as the record itself shows it: "marked ABC-9 arrived", "started Stairs".  Its
// history has the rest.  No document, no engine.

const SAME = 10_000; // milliseconds between a write and the instant that it stored

function isNear(instant, at) {
	return Boolean(instant) && Math.abs(Date.parse(instant) - Date.parse(at)) <= SAME;
}

// By collection: [whether it is what was done, the verb, words after the name].  The first that holds is said.
const DEEDS = {
	cars: [
		[({ empty, emptyAt, lastUpdatedAt }) => empty && isNear(emptyAt, lastUpdatedAt), "marked", "empty"],
		[
			({ arrived, arrivedAt, lastUpdatedAt }) => arrived && isNear(arrivedAt, lastUpdatedAt),
			"marked", "arrived",
		],
	],
	workSessions: [
		[({ end, version }) => !end && version === 1, "started"],
		[({ end, version, lastUpdatedAt }) => version > 1 && isNear(end, lastUpdatedAt), "stopped"],
	],
	shifts: [
		[({ endedAt, lastUpdatedAt }) => isNear(endedAt, lastUpdatedAt), "ended"],
		[({ startedAt, lastUpdatedAt }) => isNear(startedAt, lastUpdatedAt), "started"],
	],
	assignments: [
		[({ status, version }) => status === "completed" && version > 1, "completed"],
		[({ status, version }) => status === "in-progress" && version > 1, "began"],
	],
	periods: [
		[({ state }) => state === "submitted", "submitted"],
		[({ state }) => state === "approved", "approved"],
		[({ state }) => state === "returned", "returned"],
	],
	members: [[({ version }) => version === 1, "joined"]],
};

// How a record is called in a sentence.  Entries of time are called by what they were for.
function calledBy(collection, { note, kind, end }, name) {
	if (collection !== "workSessions")
		return name;
	return note || (kind === "lunch" ? "lunch" : end ? "an entry" : "a timer");
}

/**
 * What was done last to a record, as a sentence.  person: who did it, "you" for the one who reads.  name: the title of
 * the record.
 */
export function sentenceOf(collection, row, { person, name }) {
	const deed = (DEEDS[collection] ?? []).find(([holds]) => holds(row));
	const [, verb, after = ""] = deed ?? [null, row.version === 1 ? "added" : "changed"];
	const called = verb === "joined" ? "" : calledBy(collection, row, name);
	const text = [person, verb, called, after].filter(Boolean).join(" ");
	return text[0].toLocaleUpperCase() + text.slice(1);
}
