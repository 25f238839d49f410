// @ts-check
// What a sealed backup is closed with: boxes and streams as libsodium makes them (crypto_box_seal, and
// crypto_secretstream_xchacha20poly1305), opened with the ciphers of npm @noble/ciphers and the curve of @noble/curves.
// The golden files of tests/fixtures/backup/ were closed by libsodium.

import { poly1305 } from "@noble/ciphers/_poly1305";
import { chacha20, hchacha } from "@noble/ciphers/chacha";
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa";
import { x25519 } from "@noble/curves/ed25519";
import { blake2b } from "@noble/hashes/blake2";

export const KEY = 32, BOX_EXTRA = 48, HEADER = 24, EXTRA = 17; // bytes
const MAC = 16, BLOCK = 64, NONCE = 24;
const FINAL = 3, REKEY = 2; // tags, and a bit of one

/** The 32-bit numbers of bytes, wherever these begin. @param {Uint8Array} bytes */
function words(bytes) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(4 * at, true));
}

/** @param {Uint32Array} numbers */
function bytesOf(numbers) {
	const bytes = new Uint8Array(4 * numbers.length), view = new DataView(bytes.buffer);
	numbers.forEach((number, at) => view.setUint32(4 * at, number, true));
	return bytes;
}

const SIGMA = words(new TextEncoder().encode("expand 32-byte k"));

/** A key made of a key and 16 bytes. @param {typeof hchacha} make @param {Uint8Array} key @param {Uint8Array} from */
function derive(make, key, from) {
	const made = new Uint32Array(KEY / 4);
	make(SIGMA, words(key), words(from), made);
	return bytesOf(made);
}

/** The public key of a secret one. @param {Uint8Array} secretKey */
export const publicOf = (secretKey) => x25519.getPublicKey(secretKey);

/**
 * What is in a box, or null when it was closed for another key or changed.
 * @param {Uint8Array} box @param {Uint8Array} publicKey @param {Uint8Array} secretKey
 */
export function openBox(box, publicKey, secretKey) {
	const theirs = box.subarray(0, KEY), both = new Uint8Array(2 * KEY);
	both.set(theirs);
	both.set(publicKey, KEY);
	try {
		const key = derive(hsalsa, x25519.getSharedSecret(secretKey, theirs), new Uint8Array(16));
		return xsalsa20poly1305(key, blake2b(both, { dkLen: NONCE })).decrypt(box.subarray(KEY));
	} catch {
		return null;
	}
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function areEqual(a, b) {
	let differs = a.length ^ b.length;
	a.forEach((byte, at) => (differs |= byte ^ b[at]));
	return differs === 0;
}

/** Opens the pieces of a stream, one after another. */
export class Stream {
	/** @param {Uint8Array} key @param {Uint8Array} header */
	constructor(key, header) {
		this.key = derive(hchacha, key, header.subarray(0, 16));
		this.nonce = new Uint8Array(12);
		this.nonce[0] = 1;
		this.nonce.set(header.subarray(16), 4);
	}

	/** @param {Uint8Array} bytes @param {number} counter */
	cipher(bytes, counter) {
		return chacha20(this.key, this.nonce, bytes, undefined, counter);
	}

	/** @param {Uint8Array} first the block with the tag, not opened @param {Uint8Array} closed */
	macOf(first, closed) {
		const mac = poly1305.create(this.cipher(new Uint8Array(KEY), 0));
		const lengths = new Uint8Array(16), size = BLOCK + closed.length;
		new DataView(lengths.buffer).setUint32(8, size, true);
		const gap = new Uint8Array((MAC - BLOCK + closed.length) & 15);
		mac.update(first).update(closed).update(gap).update(lengths);
		return mac.digest();
	}

	/** @param {Uint8Array} mac */
	goOn(mac) {
		for (let at = 0; at < 8; at++)
			this.nonce[4 + at] ^= mac[at];
		for (let at = 0; at < 4 && (this.nonce[at] = (this.nonce[at] + 1) & 255) === 0; at++)
			;
	}

	/** A key that was used for 2^32 pieces, or that the writer no longer wants, is replaced. */
	rekey() {
		const both = new Uint8Array(KEY + 8);
		both.set(this.key);
		both.set(this.nonce.subarray(4), KEY);
		const made = this.cipher(both, 0);
		this.key = made.slice(0, KEY);
		this.nonce.fill(0);
		this.nonce[0] = 1;
		this.nonce.set(made.subarray(KEY), 4);
	}

	/**
	 * The next piece, {bytes, isLast}, or null when it is not the next one as it was closed.
	 * @param {Uint8Array} piece
	 */
	open(piece) {
		const closed = piece.subarray(1, piece.length - MAC), block = new Uint8Array(BLOCK);
		block[0] = piece[0];
		const [tag, ...rest] = this.cipher(block, 1), first = Uint8Array.from([piece[0], ...rest]);
		const mac = this.macOf(first, closed);
		if (!areEqual(mac, piece.subarray(piece.length - MAC)) || (tag !== 0 && tag !== FINAL))
			return null;
		const bytes = this.cipher(closed, 2);
		this.goOn(mac);
		if (tag & REKEY || this.nonce.subarray(0, 4).every((byte) => byte === 0))
			this.rekey();
		return { bytes, isLast: tag === FINAL };
	}
}
