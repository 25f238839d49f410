// What an operator types about backups, and tools that die or are missing while they run.
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { programs, root, run } from "../harness.mjs";

async function writeProgram(file, script) {
	await writeFile(file, `#!/bin/bash\n${script}\n`);
	await chmod(file, 0o755);
}

/** deploy/backup and deploy/restore for a stack: each resolves to {status, stdout, stderr}. */
export class Operator {
	constructor(stack) {
		this.stack = stack;
		this.store = path.join(stack.dir, "backups");
	}

	// In a session of its own, so that a tool can kill the whole of it: status is then SIGKILL.
	async type(program, words, env) {
		const config = words.includes("--config") ? [] : ["--config", this.stack.config];
		return run("setsid", ["--wait", path.join(root, "deploy", program), ...config, ...words],
			{ env: { DAYBOOK_BUILD: programs, TMPDIR: this.stack.dir, ...env } });
	}

	backup(words = [], env = {}) { return this.type("backup", words, env); }
	restore(words = [], env = {}) { return this.type("restore", words, env); }

	// The names of all whole backups, oldest first.
	async backups(folder = this.store) {
		return (await readdir(folder).catch(() => [])).filter((name) => /^\d{8}T\d{6}Z$/.test(name)).sort();
	}

	// The newest of them as a path.
	async newest() {
		return path.join(this.store, (await this.backups()).at(-1));
	}

	// PATH with a tool before the others, as a script of bash; $tool is the path of the real one.
	async pathWith(tool, script) {
		const folder = await mkdtemp(path.join(this.stack.dir, "tools."));
		await writeProgram(path.join(folder, tool), `tool=$(PATH=\${PATH#*:} command -v ${tool})\n${script}`);
		return { PATH: `${folder}:${process.env.PATH}` };
	}

	// PATH without a tool: a folder of links to all others, which is the same one each time.
	async pathWithout(tool) {
		if (this.links === undefined) {
			this.links = await mkdtemp(path.join(this.stack.dir, "tools."));
			await Promise.all((await readdir("/usr/bin"))
				.map((name) => symlink(path.join("/usr/bin", name), path.join(this.links, name))));
		}
		if (this.hidden !== undefined)
			await symlink(path.join("/usr/bin", this.hidden), path.join(this.links, this.hidden));
		await rm(path.join(this.links, tool));
		this.hidden = tool;
		return { PATH: this.links };
	}

	// A folder of programs whose daybookctl is a script; $tool is the path of the real one.
	async programsWith(script) {
		const folder = await mkdtemp(path.join(this.stack.dir, "programs."));
		const tool = path.join(programs, "daybookctl");
		await writeProgram(path.join(folder, "daybookctl"), `tool=${tool}\n${script}`);
		return { DAYBOOK_BUILD: folder };
	}

	async folder(name) {
		const whole = path.join(this.stack.dir, name);
		await mkdir(whole, { recursive: true });
		return whole;
	}
}

export function done({ status, stdout, stderr }) {
	assert.equal(status, 0, stdout + stderr);
}

export function failed({ status, stdout, stderr }, expected, words) {
	assert.equal(status, expected, stdout + stderr);
	assert.match(stderr, words);
}

export function killed({ status, stdout, stderr }) {
	assert.equal(status, "SIGKILL", stdout + stderr);
}

/** Every process of the session is killed at once, as by a power cut. */
export const DIE = "kill -KILL 0";
