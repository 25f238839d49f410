// Was every write kept exactly once, and does everybody hold the same?  A pure function from a history to the
// violations found in it, so that the checker itself can be tested with histories that are wrong on purpose.  The
// numbers are those of the invariants in tests/README.md.
//
// history = {
//   sent:    [{ user, op }]                                        every op that ever left a client
//   answers: [{ user, op, collection, id, status, version, seq }]  every answer to one of them, repeats too
//   pages:   { device: [{ since, until, head, changes }] }         what each device was delivered, in order;
//                                                                  since "" = a load anew
//   reads:   [{ device, user, key, version, seq, held, head }]     after an answer, the device's next pull: what it
//                                                                  held then
//   devices: { device: text }                                      everything each device holds at the end
//   views:   { device: device }                                    with whose fresh load it is to be compared
//   server:  { device: text }                                      of a fresh device, the same read as lists instead
//                                                                  of the feed
//   audit:   [{ seq, tx_seq, collection, id, version, user, op, action, owner, changes }]
//   records: [{ collection, id, version, seq, deleted, owner, fields }]
//   head:    seq of the space
// }
import { canonical } from "./hashes.mjs";

const written = new Set(["applied", "merged"]);

function keyOf(row) {
	return `${row.collection}/${row.id}`;
}

function group(rows, key) {
	const groups = new Map();

	for (const row of rows) {
		const name = key(row);
		if (!groups.has(name))
			groups.set(name, []);
		groups.get(name).push(row);
	}
	return groups;
}

// I1: every acknowledged write is in the audit exactly once, with the seq and version that were answered.
function acknowledgedOnce({ answers, audit }, violate) {
	const rows = group(audit.filter((row) => row.op !== null), (row) => `${row.user} ${row.op}`);

	for (const answer of answers.filter(({ status }) => written.has(status))) {
		const { op, status, seq, version } = answer;
		const found = rows.get(`${answer.user} ${op}`) ?? [], [row] = found;
		if (found.length !== 1)
			violate("I1", `op ${op} was answered ${status} and is in the audit ${found.length} times`);
		else if (row.seq !== seq || row.version !== version || keyOf(row) !== keyOf(answer))
			violate("I1", `op ${op} was answered seq ${seq} version ${version}, ` +
				`the audit has ${row.seq} and ${row.version}`);
	}
}

// I2: no op is applied twice, whatever was answered; its repeats are told of the first application; none comes from
// nowhere.
function appliedAtMostOnce({ sent, answers, audit }, violate) {
	const known = new Set(sent.map((op) => `${op.user} ${op.op}`));

	for (const [name, rows] of group(audit.filter((row) => row.op !== null), (row) => `${row.user} ${row.op}`)) {
		if (rows.length > 1)
			violate("I2", `op ${name} is in the audit ${rows.length} times`);
		if (!known.has(name))
			violate("I2", `op ${name} is in the audit, but nobody sent it`);
	}
	const repeats = ["duplicate", "unchanged"];
	const taken = answers.filter(({ status }) => written.has(status) || repeats.includes(status));
	for (const [name, all] of group(taken, (answer) => `${answer.user} ${answer.op}`)) {
		if (new Set(all.map((answer) => `${answer.seq} ${answer.version}`)).size > 1)
			violate("I2", `op ${name} was answered with different seqs or versions`);
		if (all.filter((answer) => written.has(answer.status)).length > 1)
			violate("I2", `op ${name} was answered as applied more than once`);
	}
}

// I3: the seqs of the audit are 1 to head, and transactions are runs of them.
function gapless({ audit, head }, violate) {
	audit.forEach((row, i) => {
		if (row.seq !== i + 1)
			violate("I3", `seq ${i + 1} is missing, ${row.seq} stands in its place`);
		if (row.tx_seq !== row.seq && row.tx_seq !== audit[i - 1]?.tx_seq)
			violate("I3", `seq ${row.seq} belongs to transaction ${row.tx_seq}, the row before does not`);
	});
	if (audit.length !== head)
		violate("I3", `the space is at ${head}, the audit has ${audit.length} rows`);
}

// I4: versions of a record are 1 to n, and each change begins where the one before ended.
function versionsFollow({ audit }, violate) {
	for (const [key, rows] of group(audit, keyOf)) {
		const fields = {};
		rows.forEach((row, i) => {
			if (row.version !== i + 1)
				violate("I4", `${key} has version ${row.version} where ${i + 1} belongs`);
			for (const [name, [before, after]] of Object.entries(row.changes)) {
				const was = canonical(fields[name] ?? null);
				if (was !== canonical(before))
					violate("I4", `${key} version ${row.version}: ${name} was ${was}, ` +
						`the change begins with ${canonical(before)}`);
				fields[name] = after;
			}
		});
	}
}

// I6: no cursor skips: pages follow each other, seqs rise, and what they bring together is what the device holds.
function cursorsNeverSkip({ pages, devices }, violate) {
	for (const [device, list] of Object.entries(pages)) {
		const held = new Map();
		let until = "", seq = 0;
		for (const page of list) {
			if (page.since === "") {
				held.clear();
				seq = 0;
			} else if (page.since !== until) {
				violate("I6", `${device} went on from a cursor it was not given`);
			}
			for (const change of page.changes) {
				if (change.seq <= seq)
					violate("I6", `${device} was given seq ${change.seq} after ${seq}`);
				seq = change.seq;
				if (change.record === undefined)
					held.delete(keyOf(change));
				else
					held.set(keyOf(change), change.record);
			}
			until = page.until;
		}
		const text = [...held].sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, record]) => `${key} ${canonical(record)}\n`).join("");
		if (text !== devices[device])
			violate("I6", `${device} does not hold what its pages brought`);
	}
}

// I7: after quiet, a device, a fresh device of the same person, and the server's own lists are the same to the byte.
function allTheSame({ devices, views, server }, violate) {
	for (const [device, fresh] of Object.entries(views))
		if (devices[device] !== devices[fresh])
			violate("I7", `${device} does not hold what the fresh ${fresh} holds`);
	for (const [device, text] of Object.entries(server))
		if (devices[device] !== text)
			violate("I7", `the lists of the server are not what the fresh ${device} holds`);
}

// I8: a device finds its own write, or a later one, in its next pull.
function readsItsWrites({ reads, audit }, violate) {
	const rows = group(audit, keyOf);

	for (const read of reads) {
		if (read.head < read.seq)
			violate("I8",
				`${read.device} was answered seq ${read.seq}, and its next pull ended at ${read.head}`);
		const gone = read.held === 0 && (rows.get(read.key) ?? []).some((row) => row.seq <= read.head &&
			row.version >= read.version && (row.action === "deleted" || row.owner !== read.user));
		if (read.held < read.version && !gone)
			violate("I8", `${read.device} wrote version ${read.version} of ${read.key} at seq ` +
				`${read.seq}, and held version ${read.held} after its next pull to ${read.head}`);
	}
}

// I9: the audit, replayed from nothing, gives the records.
function replayGivesRecords({ audit, records }, violate) {
	const played = new Map();

	for (const row of audit) {
		const { fields = {} } = played.get(keyOf(row)) ?? {};
		for (const [name, [, after]] of Object.entries(row.changes))
			fields[name] = after;
		played.set(keyOf(row), {
			version: row.version, seq: row.seq, deleted: row.action === "deleted", owner: row.owner, fields,
		});
	}
	for (const record of records) {
		const { fields, ...rest } = played.get(keyOf(record)) ?? {};
		const is = canonical({
			version: record.version, seq: record.seq, deleted: record.deleted, owner: record.owner,
		});
		if (canonical(rest) !== is)
			violate("I9", `${keyOf(record)} is ${is}, the audit says ${canonical(rest)}`);
		const there = Object.entries(fields ?? {})
			.filter(([name, value]) => value !== null && name !== "renamedFrom");
		if (canonical(Object.fromEntries(there)) !== canonical(record.fields))
			violate("I9", `${keyOf(record)} has other fields than the audit gives it`);
		played.delete(keyOf(record));
	}
	for (const key of played.keys())
		violate("I9", `${key} is in the audit and not among the records`);
}

const invariants = [
	acknowledgedOnce, appliedAtMostOnce, gapless, versionsFollow, cursorsNeverSkip, allTheSame, readsItsWrites,
	replayGivesRecords,
];

// The violations as ["I3: seq 7 is missing …"]; at most a few of each invariant.
export function check(history) {
	const found = [], counts = {};

	for (const invariant of invariants)
		invariant(history, (name, what) => {
			counts[name] = (counts[name] ?? 0) + 1;
			if (counts[name] <= 5)
				found.push(`${name}: ${what}`);
		});
	return found;
}

// The database's part of a history, by SQL.
export async function readServer(stack, space) {
	const fields = (row, open, hidden) =>
		({ ...JSON.parse(row[open] ?? "{}"), ...JSON.parse(row[hidden] ?? "{}") });
	const audit = await stack.sql(`SELECT seq, tx_seq, collection, record_id AS id, version, user_id AS user,
		  op_id AS op, action, owner_id AS owner, changes, private_changes
		FROM audit WHERE space_id = '${space.id}' ORDER BY seq`);
	const records = await stack.sql(`SELECT collection, id, version, seq, deleted, owner_id AS owner,
		  doc, doc_private
		FROM record WHERE space_id = '${space.id}' ORDER BY collection, id`);

	return {
		head: await stack.head(space),
		audit: audit.map(({ changes, private_changes, ...row }) => ({
			...row, seq: Number(row.seq), tx_seq: Number(row.tx_seq), version: Number(row.version),
			changes: fields({ changes, private_changes }, "changes", "private_changes"),
		})),
		records: records.map(({ doc, doc_private, ...row }) => ({
			...row, version: Number(row.version), seq: Number(row.seq), deleted: row.deleted === "1",
			fields: fields({ doc, doc_private }, "doc", "doc_private"),
		})),
	};
}
