// This device: the installed app, its storage, how often it looks for changes of others.

import { useState } from "preact/hooks";
import { Button, Field, Notice, Select, Tag, formatSize } from "../ui/index.js";
import { useAsked } from "../base/asked.js";
import { canInstall, install, isInstalled } from "./install.js";
import { POLLS, keepPoll, readPoll } from "../base/preferences.js";
import { engine, status } from "../base/state.js";
import { takeUpdate, updateReady, worksOffline } from "./worker.js";

function App() {
	return (
		<section class="group stack">
			<h2>The app</h2>
			<dl class="facts">
				<div><dt>Name of this device</dt><dd><bdi>{engine.device.name}</bdi></dd></div>
				<div>
					<dt>Installed</dt>
					<dd>{isInstalled ? "yes" : "no, it runs in the browser"}</dd>
				</div>
				<div>
					<dt>Opens without a network</dt>
					<dd>{worksOffline.value ? <Tag kind="good" icon="check">yes</Tag> : "no"}</dd>
				</div>
			</dl>
			{!isSecureContext && (
				<Notice kind="info">
					This address has no https, so the browser does not let the app open offline.
					While the server answers, everything works.
				</Notice>
			)}
			{updateReady.value && (
				<div>
					<Button kind="primary" icon="sync" onClick={takeUpdate}>
						Load the new version
					</Button>
				</div>
			)}
			{canInstall.value && (
				<div><Button icon="download" onClick={install}>Install the app</Button></div>
			)}
			{!isInstalled && !canInstall.value && isSecureContext && (
				<p class="hint">
					To install it, use “Add to home screen” or “Install” in the menu of your
					browser.
				</p>
			)}
		</section>
	);
}

function Storage() {
	const { data, ask } = useAsked(async () => ({
		...(await navigator.storage?.estimate?.()),
		isKept: (await navigator.storage?.persisted?.()) ?? status.value.persisted,
	}));
	const keep = async () => {
		await navigator.storage.persist();
		ask();
	};
	return (
		<section class="group stack">
			<h2>Storage</h2>
			<dl class="facts">
				<div>
					<dt>Kept by the browser</dt>
					{data?.isKept ? (
						<dd><Tag kind="good" icon="check">until you sign out</Tag></dd>
					) : (
						<dd>as long as there is room</dd>
					)}
				</div>
				{data?.usage !== undefined && (
					<div>
						<dt>Used</dt>
						<dd>
							{formatSize(data.usage)}
							{data.quota ? ` of ${formatSize(data.quota)}` : ""}
						</dd>
					</div>
				)}
			</dl>
			{data && !data.isKept && navigator.storage?.persist && (
				<>
					<p class="hint">
						When a device is short of room, a browser may throw away what pages
						keep, also what is not sent yet. Ask it not to; an installed app is kept
						most surely.
					</p>
					<div><Button onClick={keep}>Protect offline data</Button></div>
				</>
			)}
		</section>
	);
}

const POLL_HELP = "While you look at it; holds from the next start on. " +
	"In the background it looks less often, after your own changes at once.";

function Poll() {
	const [poll, setPoll] = useState(readPoll());
	const choose = (value) => {
		keepPoll(Number(value));
		setPoll(Number(value));
	};
	return (
		<section class="group stack">
			<Field label="Looks for news of others" help={POLL_HELP}>
				<Select
					value={String(poll)} onInput={choose}
					options={POLLS.map(([ms, words]) => [String(ms), words])}
				/>
			</Field>
		</section>
	);
}

export default function Device() {
	return <div class="stack gap-6"><App /><Storage /><Poll /></div>;
}
