// What the systemd unit forbids the service: each directive is there, so that none is lost by an edit.  Where
// systemd-analyze is installed, it rates the unit.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../../deploy/systemd/daybook.service", import.meta.url));
const unit = readFileSync(file, "utf8");
const MOST = 0.8;

test("the unit forbids what the service does not need", () => {
	for (const line of [
		"NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
		"PrivateDevices=yes",
		"PrivateNetwork=yes", "PrivateIPC=yes", "PrivateMounts=yes", "ProtectProc=invisible",
		"ProcSubset=pid",
		"RestrictAddressFamilies=AF_UNIX", "IPAddressDeny=any", "RestrictNamespaces=yes",
		"RestrictSUIDSGID=yes",
		"MemoryDenyWriteExecute=yes", "CapabilityBoundingSet=", "SystemCallArchitectures=native",
		"SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources", "UMask=0077",
	])
		assert.ok(unit.includes(`\n${line}\n`), line);
});

test("systemd-analyze rates the unit 0.8 or better", (t) => {
	const rated = spawnSync("systemd-analyze", ["security", "--offline=yes", file], { encoding: "utf8" });
	const found = /exposure level for \S+: (\d+\.\d+)/.exec(rated.stdout ?? "");

	if (found === null) {
		t.skip("systemd-analyze 250 or newer is not installed");
		return;
	}
	assert.ok(Number(found[1]) <= MOST, found[0]);
});

// What the unit allows, by name: the groups that its filters add, less those that they take away.
function allowedCalls() {
	const groups = (words) => words.flatMap((word) => {
		const shown = spawnSync("systemd-analyze", ["syscall-filter", word], { encoding: "utf8" }).stdout ?? "";
		return shown.split("\n").map((line) => line.trim()).filter((line) => /^[@a-z_]/.test(line)).slice(1)
			.flatMap((name) => name.startsWith("@") ? groups([name]) : [name]);
	});
	const allowed = new Set();
	for (const [, not, words] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm))
		for (const name of groups(words.split(" ")))
			allowed[not === "~" ? "delete" : "add"](name);
	return allowed;
}

test("the unit allows every system call that the hardened tests allow", (t) => {
	const text = readFileSync(fileURLToPath(new URL("../lib/confine.c", import.meta.url)), "utf8");
	const calls = [...text.matchAll(/\bCALL\((\w+)\)/g)].map(([, name]) => name).filter((name) => name !== "name");
	const allowed = allowedCalls();

	assert.ok(calls.length > 100);
	if (allowed.size === 0) {
		t.skip("systemd-analyze is not installed");
		return;
	}
	assert.ok(!allowed.has("mount") && allowed.has("read"));
	assert.deepEqual(calls.filter((name) => !allowed.has(name)), []);
});
