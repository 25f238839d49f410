// Files as cameras and scanners make them, as far as a server looks: a sound beginning,
// and then whatever fills them up.
import { createCipheriv, createHash } from "node:crypto";

export function sha256(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
}

// Bytes that look like a picture's, the same for the same seed.  A cipher makes millions of them in no time.
function noise(seed, size) {
	const key = createHash("sha256").update(String(seed)).digest();

	return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

function fill(start, seed, size) {
	return Buffer.concat([start, noise(seed, Math.max(0, size - start.length))]);
}

function word(n) {
	const bytes = Buffer.alloc(4);

	bytes.writeUInt32BE(n);
	return bytes;
}

export function jpeg(seed, size = 4096) {
	return fill(Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"), seed, size);
}

export function png(seed, size = 4096) {
	const head = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
	const rest = Buffer.from("0806000000aabbccdd", "hex");

	return fill(Buffer.concat([head, word(640), word(480), rest]), seed, size);
}

export function webp(seed, size = 4096) {
	const length = Buffer.alloc(4);

	length.writeUInt32LE(size - 8);
	return fill(Buffer.concat([Buffer.from("RIFF"), length, Buffer.from("WEBPVP8 ")]), seed, size);
}

export function heic(seed, size = 4096) {
	return fill(Buffer.concat([word(24), Buffer.from("ftypheic"), word(0), Buffer.from("mif1heic")]), seed, size);
}

export function pdf(seed, size = 4096) {
	return fill(Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1"), seed, size);
}

// Send a file whole; the answer.
export function send(person, bytes, headers = {}) {
	return person.request("PUT", `/api/files/${sha256(bytes)}`,
		{ body: bytes, headers: { "Content-Type": "image/jpeg", ...headers } });
}

// Send bytes [from, to) of it.
export function sendPiece(person, bytes, from, to, headers = {}) {
	return person.request("PUT", `/api/files/${sha256(bytes)}`, {
		body: bytes.subarray(from, to),
		headers: {
			"Content-Type": "image/jpeg",
			"Content-Range": `bytes ${from}-${to - 1}/${bytes.length}`, ...headers,
		},
	});
}
