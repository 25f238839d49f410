// Notices above every screen about the whole app: the past is on the screen, the sign-in has ended, damaged data was
// repaired, a new version waits, the space is nearly full.  The screen stays usable.

import { signal } from "@preact/signals";
import { Button, IconButton, Notice, formatNumber } from "../ui/index.js";
import { signInAgain } from "../base/handheld.js";
import { show } from "../base/layer.js";
import { Link, address } from "../base/router.jsx";
import { hasRole, session, spaceInfo, status } from "../base/state.js";
import { useAsked } from "../base/asked.js";
import { PastNotice } from "../generic/as-of.jsx";
import { askHolding, fullest, percentOf, putOff } from "./holding.js";
import { Mended, mended } from "./mended.jsx";
import { takeUpdate, updateReady } from "./worker.js";

const updatePutOff = signal(false);

const EXPIRED = {
	pin: {
		action: "Enter PIN",
		words: "Your PIN is asked for again. What you do is kept on this device; enter it to send it.",
	},
	password: {
		action: "Sign in",
		words: "Your sign-in has ended. What you do is kept on this device; sign in again to send it.",
	},
};

function Expired() {
	const { action, words } = EXPIRED[session.value.kind];
	return (
		<Notice
			icon="lock" kind="warn"
			action={<Button small kind="primary" onClick={signInAgain}>{action}</Button>}
		>
			{words}
		</Notice>
	);
}

function Update() {
	const later = () => { updatePutOff.value = true; };
	const actions = (
		<>
			<Button small kind="primary" onClick={takeUpdate}>Reload</Button>
			<IconButton icon="close" label="Later" onClick={later} />
		</>
	);
	return (
		<Notice icon="sync" kind="info" action={actions}>
			A new version is ready. What you have typed is kept.
		</Notice>
	);
}

function Look() {
	return <Button small onClick={() => show("chip")}>Review</Button>;
}

function Question() {
	const { deletes, of } = status.value.question;
	return (
		<Notice icon="help" kind="warn" action={<Look />}>
			The server deleted {formatNumber(deletes)} of {formatNumber(of)} records. This device kept its
			copies until you decide.
		</Notice>
	);
}

function Gone() {
	return (
		<Notice icon="bad" kind="bad" action={<Look />}>
			{status.value.gone.reason} What is here stays until you let it go.
		</Notice>
	);
}

// Asked again whenever the server has refused something, because that may be the reason.  The screen that it leads to
// says the same.
function Full() {
	const { id, name, kind } = spaceInfo.value;
	const { data } = useAsked(() => askHolding(id), id, status.value.failed);
	const part = data && fullest(data);
	const key = `${id}/${part?.name}/${part?.level}`;
	const place = kind === "team" ? "/team/storage" : "/settings/storage";
	if (!part || putOff.value.has(key) || address.value.path === place)
		return null;
	const later = () => { putOff.value = new Set([...putOff.value, key]); };
	const close = <IconButton icon="close" label="Later" onClick={later} />;
	return (
		<Notice icon="package" kind={part.level === "full" ? "bad" : "warn"} action={close}>
			<bdi>{name}</bdi>{" "}
			{part.level === "full"
				? `has reached its limit for ${part.of}.`
				: `has used ${percentOf(part)} of its limit for ${part.of}.`}{" "}
			<Link to={place}>View storage</Link>
		</Notice>
	);
}

// The answer is for those who can have more room made; only they, and only a server that is there, are asked.
function isOwnerInStep() {
	const { gone, trouble, lastAt } = status.value ?? {};
	return session.value.status === "in" && spaceInfo.value && hasRole("owner") && lastAt && !gone && !trouble;
}

export function Notices() {
	return (
		<div class="notices">
			<PastNotice />
			{session.value.status === "expired" && <Expired />}
			{mended() && <Mended />}
			{status.value?.gone && <Gone />}
			{status.value?.question && <Question />}
			{isOwnerInStep() && <Full key={spaceInfo.value.id} />}
			{updateReady.value && !updatePutOff.value && <Update />}
		</div>
	);
}
