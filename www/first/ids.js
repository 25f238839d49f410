// Ids that a client makes: random, so that two devices never make the same one.  Only needs getRandomValues, which plain http has too.

function random(count) {
	return crypto.getRandomValues(new Uint8Array(count));
}

function hex(bytes) {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A UUIDv7: ordered by time of making, which keeps new rows together in the database.
export function newId(now = Date.now()) {
	const bytes = random(16);
	let time = now;

	for (let i = 5; i >= 0; i -= 1) {
		bytes[i] = time % 256;
		time = Math.floor(time / 256);
	}
	bytes[6] = 0x70 | (bytes[6] & 0x0f);
	bytes[8] = 0x80 | (bytes[8] & 0x3f);
	const text = hex(bytes);
	return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
