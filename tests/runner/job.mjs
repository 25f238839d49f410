// One job: a program, until it ends or times out.  It has a process group of its own, so that all of it can be ended,
// and it ends with this process.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "./parts.mjs";

const GRACE = 30_000; // milliseconds between SIGTERM and SIGKILL

function signal(pid, name) {
	try {
		process.kill(-pid, name);
	} catch {
		// the last of the group has gone
	}
}

/**
 * Starts it: {ended, end(why)}.  ended: {status, output, seconds, why}, why being null unless it was ended from here.
 */
export function begin(job, { folder, env, until }) {
	const file = path.join(folder, `${job.part}-${job.name}.log`), log = openSync(file, "w"), begun = Date.now();
	const patience = Math.min(job.limit * 1000, Math.max(0, until - begun));
	let why = null, insist;

	if (job.scratch)
		mkdirSync(job.scratch, { recursive: true });
	const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", ...job.command],
		{
			cwd: root, detached: true, stdio: ["ignore", log, log],
			env: { ...process.env, ...env, ...job.env },
		});
	closeSync(log);
	const end = (reason) => {
		why ??= reason;
		signal(child.pid, "SIGTERM");
		insist ??= setTimeout(() => signal(child.pid, "SIGKILL"), GRACE);
	};
	const timer = setTimeout(() => end(`it had not ended after ${Math.round(patience / 1000)} s`), patience);
	const ended = new Promise((resolve) => {
		const settle = (status) => {
			clearTimeout(timer);
			clearTimeout(insist);
			signal(child.pid, "SIGKILL"); // whatever it left
			if (job.scratch && status === 0)
				rmSync(job.scratch, { recursive: true, force: true });
			resolve({
				status, output: readFileSync(file, "utf8"), seconds: (Date.now() - begun) / 1000, why,
			});
		};
		child.once("exit", (code, name) => settle(code ?? name));
		child.once("error", (error) => settle(error.message));
	});
	return { job, begun, ended, end };
}

/**
 * What still runs in the folder when all jobs have ended: the servers and browsers of one that was
 * ended.  Their command lines name it.
 */
export function endStrays(folder) {
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid))
		try {
			if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`${folder}/`))
				process.kill(Number(pid), "SIGKILL");
		} catch {
			// it has ended, or is somebody else's
		}
}
