// @ts-check
// Headers of archives (POSIX ustar), as include/base/tar.h writes them.  There is one way to write each, so a header
// that is any other is damaged.

export const BLOCK = 512; // bytes
export const END = 2 * BLOCK; // zero bytes after the last member

const NAME = 100, SIZE = 124, SECONDS = 136, CHECKSUM = 148; // where fields begin or end
const DIGITS = 11;

/** @param {Uint8Array} block @param {number} at @param {string} text */
function put(block, at, text) {
	for (let i = 0; i < text.length; i++)
		block[at + i] = text.charCodeAt(i);
}

/** @param {number} number @param {number} digits */
const octal = (number, digits) => number.toString(8).padStart(digits, "0");

/**
 * A header: an ordinary file, mode 0644, of user and group 0.
 * @param {string} name in ASCII @param {number} size @param {number} seconds of Unix time
 */
export function blockOf(name, size, seconds) {
	const block = new Uint8Array(BLOCK);
	put(block, 0, name.slice(0, NAME - 1));
	put(block, NAME, octal(0o644, 7));
	put(block, 108, octal(0, 7));
	put(block, 116, octal(0, 7));
	put(block, SIZE, octal(size, DIGITS));
	put(block, SECONDS, octal(seconds, DIGITS));
	put(block, CHECKSUM, " ".repeat(8));
	put(block, 156, "0");
	put(block, 257, "ustar\0" + "00");
	put(block, 329, octal(0, 7));
	put(block, 337, octal(0, 7));
	put(block, CHECKSUM, octal(block.reduce((sum, byte) => sum + byte, 0), 6) + "\0");
	return block;
}

/** @param {Uint8Array} block @param {number} at @param {number} length */
const textAt = (block, at, length) => String.fromCharCode(...block.subarray(at, at + length)).replace(/\0.*$/s, "");

/**
 * What a header says, or null unless it is byte by byte what blockOf() makes of that.
 * @param {Uint8Array} block
 */
export function headerOf(block) {
	const name = textAt(block, 0, NAME), [size, seconds] = [SIZE, SECONDS].map((at) => textAt(block, at, DIGITS));
	if (!name || !/^[0-7]{11}$/.test(size) || !/^[0-7]{11}$/.test(seconds))
		return null;
	const header = { name, size: parseInt(size, 8), seconds: parseInt(seconds, 8) };
	const again = blockOf(name, header.size, header.seconds);
	return again.every((byte, at) => byte === block[at]) ? header : null;
}

/** How many zero bytes follow so many bytes of content. @param {number} size */
export function paddingOf(size) {
	return (BLOCK - size % BLOCK) % BLOCK;
}
