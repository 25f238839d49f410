// What `make install` brings, held against the pages that tell an operator to use it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../../", import.meta.url));

test("every file that a page of deploy/ says is installed exists after make install", (t) => {
	const root = mkdtempSync(path.join(tmpdir(), "daybook-install-"));
	t.after(() => rmSync(root, { recursive: true, force: true }));
	const mode = `MODE=${process.env.DAYBOOK_MODE ?? "release"}`;
	const build = process.env.DAYBOOK_BUILD ? [`B=${process.env.DAYBOOK_BUILD}`] : [];
	execFileSync("make", ["-s", "--no-print-directory", mode, ...build, `DESTDIR=${root}`, "install"],
		{ cwd: top, stdio: ["ignore", "pipe", "pipe"] });

	const pages = readdirSync(path.join(top, "deploy")).filter((name) => name.endsWith(".md"))
		.map((name) => readFileSync(path.join(top, "deploy", name), "utf8"));
	const systemd = path.join(top, "deploy", "systemd");
	const units = readdirSync(systemd).filter((name) => /\.(service|timer|cron)$/.test(name));
	assert.ok(units.length >= 8);
	pages.push(...units.map((name) => readFileSync(path.join(systemd, name), "utf8")));
	const named = new Set(pages.join("\n").match(/\/usr\/local\/(?:share|bin)[\w./-]*\w/g));
	assert.ok(named.size >= 5);
	assert.deepEqual([...named].filter((name) => !existsSync(path.join(root, name))), []);

	// The scripts find each other and the program there.
	const said = execFileSync(path.join(root, "usr/local/bin/daybookctl"), ["backup", "--help"]).toString();
	assert.match(said, /^usage: deploy\/backup /);
});
