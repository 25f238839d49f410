// @ts-check
// The bytes of a file, in the sizes that its format asks for.

import { sha256 } from "@noble/hashes/sha2";

/** What is wrong with a file, in a sentence for a person. */
export class DamageError extends Error {
	/** @param {string} message */
	constructor(message) {
		super(message);
		this.name = "DamageError";
	}
}

/** The pieces of a Blob, one after another. @param {Blob} blob */
export async function* piecesOf(blob) {
	const reader = blob.stream().getReader();
	for (;;) {
		const { done, value } = await reader.read();
		if (done)
			return;
		yield value;
	}
}

/** @typedef {AsyncIterable<Uint8Array>} Source */

/** Takes bytes from a source in the sizes that are asked for, and hashes all of them. */
export class Taker {
	/** @param {Source} source @param {(bytes: number) => void} onBytes */
	constructor(source, onBytes) {
		this.pieces = source[Symbol.asyncIterator]();
		this.piece = new Uint8Array(0);
		this.hash = sha256.create();
		this.bytes = 0;
		this.onBytes = onBytes;
	}

	/** Up to so many bytes, as they lie there; none at the end. @param {number} most */
	async some(most) {
		while (this.piece.length === 0) {
			const { done, value } = await this.pieces.next();
			if (done)
				return this.piece;
			this.piece = value;
		}
		const bytes = this.piece.subarray(0, most);
		this.piece = this.piece.subarray(bytes.length);
		this.hash.update(bytes);
		this.bytes += bytes.length;
		this.onBytes(this.bytes);
		return bytes;
	}

	/** So many bytes; fewer only at the end. @param {number} size */
	async take(size) {
		const all = new Uint8Array(size);
		let at = 0;
		while (at < size) {
			const bytes = await this.some(size - at);
			if (bytes.length === 0)
				return all.subarray(0, at);
			all.set(bytes, at);
			at += bytes.length;
		}
		return all;
	}
}

/**
 * What takes bytes from a Blob or from pieces.  onProgress hears what part is done, 0 to 1, where the size is known.
 * @param {Blob | Source} file @param {(part: number) => void} [onProgress]
 */
export function takerOf(file, onProgress = () => {}) {
	const size = file instanceof Blob ? file.size : 0;
	return new Taker(file instanceof Blob ? piecesOf(file) : file,
		(bytes) => size > 0 && onProgress(bytes / size));
}
