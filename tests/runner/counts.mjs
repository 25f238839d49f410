// Counts passed and failed tests from the output of a job.  A job that ended with an error has at least one failure,
// whatever its output says, and so has one that tested nothing.
import { existsSync, readFileSync } from "node:fs";

function atLeastOnce({ passed, failed }, { status }) {
	return { passed, failed: failed === 0 && (status !== 0 || passed === 0) ? 1 : failed };
}

/** Of a program or a step that tells by its exit status alone. */
export function countExit({ status }, worth = 1) {
	return status === 0 ? { passed: worth, failed: 0 } : { passed: 0, failed: 1 };
}

/** A fuzzer; note: how often it tried. */
export function countFuzz(end) {
	return { ...countExit(end), note: /^Done (\d+ runs)/m.exec(end.output)?.[1] };
}

/** The sums at the end of Node's TAP; tap: its file. */
export function countTap(tap, end) {
	const text = existsSync(tap) ? readFileSync(tap, "utf8") : "";
	const sum = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
	return atLeastOnce({ passed: sum("pass"), failed: sum("fail") + sum("cancelled") }, end);
}

/** cmocka's TAP.  A program that ends early leaves tests of its plan unanswered; they count as failed. */
export function countUnit(end) {
	const planned = [...end.output.matchAll(/^1\.\.(\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
	const passed = end.output.match(/^ok /gm)?.length ?? 0;
	return atLeastOnce({ passed, failed: Math.max(0, planned - passed) }, end);
}
