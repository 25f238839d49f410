// The text format of Prometheus, 0.0.4, read by its rules: names, the order of HELP, TYPE and samples, escapes, one
// sample for each set of labels, the end of the last line.  Returns the families: {name: {type, help, samples:
// [{labels, value}]}}.
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/, LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*/;
const VALUE = /^(?:[+-]?Inf|NaN|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)$/;

function wrong(number, line, why) {
	throw new Error(`line ${number}: ${why}: ${line}`);
}

function take(pattern, rest, fail, what) {
	const found = pattern.exec(rest)?.[0];
	return found === undefined ? fail(`${what} is missing`) : [found, rest.slice(found.length)];
}

// "{a="1",b="2"}": the labels, and what is left.
function readLabels(rest, fail) {
	const labels = {};
	for (rest = rest.slice(1); !rest.startsWith("}");) {
		let name, value;
		[name, rest] = take(LABEL, rest, fail, "the name of a label");
		[value, rest] = take(/^="(?:[^"\\\n]|\\["\\n])*"/, rest, fail, "the value of a label");
		if (name in labels)
			fail("a label stands twice");
		labels[name] = value.slice(2, -1).replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
		if (rest.startsWith(","))
			rest = rest.slice(1);
		else if (!rest.startsWith("}"))
			fail("labels are separated by commas");
	}
	return [labels, rest.slice(1)];
}

function readSample(line, fail) {
	let labels = {};
	let [name, rest] = take(NAME, line, fail, "the name");
	if (rest.startsWith("{"))
		[labels, rest] = readLabels(rest, fail);
	const words = rest.split(" ");
	if (words[0] !== "" || words.length !== 2 || !VALUE.test(words[1]))
		fail("a space and a number have to follow");
	return { name, labels, value: Number(words[1].replace("Inf", "Infinity")) };
}

function readComment(line, families, ended, fail) {
	const [, word, name, text] = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line) ??
		fail("no HELP or TYPE");
	if (ended.has(name))
		fail("the family stands in two places");
	const family = (families[name] ??= { samples: [] });
	const member = word.toLowerCase();
	if (member in family)
		fail(`${word} stands twice`);
	if (family.samples.length > 0)
		fail(`${word} comes after a sample`);
	if (word === "TYPE" && !["counter", "gauge", "untyped"].includes(text))
		fail("no type that is used here");
	if (word === "HELP" && /\\[^\\n]/.test(text))
		fail("an escape that the format does not know");
	family[member] = text;
	return name;
}

export function readMetrics(text) {
	const families = {}, ended = new Set(), seen = new Set();
	let present;

	if (!text.endsWith("\n"))
		throw new Error("the last line does not end");
	text.slice(0, -1).split("\n").forEach((line, i) => {
		const fail = (why) => wrong(i + 1, line, why);
		const sample = line.startsWith("#") ? undefined : readSample(line, fail);
		const name = sample?.name ?? readComment(line, families, ended, fail);
		if (present !== undefined && present !== name)
			ended.add(present);
		present = name;
		if (sample === undefined)
			return;
		const family = families[name], key = JSON.stringify([name, Object.entries(sample.labels).sort()]);
		if (ended.has(name) || family?.type === undefined || family.help === undefined)
			fail("a sample without HELP and TYPE before it");
		if (seen.has(key))
			fail("the sample stands twice");
		if ((family.type === "counter") !== /_total$/.test(name))
			fail("counters, and nothing else, end in _total");
		seen.add(key);
		family.samples.push({ labels: sample.labels, value: sample.value });
	});
	for (const [name, { samples }] of Object.entries(families))
		if (samples.length === 0)
			throw new Error(`${name} has no sample`);
	return families;
}
