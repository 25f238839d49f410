// Malformed input.  Every response is a problem with a 4xx status that names what is wrong, nothing is written, not
// even in part, and the log shows no error of the server.
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { start } from "../harness.mjs";
import { answered, refused } from "../lib/expect.mjs";
import { send, sendRaw } from "../lib/http.mjs";

const stack = await start({ definitions: true });
const { as } = stack;
const anna = await as("anna").ready();
answered(await anna.post("/api/cars", { id: "7", location: "100" }), 201);
answered(await anna.post("/api/parcels", { id: "p", label: "Box" }), 201);

// Ask, expect a refusal that names `field` (unless undefined), and nothing written.
async function refuses(field, method, path, body, headers, status = { $in: [400, 404, 405, 409, 413, 415, 422] }) {
	const before = await stack.head(anna.home);
	const answer = await anna.request(method, path, { body, headers });

	assert.ok(status.$in ? status.$in.includes(answer.status) : answer.status === status,
		`${answer.status} ${answer.text}`);
	refused(answer, answer.status, field === undefined ? {} : { field });
	assert.equal(await stack.head(anna.home), before, "something was written");
}

// GET a path with these headers, in bytes that no client of HTTP would send.
function raw(path, ...headers) {
	const lines = [`GET ${path} HTTP/1.1`, "Host: x", ...headers, "Connection: close"];
	return sendRaw(stack.port, `${lines.join("\r\n")}\r\n\r\n`);
}

describe("malformed JSON", () => {
	const latin1 = (text) => Buffer.from(text, "latin1");
	for (const [what, body] of [
		["nothing", ""],
		["blanks", "   "],
		["a list", "[]"],
		["a text", '"x"'],
		["a number", "7"],
		["null", "null"],
		["half an object", '{"label":"x"'],
		["two objects", '{"label":"x"}{"label":"y"}'],
		["a comma too many", '{"label":"x",}'],
		["single quotes", "{'label':'x'}"],
		["names without quotes", '{label:"x"}'],
		["a comment", '{"label":"x"/* */}'],
		["NaN", '{"label":"x","weight":NaN}'],
		["Infinity", '{"label":"x","weight":Infinity}'],
		["minus Infinity", '{"label":"x","weight":-Infinity}'],
		["hexadecimal", '{"label":"x","count":0x10}'],
		["a plus sign", '{"label":"x","count":+1}'],
		["a leading zero", '{"label":"x","count":01}'],
		["a point without digits", '{"label":"x","weight":1.}'],
		["a point without a number before it", '{"label":"x","weight":.5}'],
		["an exponent without digits", '{"label":"x","weight":1e}'],
		["a tab inside a text", '{"label":"a\tb"}'],
		["a line break inside a text", '{"label":"a\nb"}'],
		["an escape there is not", '{"label":"\\x41"}'],
		["half a surrogate pair", '{"label":"\\ud83d"}'],
		["the halves of a pair in the wrong order", '{"label":"\\udce6\\ud83d"}'],
		["an escaped zero", '{"label":"a\\u0000b"}'],
		["a zero in a name", '{"la\\u0000bel":"x"}'],
		["a zero byte", latin1('{"label":"a\0b"}')],
		["a zero byte after the end", latin1('{"label":"x"}\0')],
		["a byte order mark", Buffer.from('\ufeff{"label":"x"}')],
		["UTF-16", Buffer.from('{"label":"x"}', "utf16le")],
		["Latin-1", latin1('{"label":"gr\xfc\xdfe"}')],
		["an overlong slash", latin1('{"label":"\xc0\xaf"}')],
		["an overlong zero", latin1('{"label":"\xc0\x80"}')],
		["a surrogate in UTF-8", latin1('{"label":"\xed\xa0\x80"}')],
		["a code point beyond the last", latin1('{"label":"\xf4\x90\x80\x80"}')],
		["a character cut off", latin1('{"label":"\xe2\x82"}')],
		["a duplicate key", '{"label":"x","label":"y"}'],
		["a duplicate key, one of them escaped", '{"label":"x","lab\\u0065l":"y"}'],
		["a duplicate key inside a value", '{"label":"x","place":{"lat":1,"lat":2,"lng":3}}'],
		["lists in lists", `{"label":"x","tags":${"[".repeat(40)}${"]".repeat(40)}}`],
		["a depth bomb", `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
		["a depth bomb of lists", "[".repeat(100_000)],
		["three hundred keys", `{${Array.from({ length: 300 }, (_, i) => `"k${i}":1`).join(",")}}`],
		[
			"a million keys' worth of bytes",
			`{${Array.from({ length: 80_000 }, (_, i) => `"k${i}":1`).join(",")}}`,
		],
		["a long key", `{"${"k".repeat(100_000)}":1}`],
		["a megabyte of blanks and nothing", " ".repeat(1_000_000)],
	])
		test(what, () => refuses(undefined, "POST", "/api/parcels", body));
});

describe("values", () => {
	for (const [field, value] of [
		["label", 7], ["label", true], ["label", {}], ["label", ["x"]], ["label", "x".repeat(41)],
		["label", "\u{1f4e6}".repeat(41)], ["label", null], ["label", ""],
		["weight", "2"], ["weight", true], ["weight", 1.2345], ["weight", -1], ["weight", 100_001],
		["weight", {}], ["weight", [1]],
		["count", 1.5], ["count", "1"], ["count", false],
		["fragile", 1], ["fragile", "true"], ["fragile", 0],
		["due", "2026-02-29"], ["due", "2026-13-01"], ["due", "21.11.2026"], ["due", "2026-11-21T00:00:00Z"],
		["due", 20261121], ["due", "0000-00-00"],
		["packedAt", "2026-11-21"], ["packedAt", "yesterday"], ["packedAt", "2026-11-21T25:00:00Z"],
		["packedAt", "2026-11-21T08:00:00"], ["packedAt", 1763714040],
		["slot", "24:00"], ["slot", "8:5"], ["slot", "08:60"], ["slot", 800],
		["size", "LARGE"], ["size", 1], ["size", ["large"]],
		["car", "nothing"], ["car", ""], ["car", "../7"], ["car", 7], ["car", { id: "7" }],
		["place", "here"], ["place", {}], ["place", { lat: 1 }], ["place", { lat: 91, lng: 0 }],
		["place", { lat: 0, lng: 181 }], ["place", { lat: "1", lng: 2 }],
		["place", { lat: 1, lng: 2, accuracy: -1 }],
		["place", { lat: 1, lng: 2, height: 3 }], ["place", [1, 2]],
		["photo", "x"], ["photo", "zz".repeat(32)], ["photo", "ab".repeat(33)],
		["tags", "red"], ["tags", [1]], ["tags", [null]], ["tags", [["a"]]], ["tags", ["x".repeat(21)]],
		["tags", Array.from({ length: 101 }, () => "x")],
		["value", 1.5], ["value", -1], ["value", "9900"],
		["owner", 7], ["owner", null], ["owner", "nobody"], ["owner", { id: 1 }],
		["id", "8"], ["version", 5], ["seq", 1], ["createdAt", "2026-11-21T08:00:00.000Z"], ["createdBy", "x"],
		["lastUpdatedAt", "x"], ["lastUpdatedBy", "x"], ["deleted", true],
		["wings", 2], ["Label", "x"], ["label ", "x"], ["__proto__", 1], ["constructor", 1], ["space", "x"],
		["spaceId", "x"], ["userId", "x"], ["role", "owner"], ["", 1],
	])
		test(`${field} = ${JSON.stringify(value)?.slice(0, 60)}`, async () => {
			// A literal __proto__ key has to be written by hand.
			const body = `{${JSON.stringify(field)}:${JSON.stringify(value)}}`;
			await refuses(field === "" ? undefined : field, "PATCH", "/api/parcels/p", body, {},
				{ $in: [400, 403, 413] });
		});

	for (const [field, number] of [
		["count", "9007199254740992"], ["count", "-9007199254740992"], ["count", "9223372036854775807"],
		["count", "9223372036854775808"], ["count", "18446744073709551616"],
		["count", "1e400"], ["count", "-1e400"], ["count", "1e-400"], ["count", "1e309"],
		["count", `1${"0".repeat(400)}`],
		["weight", "1e400"], ["weight", "1e-9"], ["weight", "0.0001"], ["weight", `0.${"0".repeat(500)}1`],
		["weight", `1${"0".repeat(50_000)}`], ["weight", "1e999999999999999999"],
		["value", "9007199254740992"], ["value", "1e20"],
	])
		test(`${field} = ${number.slice(0, 40)}`,
			() => refuses(field, "PATCH", "/api/parcels/p", `{"${field}":${number}}`));

	test("-0 is 0", async () => {
		const answer = await anna.patch("/api/parcels/p", '{"count":-0,"weight":-0.0}');
		if (answer.status === 200)
			assert.match(answer.text, /"count":0,.*"weight":0[,}]/);
		else
			refused(answer, 400);
	});

	test("numbers in other notations are the same numbers", async () => {
		const { parcel } = answered(await anna.patch("/api/parcels/p",
			'{"count":9007199254740991,"weight":1.5E1}'));
		assert.equal(parcel.count, 9007199254740991);
		assert.equal(parcel.weight, 15);
	});

	test("a record above 64 KiB", async () => {
		const notes = "\u20ac".repeat(20_000);
		await refuses(undefined, "POST", "/api/claims", {
			date: "2026-11-21", title: "\u20ac".repeat(100), account: "\u20ac".repeat(40),
			note: `${notes}${"\u20ac".repeat(1)}`,
		});
		answered(await anna.post("/api/claims", { date: "2026-11-21", title: "x", note: notes }), 201);
	});
});

describe("ids and paths", () => {
	for (const id of [
		"", " ", ".", "..", "-7", ".7", "a b", "a/b", "a\\b", "a\u0000b", "a\nb", "\u00fc", "x".repeat(65),
		"x".repeat(5000), "export", "history", "import", "restore", "a'b", 'a"b', "a;b", "a%b", "a+b",
		"a#b", "<b>", "{a}",
	])
		test(`POST id ${JSON.stringify(id).slice(0, 40)}`,
			() => refuses(undefined, "POST", "/api/cars", { id, location: "100" }, {}, 400));
	for (const id of [7, true, {}, ["7"]])
		test(`POST id ${JSON.stringify(id)}`,
			() => refuses("id", "POST", "/api/cars", { id, location: "100" }, {}, 400));
	for (const path of [
		"%00", "7%00", "%2e%2e", "..%2fcars%2f7", "7%2f8", "%", "%zz", "%c0%af", "%ff", "7%0a", "7%20",
		"x".repeat(65), "7'--", "7%27%20OR%201=1", "%u0037", "7;jsessionid=1",
	])
		test(`GET /api/cars/${path.slice(0, 40)}`,
			() => refuses(undefined, "GET", `/api/cars/${path}`, undefined, {}, { $in: [400, 404] }));
	for (const path of [
		"//api/cars", "/api//cars", "/api/cars/", "/api/./cars", "/api/cars/../cars/7", "/API/cars",
		"/api/Cars", "/api/cars/7/history/1", "/api/cars/7/nothing", "/api", "/api/", "/api/spaces//cars",
		"/api/spaces/x%00/cars",
	])
		test(`GET ${path}`, async () => {
			const text = await raw(path, `Authorization: Bearer ${anna.token}`);
			assert.match(text, /^HTTP\/1\.1 40[04] /, text.slice(0, 300));
			assert.match(text, /application\/problem\+json|text\/html/);
		});
	test("a path of two kilobytes", () =>
		refuses(undefined, "GET", `/api/cars/${"x".repeat(2000)}`, undefined, {}, { $in: [404, 413, 414] }));
});

describe("queries", () => {
	for (const [query, field] of [
		["limit=1&limit=2", "limit"], ["sort=id&sort=-id", "sort"],
		["after=x&after=y", "after"], ["q=a&q=b", "q"],
		["limit=-1", "limit"], ["limit=1e3", "limit"], ["limit=0x10", "limit"],
		["limit=99999999999999999999", "limit"], ["limit=", "limit"], ["limit=%31%00", undefined],
		["sort=label,weight", "sort"], ["sort=label;DROP", "sort"], ["sort=place", "sort"],
		["sort=tags", "sort"],
		["weight=in.", undefined], ["weight=in.1,x", "weight"], ["size=gt.", "size"], ["owner='", "owner"],
		["label[]=x", undefined], ["label%00=x", undefined], ["=x", undefined], ["%ff=x", undefined],
		["label=%ff", "label"], ["label=%c0%af", "label"], ["label=%", "label"], ["label=%0a", "label"],
		["fields=", undefined], ["fields=,", undefined], ["fields=*", "fields"], ["fields=id,id'", "fields"],
		[Array.from({ length: 65 }, (_, i) => `p${i}=1`).join("&"), undefined],
		[Array.from({ length: 40 }, () => "label=x").join("&"), undefined],
		[`label=in.${Array.from({ length: 3000 }, () => "x").join(",")}`, undefined],
		[`q=${"x".repeat(7000)}`, undefined],
	])
		test(`/api/parcels?${query.slice(0, 50)}`, async () => {
			const answer = await anna.get(`/api/parcels?${query}`);
			if ((query.startsWith("q=x") || query === "fields=" || query === "fields=,") &&
				answer.status === 200)
				return;
			refused(answer, 400, field === undefined ? {} : { field });
		});
	for (const [path, field] of [
		["/api/cars/7?limit=1", "limit"],
		["/api/cars/7?version=1&version=2", "version"],
		["/api/cars/7?version=-1", "version"],
		["/api/cars/7?version=99999999999999999999", "version"],
		["/api/cars/7/history?limit=0", "limit"],
		["/api/cars/7/history?after=%00", "after"],
		["/api/cars/7/history?after=9", "after"],
		["/api/cars/7/history?after=7/999999999999999999999", "after"],
		["/api/sync/changes?since=%00", "since"],
		[`/api/sync/changes?since=${"a".repeat(3000)}`, "since"],
		["/api/sync/changes?since=..", "since"],
		["/api/sync/changes?since=a.b.c.d.e", "since"],
		["/api/sync/changes?since=&since=", "since"],
		["/api/sync/changes?collections=cars,cars", "collections"],
		["/api/sync/changes?collections=cars'", "collections"],
		["/api/audit?before=-1", "before"],
		["/api/audit?before=99999999999999999999999-1", "before"],
		["/api/audit?limit=1001", "limit"],
	])
		test(path.slice(0, 60), () => refuses(field, "GET", path, undefined, {}, 400));
});

describe("headers", () => {
	for (const [name, value, field = name] of [
		["X-Device-Id", "a b"], ["X-Device-Id", "x".repeat(65)], ["X-Device-Id", "../x"], ["X-Device-Id", ""],
		["Idempotency-Key", "a b"], ["Idempotency-Key", "x".repeat(65)], ["Idempotency-Key", "\u00fc"],
		["Content-Type", "text/plain"], ["Content-Type", "application/x-www-form-urlencoded"],
		["Content-Type", "application/json; charset=latin1"],
			["Content-Type", "application/jsonx"], ["Content-Type", "multipart/form-data; boundary=x"],
	])
		test(`${name}: ${value.slice(0, 40)}`, () => refuses(field, "PATCH", "/api/cars/7", { late: true },
			{ [name]: value }, name === "Content-Type" ? 415 : 400));
	for (const value of [
		"", "x", '"', '"x', 'x"', '"a","b"', '"0"', `"${"9".repeat(90)}"`,
		`"${"9".repeat(3000)}"`, "W/", 'W/"x"',
	])
		test(`If-Match: ${value.slice(0, 40)}`, async () => {
			const before = await stack.head(anna.home);
			const answer = await anna.patch("/api/cars/7", { late: true }, { "If-Match": value });
			refused(answer, answer.status);
			assert.ok([400, 412].includes(answer.status));
			assert.equal(await stack.head(anna.home), before);
		});
	for (const token of [
		"", " ", "x", "x.y.z", "a.b", "....", `${"x".repeat(9000)}`, "dbk_", "dbk_x", `dbk_${"a".repeat(43)}`,
		"null", "undefined", "\u00fc", "Bearer Bearer x",
	])
		test(`a malformed token: ${token.slice(0, 30)}`, async () => {
			for (const headers of [
				{ Authorization: `Bearer ${token}` },
				{ "X-API-Key": token, Authorization: "" },
			]) {
				const answer = await send({
					url: `${stack.url}/api/cars`,
					headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [
						key, Buffer.from(value).toString("latin1"),
					])),
				});
				assert.ok([401, 400, 431].includes(answer.status), answer.text);
				refused(answer, answer.status);
			}
		});
	for (const scheme of ["Basic", "Digest", "bearer2", "Bearer\t"])
		test(`Authorization: ${JSON.stringify(scheme)} …`, async () => {
			const answer = await send({
				url: `${stack.url}/api/cars`, headers: { Authorization: `${scheme} ${anna.token}` },
			});
			assert.ok([400, 401].includes(answer.status), answer.text);
		});
	test("Authorization twice", async () => {
		const text = await raw("/api/cars", `Authorization: Bearer ${anna.token}`, "Authorization: Bearer x");
		assert.match(text, /^HTTP\/1\.1 40[01] /);
	});
});

describe("bodies that do not fit the endpoint", () => {
	for (const [method, path, body, field] of [
		["POST", "/api/cars/7/restore", { version: "1" }, "version"],
		["POST", "/api/cars/7/restore", { version: 1.5 }, "version"],
		["POST", "/api/cars/7/restore", { version: 0 }, "version"],
		["POST", "/api/cars/7/restore", { version: 1, extra: 1 }, "extra"],
		["DELETE", "/api/cars/7", { version: 1 }, "version"],
		["DELETE", "/api/cars/7", { expectedVersion: "1" }, "expectedVersion"],
		["POST", "/api/sync/push", { device: "d", ops: "x" }, "ops"],
		["POST", "/api/sync/push", { device: 7, ops: [] }, "device"],
		["POST", "/api/sync/push", { device: "d", cursor: 7, ops: [] }, "cursor"],
		["POST", "/api/sync/push", { device: "d", user: 7, ops: [] }, "user"],
		["POST", "/api/auth/tokens", { name: 7, scope: "read" }, "name"],
		["POST", "/api/auth/tokens", { name: "x", scope: "root" }, "scope"],
	])
		test(`${method} ${path} ${JSON.stringify(body).slice(0, 50)}`,
			() => refuses(field, method, path, body, {}, 400));

	test("the body of a GET is ignored", async () => {
		answered(await anna.request("GET", "/api/cars/7", { body: { late: true } }));
	});
});

test("no response was a 5xx, and the records are whole", async () => {
	assert.deepEqual(await stack.faults(), []);
	const { status, stdout } = await stack.ctl("verify");
	assert.equal(status, 0, stdout);
});
