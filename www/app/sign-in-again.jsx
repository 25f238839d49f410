// The same person signs in again after their sign-in has ended; the screen underneath stays as it is.

import { Sheet, toast } from "../ui/index.js";
import { SignInForm } from "./door.jsx";
import { session, space } from "../base/state.js";

export default function SignInAgain({ onClose }) {
	const { user, notice } = session.value;
	const done = () => {
		onClose();
		toast("You are signed in again.", { kind: "good" });
		space.value?.sync();
	};
	return (
		<Sheet title="Sign in again" onClose={onClose}>
			<p class="soft">
				{notice ?? "Your sign-in has ended."} What you did since then is on this device and is
				sent afterwards.
			</p>
			<SignInForm email={user.email} done={done} />
		</Sheet>
	);
}
