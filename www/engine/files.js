// @ts-check
// Photos and receipts: kept on the device, sent before the op that names them, a large one in pieces that go
// on where they broke off.  What was sent stays for looking at while there is room.
import { ApiError, path } from "./api.js";
import { isActive } from "./outbox.js";
import { opsOfSpace } from "./userdata.js";
import { fileName } from "./ids.js";

const PIECE = 1 << 20; // bytes sent at once
const CACHE = 50 << 20; // bytes of sent files kept for looking at
const ABANDONED = 7 * 86_400_000; // milliseconds after which a file that no op names is let go

/**
 * Its bytes lie in a store of their own.
 * @typedef {{space: string, sha256: string, type: string, size: number, sent: boolean, received: number, at: number}}
 *   StoredFile
 */

/**
 * @param {{database: import("./database.js").Database, clock: import("./clock.js").Clock,
 *   request: (method: string, path: string, options?: any) => Promise<any>,
 *   refuse: (space: string, op: import("./outbox.js").StoredOp, error: ApiError) => Promise<number>}} parts
 */
export function createFiles({ database, clock, request, refuse }) {
	/** @param {import("./database.js").Transaction} work @param {StoredFile} file @param {ArrayBuffer} bytes */
	async function store(work, file, bytes) {
		await work.put("files", file);
		await work.put("bytes", bytes, [file.space, file.sha256]);
	}

	/** @param {string} space @param {Blob} blob */
	async function add(space, blob) {
		const bytes = await blob.arrayBuffer(), sha256 = fileName(new Uint8Array(bytes));
		await database.write(["files", "bytes"], async (work) => {
			const held = await work.get("files", [space, sha256]);
			if (!held)
				await store(
					work,
					{
						space, sha256, type: blob.type, size: bytes.byteLength, sent: false,
						received: 0, at: clock.now(),
					},
					bytes
				);
		});
		return sha256;
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

	/** @param {string} space @param {string} sha256 @param {Blob} blob */
	async function keep(space, sha256, blob) {
		const bytes = await blob.arrayBuffer();
		await database.write(["files", "bytes"], (work) => store(work,
			{
				space, sha256, type: blob.type, size: bytes.byteLength, sent: true,
				received: bytes.byteLength, at: clock.now(),
			},
			bytes));
	}

	// --- sending ---

	/** @param {StoredFile} file @param {ArrayBuffer} bytes @param {number} at */
	function sendPiece(file, bytes, at) {
		const end = Math.min(at + PIECE, file.size);
		const headers = {
			"Content-Type": "application/octet-stream",
			...(file.size > PIECE ? { "Content-Range": `bytes ${at}-${end - 1}/${file.size}` } : {}),
		};
		return request("PUT", path("spaces", file.space, "files", file.sha256), {
			raw: bytes.slice(at, end),
			headers,
		});
	}

	/** @param {StoredFile} file @param {Partial<StoredFile>} changes */
	function note(file, changes) {
		Object.assign(file, changes);
		return database.write(["files"], (work) => work.put("files", file));
	}

	/** @param {StoredFile} file */
	async function send(file) {
		/** @type {ArrayBuffer} */
		const bytes = await database.read(["bytes"], (work) => work.get("bytes", [file.space, file.sha256]));
		let tries = 0;
		while (!file.sent) {
			try {
				const { status, data } = await sendPiece(file, bytes, file.received);
				if (status === 202)
					await note(file, { received: data.file.received });
				else
					await note(file, { sent: true, received: file.size });
			} catch (error) {
				// The server knows of fewer bytes than we thought (an upload that was thrown away): it
				// says where to go on.
				const known =
					error instanceof ApiError
						? /** @type {any} */ (error.problem).received
						: undefined;
				if (!Number.isInteger(known) || known >= file.size || (tries += 1) > 3)
					throw error;
				await note(file, { received: Number(known) });
			}
		}
	}

	/**
	 * @param {import("./outbox.js").StoredOp} op @param {Map<string, StoredFile>} unsent @returns {StoredFile[]}
	 */
	function named(op, unsent) {
		return Object.values(op.set ?? {}).flatMap(
			(value) => (typeof value === "string" && unsent.get(value.toLowerCase())) || []
		);
	}

	/**
	 * Sends the files that waiting ops name, in the order of the ops.
	 * @param {string} space
	 */
	async function sendFor(space) {
		const { files, ops } = await database.read(["files", "ops"], async (work) => {
			/** @type {StoredFile[]} */
			const all = await work.all("files", "space", space);
			return { files: all, ops: all.some((file) => !file.sent) ? await opsOfSpace(work, space) : [] };
		});
		/** @type {Map<string, StoredFile>} */
		const unsent = new Map(files.filter((file) => !file.sent).map((file) => [file.sha256, file]));
		for (const op of ops.filter(isActive))
			for (const file of named(op, unsent)) {
				try {
					await send(file);
					unsent.delete(file.sha256);
				} catch (error) {
					if (
						!(error instanceof ApiError) ||
						error.isPassing ||
						error.status === 401 ||
						error.status === 410
					)
						throw error;
					await refuse(space, op, error);
				}
			}
	}

	/** Lets go of sent files beyond the cache's size and of those nobody needs. */
	async function tidy() {
		await database.write(["files", "bytes", "ops"], async (work) => {
			/** @type {StoredFile[]} */
			const all = await work.all("files");
			const wanted = new Set(
				(await work.all("ops")).flatMap((op) =>
					Object.values(op.set ?? {}).filter((value) => typeof value === "string")
				)
			);
			let room = CACHE;
			for (const file of all.sort((a, b) => b.at - a.at)) {
				if (wanted.has(file.sha256))
					continue;
				room -= file.size;
				if (file.sent ? room >= 0 : clock.now() - file.at <= ABANDONED)
					continue;
				await work.delete("files", [file.space, file.sha256]);
				await work.delete("bytes", [file.space, file.sha256]);
			}
		});
	}

	return { add, read, sendFor, tidy };
}
