// @ts-check
// Photos and receipts on this device: kept until they are sent, and for looking at while there is room.  Sending them
// is uploads.js.
import { path } from "./api.js";
import { fileName } from "./ids.js";
import { fileNamesIn } from "./outbox.js";
import { createUploads } from "./uploads.js";

const CACHE = 50 << 20; // bytes of sent files kept for looking at
const ABANDONED = 7 * 86_400_000; // milliseconds after which a file that no op names is deleted

/**
 * A file as the store "files" holds it; its bytes are in the store "bytes".  received: how many bytes the server has.
 * @typedef {{space: string, sha256: string, type: string, size: number, sent: boolean, received: number, at: number}}
 *   StoredFile
 */

/**
 * The files to delete: the oldest of the sent ones when there is no room for all, and those that no op has named
 * for long.
 * @param {StoredFile[]} files @param {import("./outbox.js").StoredOp[]} ops @param {number} now
 */
export function filesToDrop(files, ops, now) {
	const wanted = new Set(ops.flatMap(fileNamesIn));
	let room = CACHE;
	return files.filter((file) => !wanted.has(file.sha256)).sort((a, b) => b.at - a.at).filter((file) => {
		room -= file.size;
		return file.sent ? room < 0 : now - file.at > ABANDONED;
	});
}

/**
 * @param {Parameters<typeof createUploads>[0] & {clock: import("./clock.js").Clock}} parts
 */
export function createFiles({ database, clock, request, refuse }) {
	const { sendFor } = createUploads({ database, request, refuse });

	/** @param {import("./database.js").Transaction} work @param {StoredFile} file @param {ArrayBuffer} bytes */
	async function store(work, file, bytes) {
		await work.put("files", file);
		await work.put("bytes", bytes, [file.space, file.sha256]);
	}

	/** @param {string} space @param {Blob} blob */
	async function add(space, blob) {
		const bytes = await blob.arrayBuffer(), size = bytes.byteLength;
		const sha256 = fileName(new Uint8Array(bytes));
		const file = { space, sha256, type: blob.type, size, sent: false, received: 0, at: clock.now() };
		await database.write(["files", "bytes"], async (work) => {
			if (!await work.get("files", [space, sha256]))
				await store(work, file, bytes);
		});
		return sha256;
	}

	/** Keeps what the server sent. @param {string} space @param {string} sha256 @param {Blob} blob */
	async function keep(space, sha256, blob) {
		const bytes = await blob.arrayBuffer(), size = bytes.byteLength;
		const file = { space, sha256, type: blob.type, size, sent: true, received: size, at: clock.now() };
		await database.write(["files", "bytes"], (work) => store(work, file, bytes));
	}

	/** @param {string} space @param {string} sha256 */
	async function read(space, sha256) {
		const key = [space, sha256];
		const [held, bytes] = await database.read(["files", "bytes"], (work) =>
			Promise.all([work.get("files", key), work.get("bytes", key)])
		);
		if (held && bytes)
			return new Blob([bytes], { type: held.type });
		const { data } = await request("GET", path("spaces", space, "files", sha256), { blob: true });
		await keep(space, sha256, data).catch(() => {});
		return data;
	}

	async function tidy() {
		await database.write(["files", "bytes", "ops"], async (work) => {
			const files = await work.all("files"), ops = await work.all("ops");
			for (const file of filesToDrop(files, ops, clock.now())) {
				await work.delete("files", [file.space, file.sha256]);
				await work.delete("bytes", [file.space, file.sha256]);
			}
		});
	}

	return { add, read, sendFor, tidy };
}
