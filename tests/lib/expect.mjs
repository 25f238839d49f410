// The most frequent assertions about a response.
import assert from "node:assert/strict";
import { match } from "./match.mjs";

// The response has this status; returns its body.
export function answered(answer, status = 200, body) {
	assert.equal(answer.status, status, answer.text);
	if (body !== undefined)
		match(answer.body, body, "the body");
	return answer.body;
}

// The answer is a problem of this status, complete as RFC 9457 and schema/PROTOCOL.md 17 want it; gives the problem.
export function refused(answer, status, members = {}) {
	assert.equal(answer.status, status, answer.text);
	assert.ok(answer.problem, `no problem: ${answer.headers["content-type"]} ${answer.text}`);
	match(answer.problem, {
		type: { $match: "^/problems/[a-z-]+$" }, title: { $text: true }, status, detail: { $text: true },
		error: { $text: true },
		...members,
	}, "the problem");
	return answer.problem;
}

// The results of a push have these statuses; gives the results.
export function outcomes(answer, ...statuses) {
	assert.equal(answer.status, 200, answer.text);
	assert.deepEqual(answer.body.results.map((result) => result.status), statuses, answer.text);
	return answer.body.results;
}
