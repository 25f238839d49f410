// An error of a screen takes that screen alone: the rest of the page goes on, and there is a way back.

import { Component } from "preact";
import { Button, Trouble } from "../ui/index.js";
import { report } from "../base/errors.js";

/** Catches what its children throw while drawing: children until then, afterwards words and a way on. */
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
			<Trouble text="This screen came to a stop. Nothing you wrote is lost, and the error was reported." retry="Show it again" onRetry={() => this.setState({ error: null })}>
				<Button kind="quiet" onClick={() => location.assign("/")}>Start Daybook anew</Button>
			</Trouble>
		);
	}
}
