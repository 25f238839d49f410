// The door of a shared handheld: the names of the people who use it, then large keys for the PIN.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, Empty, Icon, Trouble, Waiting } from "../ui/index.js";
import { DoorFrame } from "./door-frame.jsx";
import { touched } from "../base/handheld.js";
import { engine } from "../base/state.js";
import { useTask } from "../base/task.js";
import { initials, sentence } from "../base/words.js";

const SHORTEST = 4, LONGEST = 12; // digits that can be typed; the server decides what a PIN may have
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

function usePeople() {
	const [state, setState] = useState({ people: null, error: null });
	const load = async () => {
		try {
			setState({ people: await engine.handheldPeople(), error: null });
		} catch (error) {
			setState({ people: null, error });
		}
	};
	useEffect(() => {
		load();
	}, []);
	return { ...state, load };
}

function Dots({ count }) {
	return (
		<p class="pin-dots line gap-3" role="status" aria-label={`${count} digits`}>
			{Array.from({ length: Math.max(SHORTEST, count) }, (_, at) => (
				<span key={at} class="pin-dot" data-on={at < count ? "true" : undefined} />
			))}
		</p>
	);
}

function Digit({ digit, onType }) {
	return <button type="button" class="pin-key card centre medium" onClick={() => onType(digit)}>{digit}</button>;
}

function Pad({ person, onBack }) {
	const typed = useRef(""); // digits may be typed faster than the screen is drawn
	const [pin, setPin] = useState("");
	const task = useTask();
	const put = (digits) => {
		typed.current = digits.slice(0, LONGEST);
		setPin(typed.current);
	};
	const type = (digit) => {
		task.forget();
		put(typed.current + digit);
	};
	const back = () => put(typed.current.slice(0, -1));
	const enter = async () => {
		const pinNow = typed.current;
		touched();
		if (pinNow.length < SHORTEST)
			return;
		if (!await task.run(() => engine.signInWithPin({ user: person.id, pin: pinNow })))
			put("");
	};
	useLayoutEffect(() => {
		const key = (event) => {
			if (/^\d$/.test(event.key))
				type(event.key);
			else if (event.key === "Backspace")
				back();
			else if (event.key === "Enter" && event.target.tagName !== "BUTTON")
				enter();
			else if (event.key === "Escape")
				onBack();
		};
		addEventListener("keydown", key);
		return () => removeEventListener("keydown", key);
	});
	const others = <Button kind="quiet" icon="back" onClick={onBack}>Not you?</Button>;
	return (
		<DoorFrame title={person.name} name="PIN" foot={others}>
			<div class="pin axis stack gap-3">
				<Dots count={pin.length} />
				<p class="pin-problem amid bad" role="alert">
					{task.error ? sentence(task.error) : ""}
				</p>
				<div class="pin-keys stack gap-2 full">
					{DIGITS.map((digit) => <Digit key={digit} digit={digit} onType={type} />)}
					<button
						type="button" class="pin-key card centre medium"
						aria-label="Delete last digit"
						disabled={pin.length === 0} onClick={back}
					>
						<Icon name="back" size={28} />
					</button>
					<Digit digit="0" onType={type} />
					<button
						type="button" class="pin-key card centre medium pin-enter"
						aria-label="Sign in"
						disabled={pin.length < SHORTEST || task.busy} onClick={enter}
					>
						<Icon name="check" size={28} />
					</button>
				</div>
			</div>
		</DoorFrame>
	);
}

function Names({ people, onChoose }) {
	return (
		<ul class="names columns" role="list">
			{people.map((person) => (
				<li key={person.id}>
					<button
						type="button" class="person axis card stack gap-2 full medium"
						onClick={() => onChoose(person)}
					>
						<span class="person-mark disc" aria-hidden="true">
							{person.initials ?? initials(person.name)}
						</span>
						<span class="person-name" dir="auto">{person.name}</span>
					</button>
				</li>
			))}
		</ul>
	);
}

const NOBODY = "Nobody has a PIN here yet. Members choose theirs under Settings.";

export default function HandheldDoor({ handheld, onOwn }) {
	const { people, error, load } = usePeople();
	const [person, setPerson] = useState(null);

	if (person)
		return <Pad key={person.id} person={person} onBack={() => setPerson(null)} />;
	const foot = (
		<>
			<span><bdi>{handheld.name}</bdi> · <bdi>{handheld.spaceName}</bdi></span>
			<Button kind="quiet" onClick={onOwn}>Use password instead</Button>
		</>
	);
	return (
		<DoorFrame title="Who are you?" wide foot={foot}>
			{error && <Trouble text={sentence(error)} onRetry={load} />}
			{!error && !people && <Waiting rows={4} />}
			{people?.length === 0 && <Empty icon="users" text={NOBODY} />}
			{people?.length > 0 && <Names people={people} onChoose={setPerson} />}
		</DoorFrame>
	);
}
