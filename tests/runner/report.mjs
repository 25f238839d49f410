// Prints a line for each job, its whole output if it failed, the times of a part, and at the end what failed.
const WIDTH = 120;

const timeOf = (seconds) => (seconds < 100 ? seconds.toFixed(1) : String(Math.round(seconds)));
const plain = (text) => text.replace(/\x1b\[[0-9;]*m/g, ""); // eslint-disable-line no-control-regex

function wrap(words, indent) {
	const lines = [];
	let line = "";
	for (const word of words) {
		if (line !== "" && indent + line.length + word.length + 2 > WIDTH) {
			lines.push(line);
			line = "";
		}
		line += `${line && "  "}${word}`;
	}
	return [...lines, line].join(`\n${" ".repeat(indent)}`);
}

export function sumOf(results) {
	return results.reduce((sum, { passed, failed }) =>
		({ passed: sum.passed + passed, failed: sum.failed + failed }), { passed: 0, failed: 0 });
}

/** One job that has ended. */
export function sayJob({ job, passed, failed, note, seconds, output, why, status }) {
	const name = `${job.part}/${job.name}`, time = `${timeOf(seconds)} s`;
	if (failed === 0) {
		console.log(`${name}: ${passed} passed, ${note ? `${note}, ` : ""}${time}`);
		if (job.isShown)
			process.stdout.write(output);
		return;
	}
	const kept = job.scratch ? `; what it met is kept in ${job.scratch}` : "";
	console.log(`${name}: ${passed} passed, ${failed} failed, ${time}, ${why ?? `status ${status}`}${kept}`);
	console.log(plain(output).split("\n").filter((line) => !/^ok /.test(line))
		.map((line) => `    ${line}`).join("\n"));
}

/** Where the time of a part went, its slowest files first. */
export function sayTimes(part, results, from) {
	const ones = results.filter(({ seconds }) => seconds > 0).sort((a, b) => b.seconds - a.seconds);
	const sum = ones.reduce((all, { seconds }) => all + seconds, 0), span = (Date.now() - from) / 1000;
	const { passed, failed } = sumOf(results);
	const took = `${ones.length} jobs took ${timeOf(sum)} s, one after the other, in ${timeOf(span)} s`;
	console.log(`--- ${part}: ${passed} passed, ${failed} failed; ${took}`);
	console.log(`    ${wrap(ones.map(({ job, seconds }) => `${job.name} ${timeOf(seconds)}`), 4)}`);
}

/** What failed, once more, where the end of a log is looked at. */
export function sayFailures(results) {
	for (const { job, failed, why, output } of results.filter((one) => one.failed > 0)) {
		const reasons = plain(output).split("\n")
			.filter((line) => /^\s*(✖|not ok|.*\b[Ee]rror:|.*\bERROR\b|.*failed)/.test(line)).slice(0, 6);
		console.log(`failed: ${job.part}/${job.name}, ${failed}${why ? `: ${why}` : ""}`);
		for (const line of reasons)
			console.log(`    ${line.trim().slice(0, WIDTH)}`);
	}
}
