// What the tests of the web app's engine share: the shipped definitions, a storage in memory, a clock that stands, and a server in
// memory that keeps the rules of the protocol a client can notice.
import { readFileSync, readdirSync } from "node:fs";
import { webcrypto } from "node:crypto";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ApiError } from "../../www/first/api.js";
import { createDrafts } from "../../www/first/drafts.js";
import { createEdits } from "../../www/first/edit.js";
import { createStore } from "../../www/first/store.js";

// Browsers have it; Node from 20 on.
globalThis.crypto ??= webcrypto;

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "schema", "collections");

export const definitions = Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith(".json"))
	.map((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"))).map((one) => [one.name, one]));

export function memory() {
	const kept = new Map();
	return {
		get length() { return kept.size; },
		key: (i) => [...kept.keys()][i] ?? null,
		getItem: (name) => kept.get(name) ?? null,
		setItem: (name, text) => kept.set(name, String(text)),
		removeItem: (name) => kept.delete(name),
	};
}

export function settled() {
	return new Promise((resolve) => { setImmediate(resolve); });
}

// A server for edits.  `lose` answers are done but never arrive; `refuse` is a problem to answer with instead.
export function createServer() {
	const records = new Map(), ops = new Map(), log = [];
	const server = { records, log, lose: 0, down: false, refuse: null, hold: null };

	function write(method, where, body) {
		const [, , collection, id = body.id ?? `${collection}-${body.date}`] = where.split("/");
		const { singular, conflict } = definitions[collection];
		const key = collection + "/" + id, old = records.get(key);
		const { expectedVersion, id: given, ...set } = body ?? {};
		const meets = (why) => new ApiError(409, { type: "/problems/stale-version", detail: why, current: old, currentVersion: old.version });

		if (method === "POST" && old && !old.deleted)
			throw new ApiError(409, { type: "/problems/exists", detail: "It exists already.", current: old });
		if (method !== "POST" && (!old || old.deleted))
			throw new ApiError(404, { detail: "There is no such record." });
		if (method === "DELETE" && expectedVersion !== old.version)
			throw meets("It changed.");
		let merged = false;
		if (method === "PATCH" && expectedVersion !== old.version) {
			if (conflict !== "merge" || Object.keys(set).some((name) => old.touched[name] > expectedVersion))
				throw meets("It changed.");
			merged = true;
		}
		const version = (old?.version ?? 0) + 1;
		const touched = { ...old?.touched, ...Object.fromEntries(Object.keys(set).map((name) => [name, version])) };
		const record = method === "DELETE" ? { id, version, deleted: true } : { ...(old?.deleted ? {} : old), ...set, id, version, lastUpdatedBy: "me", lastUpdatedAt: "2026-11-21T09:00:00.000Z" };
		for (const name of Object.keys(record))
			if (record[name] === null)
				delete record[name];
		Object.defineProperty(record, "touched", { value: touched, enumerable: false });
		records.set(key, record);
		return { [singular]: record, ...(merged ? { merged } : {}) };
	}

	server.request = async (method, where, { body, headers = {} } = {}) => {
		log.push({ method, where, body, key: headers["Idempotency-Key"] });
		if (server.down)
			throw new ApiError(0);
		if (server.refuse)
			throw server.refuse;
		if (method === "GET") {
			const [, , collection, id] = where.split("/");
			return { data: { [definitions[collection].singular]: records.get(collection + "/" + id) } };
		}
		const key = headers["Idempotency-Key"];
		const answer = ops.get(key) ?? write(method, where, body);
		ops.set(key, answer);
		if (server.hold)
			await server.hold;
		if (server.lose > 0) {
			server.lose -= 1;
			throw new ApiError(0);
		}
		return { data: answer };
	};
	// Somebody else writes.
	server.write = write;
	return server;
}

// A page's edits over such a server.
export function createPage(server, storage = memory()) {
	const outcomes = [];
	const clock = { now: 1_000_000 };
	const store = createStore();
	const edits = createEdits({
		api: server, store, drafts: createDrafts({ storage, user: "me" }), collectionOf: (name) => definitions[name],
		now: () => clock.now, done: (outcome) => outcomes.push(outcome),
	});
	function pull() {
		store.apply([...server.records].map(([key, record]) => {
			const [collection, id] = key.split("/");
			return { collection, id, version: record.version, ...(record.deleted ? { deleted: true } : { record }) };
		}), "elsewhere");
	}
	return { server, storage, store, edits, outcomes, clock, pull };
}
