// Whose password a form asks for again.  Without this a password manager takes the field above the password for the
// name of the account.

import { session } from "../base/state.js";

/** Is not seen.  The first field of every form with a password in which the person's address is not asked for. */
export function UserName() {
	const { email } = session.value.user;
	return <input type="text" name="username" autocomplete="username" value={email} readOnly hidden />;
}
