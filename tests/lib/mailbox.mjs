// A mailbox for a stack: the settings with which Daybook hands its mail to a test program, which keeps each message as
// a file.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { until } from "./http.mjs";

export function mailbox() {
	const dir = mkdtempSync(path.join(tmpdir(), "daybook-mail."));
	const program = path.join(dir, "sendmail"), box = path.join(dir, "box"), broken = path.join(dir, "broken");
	let seen = 0;

	// A message may be arriving.
	after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 9, retryDelay: 100 }));
	mkdirSync(box);
	writeFileSync(program, `#!/bin/sh
		[ -e ${broken} ] && exit 75
		name=$(mktemp ${box}/.XXXXXX) && cat >"$name" && echo "$*" >>${dir}/arguments &&
			mv "$name" "${box}/$(date +%s%N)"\n`);
	chmodSync(program, 0o755);

	function messages() {
		return readdirSync(box).filter((name) => !name.startsWith(".")).sort()
			.map((name) => readFileSync(path.join(box, name), "utf8"));
	}

	// What tells people of a sign-in or a token of theirs comes whatever a test is about.
	const isNotice = (message) => /^Subject: New /m.test(message);
	const letters = () => messages().filter((message) => !isNotice(message));

	return {
		settings: {
			mail_command: `${program} -t -i`, mail_from: "daybook@example.org",
			public_url: "https://daybook.example.org/",
		},
		messages,
		breakIt: () => writeFileSync(broken, ""),
		mendIt: () => rmSync(broken),
		// The next message that was not yet looked at, but for notices: {head, text, link, token}.
		async next() {
			const message = await until("there is mail", () => letters()[seen], 30);
			const [head, ...text] = message.split("\n\n");
			const link = /https:\S+#\w+=\S+/.exec(message)?.[0];
			seen++;
			return { head, text: text.join("\n\n"), link, token: link?.replace(/.*=/, "") };
		},
	};
}
