// An error in a screen stops only that screen: the rest of the page goes on, and the person can come back.

import { Component } from "preact";
import { Button, Trouble } from "../ui/index.js";
import { report } from "../base/errors.js";

const STOPPED = "This screen came to a stop. Nothing you wrote is lost, and the error was reported.";

/** Draws its children until one throws while drawing; then words and a button to go on. */
export class Boundary extends Component {
	constructor(properties) {
		super(properties);
		this.state = { error: null };
	}

	static getDerivedStateFromError(error) {
		return { error };
	}

	componentDidCatch(error) {
		report(error, "drawing");
	}

	componentDidUpdate(before) {
		if (this.state.error && before.place !== this.props.place)
			this.setState({ error: null });
	}

	render() {
		if (!this.state.error)
			return this.props.children;
		return (
			<Trouble text={STOPPED} retry="Reload screen" onRetry={() => this.setState({ error: null })}>
				<Button kind="quiet" onClick={() => location.assign("/")}>Restart Daybook</Button>
			</Trouble>
		);
	}
}
