// HTTP as the tests need it: one request, one answer, nothing clever.  node:http rather than fetch, because tests send
// what fetch refuses to (headers twice, bodies on GET), cut connections, and want to see each header.
import http from "node:http";
import net from "node:net";
import { PATIENCE } from "./wait.mjs";

export { until } from "./wait.mjs";

// The answer with its body parsed.  `problem` is the body when it is one of RFC 9457, else undefined.
function readAnswer(message, bytes) {
	const type = message.headers["content-type"] ?? "";
	const text = bytes.toString("utf8");
	const answer = {
		status: message.statusCode, headers: message.headers, bytes, text, body: undefined, problem: undefined,
	};

	if (text !== "" && /^application\/(problem\+)?json\b/.test(type) &&
		message.headers["content-encoding"] === undefined)
		answer.body = JSON.parse(text);
	if (type.startsWith("application/problem+json"))
		answer.problem = answer.body;
	return answer;
}

// The bytes of a body: Buffers and strings go as they are, everything else as JSON.
export function bodyBytes(body) {
	if (body === undefined)
		return undefined;
	if (Buffer.isBuffer(body))
		return body;
	return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

// Send one request.  options: url, method, headers, body, agent, from (our own address, 127.0.0.x), lose.  `lose` (a
// promise) breaks the connection off when it settles, whatever has come by then; the request then fails with the error
// ECONNRESET.
export function send({ url, method = "GET", headers = {}, body, agent, from, lose, timeout = PATIENCE * 1000 }) {
	const bytes = bodyBytes(body);
	const all = { ...headers };

	if (bytes !== undefined) {
		all["Content-Length"] = bytes.length;
		if (!Object.keys(all).some((name) => name.toLowerCase() === "content-type"))
			all["Content-Type"] = "application/json";
	}
	return new Promise((resolve, reject) => {
		const request = http.request(url, { method, headers: all, agent, localAddress: from }, (message) => {
			const parts = [];
			message.on("data", (part) => parts.push(part));
			message.on("error", reject);
			message.on("aborted",
				() => reject(Object.assign(new Error("the answer broke off"), { code: "ECONNRESET" })));
			message.on("end", () => {
				try {
					resolve(readAnswer(message, Buffer.concat(parts)));
				} catch (error) {
					reject(error);
				}
			});
		});
		request.setTimeout(timeout,
			() => request.destroy(new Error(`no answer to ${method} ${url} in ${timeout} ms`)));
		request.on("error", reject);
		lose?.then(() => request.destroy(Object.assign(new Error("the answer was thrown away"),
			{ code: "ECONNRESET" })));
		request.end(bytes);
	});
}

// Send bytes as they are and give back what comes until the other side closes: for requests no HTTP library would
// send.  With `end` ours closes first, after the last byte.
export function sendRaw(port, bytes, { end = false } = {}) {
	return new Promise((resolve, reject) => {
		const parts = [];
		const socket = net.connect(port, "127.0.0.1", () => (end ? socket.end(bytes) : socket.write(bytes)));
		socket.on("data", (part) => parts.push(part));
		socket.on("error", (error) =>
			(parts.length > 0 ? resolve(Buffer.concat(parts).toString("latin1")) : reject(error)));
		socket.on("close", () => resolve(Buffer.concat(parts).toString("latin1")));
		socket.setTimeout(PATIENCE * 1000, () => socket.destroy(new Error("no answer to raw bytes")));
	});
}
