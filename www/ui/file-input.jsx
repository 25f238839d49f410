// An input for a photo or a receipt, taken with the camera or chosen.  It is stored at once by add(blob), which
// resolves to its name, and shown from read(name).

import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.jsx";
import { useGroup } from "./field.jsx";
import { Icon } from "./icon.jsx";

const TYPES = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf";
const MOST = 10 * 1024 * 1024; // bytes; the server's own limit may differ

/**
 * Tells a form of a file that is being stored: (promise, use).  The promise resolves to its name; use(name) takes it.
 */
export const FilesComing = createContext((promise, use) => promise.then(use, () => {}));

/**
 * For a form that is sent by act(): {coming, wait, forget, isWaiting}.  coming: the value for <FilesComing.Provider>.
 * wait(): returns whether files are still being stored; if so, act is called once all of them are, and not if one
 * cannot be stored.  forget(): those files are no longer wanted.
 */
export function useFilesFirst(act) {
	const [count, setCount] = useState(0), [isWaiting, setWaiting] = useState(false);
	const round = useRef(0); // files of an earlier round are no longer wanted
	useEffect(() => {
		if (!isWaiting || count > 0)
			return;
		setWaiting(false);
		act();
	}, [isWaiting, count]);
	return {
		isWaiting,
		wait() {
			setWaiting(count > 0);
			return count > 0;
		},
		coming(promise, use) {
			const mine = round.current;
			setCount((before) => before + 1);
			promise.then((name) => mine === round.current && use(name), () => setWaiting(false))
				.then(() => setCount((before) => before - 1));
		},
		forget() {
			round.current += 1;
			setWaiting(false);
		},
	};
}

const AWAY = "It can be seen when the server can be reached.";

/** The address of a file for <img>, or what went wrong: {url, type, problem}. */
export function useFile(value, read) {
	const [file, setFile] = useState({});
	useEffect(() => {
		let url = null, isGone = false;
		const show = (blob) => {
			url = isGone ? null : URL.createObjectURL(blob);
			if (url)
				setFile({ url, type: blob.type });
		};
		const fail = (error) => {
			if (!isGone)
				setFile({ problem: error.status === 0 ? AWAY : "It cannot be shown." });
		};
		setFile({});
		if (value)
			read(value).then(show, fail);
		return () => {
			isGone = true;
			if (url)
				URL.revokeObjectURL(url);
		};
	}, [value]);
	return file;
}

/** A photo, or a line that opens the file. */
export function FileView({ value, read, label }) {
	const [isBroken, setBroken] = useState(false);
	const { url, type, problem } = useFile(value, read);
	if (problem)
		return <p class="file-problem line touch hint"><Icon name="image" /> {problem}</p>;
	if (!url)
		return <div class="file-space" aria-hidden="true" />;
	if (type?.startsWith("image/") && !isBroken)
		return (
			<a class="file-photo" href={url} target="_blank" rel="noopener">
				<img src={url} alt={label} onError={() => setBroken(true)} />
			</a>
		);
	return (
		<a class="line touch" href={url} target="_blank" rel="noopener">
			<Icon name="file" /> Open the file
		</a>
	);
}

function Pick({ words, icon, camera, disabled, onFile }) {
	const pick = (event) => {
		const [file] = event.currentTarget.files;
		event.currentTarget.value = "";
		if (file)
			onFile(file);
	};
	return (
		<label class={disabled ? "button file-pick covered off" : "button file-pick covered"}>
			<Icon name={icon} />
			<span>{words}</span>
			<input
				class="cover" type="file" accept={camera ? "image/*" : TYPES}
				capture={camera ? "environment" : undefined}
				disabled={disabled} onChange={pick}
			/>
		</label>
	);
}

export function FileInput({ value, onInput, add, read, label, name, disabled }) {
	const [state, setState] = useState({ busy: false, problem: null });
	const group = useGroup({ label }), coming = useContext(FilesComing);

	function take(file) {
		const settle = (problem) => setState({ busy: false, problem });
		if (file.size > MOST)
			return settle(`This file has ${(file.size / 1048576).toFixed(1)} MB; 10 MB are the most.`);
		const kept = add(file);
		setState({ busy: true, problem: null });
		coming(kept, onInput);
		kept.then(() => settle(null), (error) => settle(`This device could not keep it: ${error.message}`));
	}

	return (
		<div class="stack gap-2" role="group" data-name={name} {...group}>
			{value && <FileView value={value} read={read} label={label ?? "Photo"} />}
			{!disabled && (
				<div class="file-acts flow" aria-busy={state.busy ? "true" : undefined}>
					<Pick
						words={value ? "New photo" : "Take a photo"} icon="camera" camera
						onFile={take} disabled={state.busy}
					/>
					<Pick words="Choose a file" icon="upload" onFile={take} disabled={state.busy} />
					{value && (
						<Button kind="quiet" icon="trash" onClick={() => onInput(null)}>
							Remove
						</Button>
					)}
				</div>
			)}
			{state.problem && <p class="field-problem small bad" role="alert">{state.problem}</p>}
		</div>
	);
}
