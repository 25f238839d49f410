// Photos and receipts: sent whole and in pieces, read by whoever sees a record that names them, run by nobody.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { CSV, crew } from "../lib/crew.mjs";
import { answered, outcomes, refused } from "../lib/expect.mjs";
import { until } from "../lib/http.mjs";
import { heic, jpeg, pdf, png, send, sendPiece, sha256, webp } from "../lib/files.mjs";

const KiB = 1024, MiB = 1024 * KiB;
const stack = await start({ definitions: true, settings: { space_quota_bytes: "20M" } });
const { as, sql } = stack;

const fresh = (roles = { anna: "owner", ben: "member", cara: "member", vera: "viewer", max: "manager" }) =>
	crew(stack, roles);

const at = (bytes) => `/api/files/${sha256(bytes)}`;

async function stored(space) {
	const [row] = await sql(`SELECT (SELECT COUNT(*) FROM attachment WHERE space_id = '${space.id}') AS files,
		(SELECT COUNT(*) FROM attachment_upload WHERE space_id = '${space.id}') AS uploads,
		(SELECT COALESCE(SUM(LENGTH(body)), 0) FROM attachment_chunk WHERE space_id = '${space.id}') AS bytes`);
	return { files: Number(row.files), uploads: Number(row.uploads), bytes: Number(row.bytes) };
}

// Answers of 404 are the same for what is not there and for what one may not see.
async function hidden(person, bytes) {
	const plain = ({ instance, ...problem }) => problem;
	const [there, nowhere] = [await person.get(at(bytes)), await person.get(`/api/files/${"0".repeat(64)}`)];
	refused(there, 404);
	assert.deepEqual(plain(there.problem), plain(nowhere.problem));
	const head = await person.head(at(bytes));
	assert.equal(head.status, 404);
	assert.equal(head.headers.range, undefined);
}

async function shown(person, bytes) {
	const answer = await person.get(at(bytes));
	assert.equal(answer.status, 200, answer.text.slice(0, 300));
	assert.ok(answer.bytes.equals(bytes));
	return answer;
}

describe("a file", () => {
	test("is sent, and read as it was", async () => {
		const { anna } = await fresh();
		for (const [make, type] of [
			[jpeg, "image/jpeg"], [png, "image/png"], [webp, "image/webp"], [heic, "image/heic"],
			[pdf, "application/pdf"],
		]) {
			const bytes = make("kind", 5000);
			const answer = await send(anna, bytes, { "Content-Type": "text/html" });
			answered(answer, 201, { file: { sha256: sha256(bytes), size: 5000, type } });
			assert.match(answer.headers.location, new RegExp(`/api/spaces/[^/]+/files/${sha256(bytes)}$`));
			const read = await shown(anna, bytes);
			assert.equal(read.headers["content-type"], type);
			assert.equal(read.headers["content-length"], "5000");
		}
	});

	test("of any size up to the limit comes back byte for byte", async () => {
		const { anna, space } = await fresh();
		for (const size of [40, 512 * KiB - 1, 512 * KiB, 512 * KiB + 1, 10 * MiB]) {
			const bytes = jpeg(`size ${size}`, size);
			answered(await send(anna, bytes), 201, { file: { size } });
			await shown(anna, bytes);
		}
		const large = jpeg("too large", 10 * MiB + 1);
		assert.match(refused(await send(anna, large), 413).detail, /10485760 bytes/);
		assert.equal((await stored(space)).files, 5);
	});

	test("sent twice is stored once, and both responses are the same but for the status", async () => {
		const { anna, space } = await fresh();
		const bytes = png("twice", 700 * KiB);
		const first = answered(await send(anna, bytes), 201);
		assert.deepEqual(answered(await send(anna, bytes), 200), first);
		assert.deepEqual(await stored(space), { files: 1, uploads: 1, bytes: bytes.length });
	});

	test("sent many times at once is stored once", async () => {
		const { anna, ben, space } = await fresh();
		const bytes = png("at once", 600 * KiB);
		const answers = await Promise.all([anna, ben, anna, ben, anna, ben].map((who) => send(who, bytes)));
		assert.ok(answers.every((answer) => [200, 201].includes(answer.status)),
			answers.map((answer) => answer.text).join());
		assert.deepEqual(await stored(space), { files: 1, uploads: 2, bytes: bytes.length });
		await shown(anna, bytes);
		await shown(ben, bytes);
	});

	test("whose content does not match its name is not kept", async () => {
		const { anna, space } = await fresh();
		const answer = await anna.request("PUT", `/api/files/${sha256(Buffer.from("other"))}`,
			{ body: jpeg("mine"), headers: { "Content-Type": "image/jpeg" } });
		refused(answer, 400, { type: "/problems/invalid" });
		assert.deepEqual(await stored(space), { files: 0, uploads: 0, bytes: 0 });
		for (const name of [
			sha256(jpeg("mine")).toUpperCase(), "abc", `${sha256(jpeg("mine"))}0`, "..%2f..%2fetc",
		])
			assert.ok([400, 404].includes((await anna.request("PUT", `/api/files/${name}`, {
				body: jpeg("mine"),
			})).status), name);
		refused(await anna.get("/api/files/abc"), 404);
		refused(await anna.request("PUT", `${at(jpeg("mine"))}?x=1`, { body: jpeg("mine") }),
			400, { field: "x" });
		refused(await anna.get(`${at(jpeg("mine"))}?x=1`), 400, { field: "x" });
	});

	test("that is neither an image nor a PDF is refused, whatever it is called", async () => {
		const { anna, space } = await fresh();
		const texts = [
			"", "a", "<!doctype html><script>alert(1)</script>",
			"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<?xml version='1.0'?><svg/>",
			"GIF89a\x01\x00\x01\x00", "id,date\n1,2\n", "MZ\x90\x00", "PK\x03\x04",
			"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "\xff\xd8\xff", "\x89PNG\r\n\x1a\n",
			"RIFF\x00\x00\x00\x00WEBPVP8 ", " %PDF-1.7", "\xef\xbb\xbf<html>",
		];
		for (const text of texts) {
			const bytes = Buffer.from(text + (text.length > 3 ? " ".repeat(100) : ""), "latin1");
			refused(await send(anna, bytes), 415);
		}
		assert.deepEqual(await stored(space), { files: 0, uploads: 0, bytes: 0 });
	});

	test("is refused when the space has no room for it, with a reason", async () => {
		const { anna, ben } = await fresh();
		answered(await send(anna, jpeg("one", 9 * MiB)), 201);
		answered(await send(ben, jpeg("two", 9 * MiB)), 201);
		const third = jpeg("three", 3 * MiB);
		assert.match(refused(await send(anna, third), 413).detail,
			/files of this space may have 20971520 bytes/);
		refused(await sendPiece(anna, third, 0, MiB), 413);
		answered(await send(ben, jpeg("one", 9 * MiB)), 201);
		answered(await send(anna, jpeg("four", 2 * MiB)), 201);
	});

	test("two at once cannot both take the last of the room", async () => {
		const { anna, ben } = await fresh();
		const answers = await Promise.all(
			[1, 2, 3, 4].map((n) => send(n % 2 ? anna : ben, jpeg(`room ${n}`, 8 * MiB))));
		assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 201, 413, 413]);
	});
});

describe("an upload in pieces", () => {
	test("is resumed where it stopped", async () => {
		const { anna, space } = await fresh();
		const bytes = jpeg("pieces", 3 * MiB + 12345);
		const first = await sendPiece(anna, bytes, 0, MiB);
		answered(first, 202, { file: { size: bytes.length, received: MiB } });
		assert.equal(first.headers.range, `bytes=0-${MiB - 1}`);
		const head = await anna.head(at(bytes));
		assert.equal(head.status, 404);
		assert.equal(head.headers.range, `bytes=0-${MiB - 1}`);
		refused(await anna.get(at(bytes)), 404, { size: bytes.length, received: MiB });
		const gap = await sendPiece(anna, bytes, 2 * MiB, 3 * MiB);
		refused(gap, 416, { received: MiB });
		assert.equal(gap.headers.range, `bytes=0-${MiB - 1}`);
		answered(await sendPiece(anna, bytes, 0, MiB), 202, { file: { received: MiB } });
		answered(await sendPiece(anna, bytes, 512 * KiB, 2 * MiB + 7), 202,
			{ file: { received: 2 * MiB + 7 } });
		const last = await sendPiece(anna, bytes, 2 * MiB + 7, bytes.length);
		answered(last, 201, { file: { sha256: sha256(bytes), size: bytes.length, type: "image/jpeg" } });
		assert.ok(last.headers.location);
		await shown(anna, bytes);
		answered(await sendPiece(anna, bytes, 2 * MiB + 7, bytes.length), 200,
			{ file: { type: "image/jpeg" } });
		assert.deepEqual(await stored(space), { files: 1, uploads: 1, bytes: bytes.length });
	});

	test("survives workers that die", async () => {
		const { anna } = await fresh();
		const bytes = pdf("crash", 2 * MiB);
		answered(await sendPiece(anna, bytes, 0, MiB), 202);
		for (const pid of await stack.workers())
			process.kill(pid, "SIGKILL");
		answered(await sendPiece(anna, bytes, MiB, bytes.length), 201);
		await shown(anna, bytes);
	});

	test("continues after workers die in the middle of a piece", async () => {
		const { anna, space } = await fresh();
		const bytes = jpeg("deaths", 3 * MiB);
		let received = 0;
		for (let tries = 0; received < bytes.length && tries < 40; tries++) {
			const sending = sendPiece(anna, bytes, received, Math.min(received + MiB, bytes.length));
			if (tries < 12) {
				await new Promise((resolve) => setTimeout(resolve, 5 + tries * 9));
				for (const pid of await stack.workers())
					process.kill(pid, "SIGKILL");
			}
			await sending.catch(() => {});
			const head = await until("somebody answers", async () => {
				const answer = await anna.head(at(bytes));
				return answer.status < 500 && answer;
			});
			received = head.status === 200 ? bytes.length
				: Number(/-(\d+)$/.exec(head.headers.range ?? "-")?.[1] ?? -1) + 1;
			assert.equal(received % MiB, 0, "a piece is kept whole or not at all");
		}
		await shown(anna, bytes);
		assert.deepEqual(await stored(space), { files: 1, uploads: 1, bytes: bytes.length });
	});

	test("whose pieces do not match the name is thrown away", async () => {
		const { anna, space } = await fresh();
		const bytes = jpeg("right", 200 * KiB), wrong = jpeg("wrong", 200 * KiB);
		const piece = (content, from, to) => anna.request("PUT", at(bytes), {
			body: content.subarray(from, to),
			headers: { "Content-Range": `bytes ${from}-${to - 1}/${content.length}` },
		});
		answered(await piece(wrong, 0, 100 * KiB), 202);
		refused(await piece(bytes, 100 * KiB, 200 * KiB), 400);
		assert.deepEqual(await stored(space), { files: 0, uploads: 0, bytes: 0 });
		answered(await piece(wrong, 0, 100 * KiB), 202);
		answered(await send(anna, bytes), 201);
		await shown(anna, bytes);
		assert.deepEqual(await stored(space), { files: 1, uploads: 1, bytes: bytes.length });
	});

	test("belongs to its sender only", async () => {
		const { anna, ben, max, space } = await fresh();
		const bytes = jpeg("alone", 300 * KiB);
		answered(await sendPiece(anna, bytes, 0, 100 * KiB), 202);
		for (const other of [ben, max])
			await hidden(other, bytes);
		refused(await sendPiece(ben, bytes, 100 * KiB, 300 * KiB), 416, { received: 0 });
		answered(await send(ben, bytes), 201);
		await hidden(max, bytes);
		refused(await anna.get(at(bytes)), 404, { received: 100 * KiB });
		answered(await sendPiece(anna, bytes, 100 * KiB, 300 * KiB), 201);
		await shown(anna, bytes);
		assert.deepEqual(await stored(space), { files: 1, uploads: 2, bytes: bytes.length });
	});

	test("is one of five at a time, and one that rests makes room for another", async () => {
		const { anna, ben, space } = await fresh();
		const all = Array.from({ length: 7 }, (_, i) => jpeg(`many ${i}`, 300 * KiB));
		for (const bytes of all.slice(0, 5))
			answered(await sendPiece(anna, bytes, 0, 100 * KiB), 202);
		const refusal = await sendPiece(anna, all[5], 0, 100 * KiB);
		refused(refusal, 429, { type: "/problems/busy" });
		assert.equal(refusal.headers["retry-after"], "60");
		answered(await sendPiece(ben, all[5], 0, 100 * KiB), 202);
		answered(await sendPiece(anna, all[0], 100 * KiB, 300 * KiB), 201);
		answered(await sendPiece(anna, all[5], 0, 100 * KiB), 202);
		await sql(`UPDATE attachment_upload SET changed_at = changed_at - INTERVAL 2 MINUTE
			WHERE sha256 = UNHEX('${sha256(all[1])}')`);
		answered(await sendPiece(anna, all[6], 0, 100 * KiB), 202);
		refused(await sendPiece(anna, all[1], 100 * KiB, 300 * KiB), 416, { received: 0 });
		assert.equal((await stored(space)).uploads, 7);
	});

	test("can start again with another size", async () => {
		const { anna, space } = await fresh();
		const bytes = jpeg("sizes", 300 * KiB);
		const claim = (from, to, total) => anna.request("PUT", at(bytes), {
			body: bytes.subarray(from, to),
			headers: { "Content-Range": `bytes ${from}-${to - 1}/${total}` },
		});
		answered(await claim(0, 64 * KiB, 500 * KiB), 202);
		refused(await claim(64 * KiB, 128 * KiB, 300 * KiB), 400, { field: "Content-Range" });
		answered(await claim(0, 64 * KiB, 300 * KiB), 202, { file: { size: 300 * KiB } });
		answered(await claim(64 * KiB, 300 * KiB, 300 * KiB), 201);
		assert.deepEqual(await stored(space), { files: 1, uploads: 1, bytes: bytes.length });
	});

	test("is refused with contradictory headers", async () => {
		const { anna } = await fresh();
		const bytes = jpeg("words", 200 * KiB);
		const ask = (range, body = bytes.subarray(0, 100 * KiB)) => anna.request("PUT", at(bytes),
			{ body, headers: { "Content-Range": range } });
		for (const range of [
			"bytes", "bytes 0-9", "bytes */204800", "bytes 0-102399/*", "bytes 5-4/10",
			"bytes 0-102399/102399", "bytes -1-5/10", "bytes 0-99/204800",
			"bytes 0-102399/99999999999999999999", "items 0-102399/204800", "bytes 0-102399/204800, 5-6/7",
		])
			refused(await ask(range), 400, { field: "Content-Range" });
		refused(await ask("bytes 0-102399/999999999"), 413);
		refused(await ask("bytes 0-999/204800", bytes.subarray(0, 1000)), 400, { field: "Content-Range" });
		refused(await anna.request("PUT", at(bytes), {
			body: Buffer.alloc(100 * KiB), headers: { "Content-Range": "bytes 0-102399/204800" },
		}), 415);
		refused(await ask("bytes 0-4194304/9000000",
			Buffer.concat([bytes, Buffer.alloc(4 * MiB + 1 - bytes.length)])), 413);
	});
});

describe("reading", () => {
	test("returns ranges", async () => {
		const { anna } = await fresh();
		const bytes = jpeg("ranges", MiB + 100);
		answered(await send(anna, bytes), 201);
		for (const [range, from, to] of [
			["bytes=0-0", 0, 0],
			["bytes=10-19", 10, 19],
			["bytes=524280-524300", 524280, 524300],
			["bytes=1048600-", 1048600, MiB + 99],
			["bytes=-5", MiB + 95, MiB + 99],
			["bytes=-99999999", 0, MiB + 99],
			["bytes=100-99999999", 100, MiB + 99],
		]) {
			const answer = await anna.get(at(bytes), { Range: range });
			assert.equal(answer.status, 206, range);
			assert.equal(answer.headers["content-range"], `bytes ${from}-${to}/${bytes.length}`);
			assert.equal(answer.headers["content-length"], String(to - from + 1));
			assert.ok(answer.bytes.equals(bytes.subarray(from, to + 1)), range);
		}
		for (const range of ["bytes=9-5", "bytes=a-b", "bytes=0-1,5-6", "lines=1-2", "bytes=", "bytes=-"])
			assert.equal((await anna.get(at(bytes), { Range: range })).status, 200, range);
		for (const range of [`bytes=${bytes.length}-`, "bytes=-0"]) {
			const answer = await anna.get(at(bytes), { Range: range });
			refused(answer, 416, { field: "Range" });
			assert.equal(answer.headers["content-range"], `bytes */${bytes.length}`);
		}
		assert.equal((await anna.get(at(bytes), {
			Range: "bytes=0-9", "If-Range": `"${sha256(bytes)}"`,
		})).status, 206);
		assert.equal((await anna.get(at(bytes), { Range: "bytes=0-9", "If-Range": '"other"' })).status, 200);
		const head = await anna.head(at(bytes), { Range: "bytes=0-9" });
		assert.deepEqual([
			head.status, head.headers["content-length"], head.headers["accept-ranges"], head.text,
		], [200, String(bytes.length), "bytes", ""]);
	});

	test("may be cached only for the person who read it", async () => {
		const { anna, ben } = await fresh();
		const bytes = jpeg("cache");
		answered(await send(anna, bytes), 201);
		const answer = await shown(anna, bytes);
		assert.equal(answer.headers.etag, `"${sha256(bytes)}"`);
		assert.equal(answer.headers["cache-control"], "private, max-age=31536000, immutable");
		assert.match(answer.headers.vary, /Authorization/);
		const again = await anna.get(at(bytes), { "If-None-Match": answer.headers.etag });
		assert.deepEqual([again.status, again.text, again.headers["cache-control"]],
			[304, "", "private, max-age=31536000, immutable"]);
		refused(await ben.get(at(bytes), { "If-None-Match": answer.headers.etag }), 404);
		assert.equal((await ben.get(at(bytes))).headers["cache-control"], "no-store");
	});

	test("content disguised as an image is never executed", async () => {
		const { anna } = await fresh();
		const script = Buffer.from("<!doctype html><html><script>alert(document.domain)</script></html>");
		const both = [
			[jpeg, "image/jpeg", "inline"],
			[png, "image/png", "inline"],
			[pdf, "application/pdf", "attachment"],
		];
		for (const [make, type, disposition] of both) {
			const bytes = Buffer.concat([make("polyglot", 100), script]);
			answered(await send(anna, bytes, { "Content-Type": "text/html" }), 201, { file: { type } });
			const { headers } = await shown(anna, bytes);
			assert.equal(headers["content-type"], type);
			assert.equal(headers["x-content-type-options"], "nosniff");
			assert.equal(headers["content-security-policy"], "sandbox; default-src 'none'");
			assert.equal(headers["cross-origin-resource-policy"], "same-origin");
			assert.match(headers["content-disposition"],
				new RegExp(`^${disposition}; filename="[0-9a-f]{12}\\.(jpg|png|pdf)"$`));
		}
	});
});

describe("a record", () => {
	test("can name only a file that exists and that its writer may read", async () => {
		const { anna, ben } = await fresh();
		const mine = jpeg("mine"), half = jpeg("half", 300 * KiB), strange = jpeg("strange");
		answered(await send(anna, mine), 201);
		answered(await sendPiece(anna, half, 0, 100 * KiB), 202);
		answered(await send(await as("ben").ready(), strange), 201);
		refused(await anna.post("/api/badges", { name: "A", picture: sha256(half) }), 400,
			{ field: "picture" });
		refused(await anna.post("/api/badges", { name: "A", picture: sha256(strange) }), 400,
			{ field: "picture" });
		refused(await anna.post("/api/badges", { name: "A", picture: "0".repeat(64) }), 400,
			{ field: "picture" });
		refused(await ben.post("/api/badges", { name: "A", picture: sha256(mine) }), 400, { field: "picture" });
		const { badge } = answered(await anna.post("/api/badges", { name: "A", picture: sha256(mine) }), 201,
			{ badge: { picture: sha256(mine) } });
		refused(await ben.patch(`/api/badges/${badge.id}`, { picture: "0".repeat(64) }), 400,
			{ field: "picture" });
		answered(await ben.post("/api/badges", { name: "B", picture: sha256(mine) }), 201);
	});

	test("is checked on every path", async () => {
		const { anna, ben } = await fresh();
		const bytes = jpeg("paths"), name = sha256(bytes);
		answered(await send(anna, bytes), 201);
		const op = (id) => [{ op: id, collection: "badges", id, base: 0, set: { name: "P", picture: name } }];
		const [result] = outcomes(await ben.push(op("p1")), "rejected");
		assert.equal(result.problem.field, "picture");
		const csv = `id,name,picture\nc1,C,${name}\n`;
		const imported = await ben.post("/api/badges/import", csv, CSV);
		assert.ok(imported.status === 400 || imported.body.bad === 1 ||
			imported.body.errors?.length > 0, imported.text);
		refused(await ben.get("/api/badges/c1"), 404);
		outcomes(await anna.push(op("p2")), "applied");
		outcomes(await ben.push(op("p3")), "applied");
	});

	test("shows its file to everybody who sees it, and to nobody else", async () => {
		const { anna, ben, cara, vera, max } = await fresh();
		const bytes = jpeg("slip");
		answered(await send(ben, bytes), 201);
		for (const other of [anna, cara, vera, max])
			await hidden(other, bytes);
		const { slip } =
			answered(await ben.post("/api/slips", { day: "2026-11-21", photo: sha256(bytes) }), 201);
		for (const who of [ben, anna, max])
			await shown(who, bytes);
		for (const other of [cara, vera])
			await hidden(other, bytes);
		answered(await max.patch(`/api/slips/${slip.id}`, { owner: cara.id }), 200);
		await shown(cara, bytes);
		await hidden(ben, bytes);
	});

	test("shows the file of a private field to those who see the field", async () => {
		const { anna, ben, cara, vera, max } = await fresh();
		const face = jpeg("face"), passport = pdf("passport");
		answered(await send(ben, face), 201);
		answered(await send(ben, passport), 201);
		const { badge } = answered(await ben.post("/api/badges", {
			name: "Ben", picture: sha256(face), passport: sha256(passport),
		}), 201);
		for (const who of [anna, ben, cara, vera, max])
			await shown(who, face);
		for (const who of [anna, ben, max])
			await shown(who, passport);
		for (const other of [cara, vera])
			await hidden(other, passport);
		refused(await cara.patch(`/api/badges/${badge.id}`, { picture: sha256(passport) }), 400,
			{ field: "picture" });
		refused(await cara.post("/api/badges", { name: "Cara", picture: sha256(passport) }), 400,
			{ field: "picture" });
		answered(await send(cara, passport), 201);
		await shown(cara, passport);
		answered(await cara.post("/api/badges", { name: "Cara", passport: sha256(passport) }), 201);
		await hidden(vera, passport);
	});

	test("does not show its file while it is deleted", async () => {
		const { anna, ben, vera } = await fresh();
		const bytes = jpeg("undo");
		answered(await send(ben, bytes), 201);
		const { badge } =
			answered(await ben.post("/api/badges", { name: "Undo", picture: sha256(bytes) }), 201);
		await shown(vera, bytes);
		answered(await ben.delete(`/api/badges/${badge.id}`), 200);
		await hidden(vera, bytes);
		await shown(ben, bytes);
		await stack.sql(`DELETE FROM attachment_upload WHERE user_id = '${ben.id}'`);
		await hidden(ben, bytes);
		outcomes(await ben.push([{
			op: "undo", collection: "badges", id: badge.id, base: 2,
			set: { name: "Undo", picture: sha256(bytes) },
		}]), "applied");
		await shown(vera, bytes);
		answered(await ben.patch(`/api/badges/${badge.id}`, { picture: null }), 200);
		await hidden(vera, bytes);
		answered(await anna.post(`/api/badges/${badge.id}/restore`, { version: 1 }), 200,
			{ badge: { picture: sha256(bytes) } });
		await shown(vera, bytes);
	});

	test("with a new file shows the new one", async () => {
		const { anna, vera } = await fresh();
		const old = jpeg("old"), next = jpeg("next");
		answered(await send(anna, old), 201);
		answered(await send(anna, next), 201);
		const { badge } = answered(await anna.post("/api/badges", { name: "C", picture: sha256(old) }), 201);
		answered(await anna.patch(`/api/badges/${badge.id}`, { picture: sha256(next) }), 200);
		await hidden(vera, old);
		await shown(vera, next);
		answered(await anna.post("/api/slips", { day: "2026-11-21", photo: sha256(old) }), 201);
		await hidden(vera, old);
	});

	test("of a clock-in shows its photo to the person and the managers", async () => {
		const { anna, ben, cara, vera, max } = await fresh();
		const face = jpeg("clock in");
		refused(await ben.post("/api/workSessions", {
			start: "2026-11-20T08:00:00Z", end: "2026-11-20T12:00:00Z", photoIn: sha256(face),
		}), 400, { field: "photoIn" });
		answered(await send(ben, face), 201);
		answered(await ben.post("/api/workSessions", {
			start: "2026-11-20T08:00:00Z", end: "2026-11-20T12:00:00Z", photoIn: sha256(face),
		}), 201);
		for (const who of [ben, max, anna])
			await shown(who, face);
		for (const other of [cara, vera])
			await hidden(other, face);
	});

	test("one visible record among many is enough to read the file", async () => {
		const { anna, ben, cara } = await fresh();
		const bytes = jpeg("many");
		answered(await send(ben, bytes), 201);
		const ops = Array.from({ length: 60 }, (_, i) => ({
			op: `m${i}`, collection: "slips", id: `m${i}`, base: 0,
			set: { day: "2026-11-21", photo: sha256(bytes) },
		}));
		outcomes(await ben.push(ops), ...ops.map(() => "applied"));
		await hidden(cara, bytes);
		answered(await anna.patch("/api/slips/m59", { owner: cara.id }), 200);
		await shown(cara, bytes);
		await shown(anna, bytes);
	});
});

describe("isolation", () => {
	test("who reads what: by role, in own, private and shared fields", async () => {
		const roles = { anna: "owner", max: "manager", ben: "member", cara: "member", vera: "viewer" };
		const people = await fresh(roles);
		const files = {
			loose: jpeg("t loose"), slip: jpeg("t slip"), picture: jpeg("t picture"),
			passport: pdf("t passport"),
		};
		for (const bytes of Object.values(files))
			answered(await send(people.ben, bytes), 201);
		answered(await people.ben.post("/api/slips", { day: "2026-11-21", photo: sha256(files.slip) }), 201);
		answered(await people.ben.post("/api/badges", {
			name: "Ben", picture: sha256(files.picture), passport: sha256(files.passport),
		}), 201);
		const sees = {
			anna: ["passport", "picture", "slip"], max: ["passport", "picture", "slip"],
			ben: ["loose", "passport", "picture", "slip"],
			cara: ["picture"], vera: ["picture"],
		};
		const found = {};
		for (const name of Object.keys(roles)) {
			found[name] = [];
			for (const [file, bytes] of Object.entries(files).sort())
				if ((await people[name].get(at(bytes))).status === 200)
					found[name].push(file);
		}
		assert.deepEqual(found, sees);
		for (const [name, person] of Object.entries(people).filter(([name]) => name in roles))
			for (const [file, bytes] of Object.entries(files)) {
				const head = await person.head(at(bytes));
				const part = await person.get(at(bytes), { Range: "bytes=0-0" });
				assert.deepEqual([head.status, part.status],
					sees[name].includes(file) ? [200, 206] : [404, 404], `${name}, ${file}`);
			}
	});

	test("another space knows nothing of a file", async () => {
		const { anna } = await fresh(), elsewhere = await fresh();
		const bytes = jpeg("spaces");
		answered(await send(anna, bytes), 201);
		answered(await anna.post("/api/badges", { name: "A", picture: sha256(bytes) }), 201);
		await hidden(elsewhere.anna, bytes);
		await hidden(await as("anna").ready(), bytes);
		refused(await elsewhere.anna.post("/api/badges", { name: "A", picture: sha256(bytes) }), 400,
			{ field: "picture" });
		refused(await as("stranger").get(`/api/spaces/${anna.space}/files/${sha256(bytes)}`), 404);
		refused(await as("stranger")
			.request("PUT", `/api/spaces/${anna.space}/files/${sha256(bytes)}`, { body: bytes }), 404);
	});

	test("a removed member cannot read any file, not even those they sent", async () => {
		const { ben, space } = await fresh();
		const bytes = jpeg("removed");
		answered(await send(ben, bytes), 201);
		answered(await ben.post("/api/badges", { name: "B", picture: sha256(bytes) }), 201);
		await sql(`DELETE FROM member WHERE space_id = '${space.id}' AND user_id = '${ben.id}'`);
		refused(await ben.get(at(bytes)), 404);
		refused(await send(ben, jpeg("more")), 404);
	});

	test("a former manager reads only the files of their new role", async () => {
		const { ben, max, space } = await fresh();
		const bytes = jpeg("demoted");
		answered(await send(ben, bytes), 201);
		answered(await ben.post("/api/slips", { day: "2026-11-21", photo: sha256(bytes) }), 201);
		await shown(max, bytes);
		await sql(`UPDATE member SET role = 'member' WHERE space_id = '${space.id}' AND user_id = '${max.id}'`);
		await hidden(max, bytes);
	});

	test("a viewer or a read-only token can read but not send", async () => {
		const { anna, vera, space } = await fresh();
		const bytes = jpeg("scopes");
		refused(await send(vera, bytes), 403);
		const reads = as("anna")
			.with({ Authorization: `Bearer ${(await as("anna").apiToken("read", space.id)).token}` });
		const writes = as("anna")
			.with({ Authorization: `Bearer ${(await as("anna").apiToken("write", space.id)).token}` });
		refused(await send(reads, bytes), 403);
		answered(await send(writes, bytes), 201);
		await shown(reads, bytes);
		await shown(anna, bytes);
		assert.equal((await as("anna").get(at(bytes))).status, 404);
	});

	test("sending a file does not reveal that somebody else had sent it", async () => {
		const { ben, cara, space } = await fresh();
		const bytes = jpeg("known", 200 * KiB);
		answered(await send(ben, bytes), 201);
		answered(await ben.post("/api/slips", { day: "2026-11-21", photo: sha256(bytes) }), 201);
		answered(await sendPiece(cara, bytes, 0, 100 * KiB), 202);
		await assert.rejects(shown(cara, bytes));
		answered(await sendPiece(cara, bytes, 100 * KiB, 200 * KiB), 201);
		await shown(cara, bytes);
		answered(await cara.post("/api/slips", { day: "2026-11-21", photo: sha256(bytes) }), 201);
		assert.deepEqual(await stored(space), { files: 1, uploads: 2, bytes: bytes.length });
	});
});

describe("tidying", () => {
	test("deletes abandoned uploads and files that nothing names", async () => {
		const { anna, ben, space } = await fresh();
		const half = jpeg("half", 300 * KiB), loose = jpeg("loose"), named = jpeg("named"), once = jpeg("once");
		answered(await sendPiece(anna, half, 0, 100 * KiB), 202);
		for (const bytes of [loose, named, once])
			answered(await send(anna, bytes), 201);
		answered(await anna.post("/api/badges", { name: "N", picture: sha256(named) }), 201);
		const { badge } = answered(await anna.post("/api/badges", { name: "O", picture: sha256(once) }), 201);
		answered(await anna.patch(`/api/badges/${badge.id}`, { picture: null }), 200);
		answered(await stack.ctl("tidy") && await anna.head(at(loose)), 200);
		refused(await anna.get(at(half)), 404, { received: 100 * KiB });
		await stack.tidy(2);
		assert.equal((await anna.head(at(half))).headers.range, undefined);
		await shown(anna, loose);
		await stack.tidy(31);
		refused(await anna.get(at(loose)), 404);
		await shown(anna, named);
		await shown(ben, named);
		assert.deepEqual(await stored(space), { files: 2, uploads: 0, bytes: named.length + once.length });
		answered(await anna.post(`/api/badges/${badge.id}/restore`, { version: 1 }), 200);
		await shown(ben, once);
		answered(await send(anna, loose), 201);
	});
});

test("no response was a 5xx", async () => {
	assert.deepEqual(await stack.faults(), []);
});
