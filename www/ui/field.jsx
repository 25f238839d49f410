// A field of a form: the label, the control, and below it help and problems in words.  The control gets its id and its
// descriptions from the field around it, so that all are wired in the same way.

import { createContext } from "preact";
import { useContext, useId } from "preact/hooks";
import { Icon } from "./icon.jsx";

const Wiring = createContext(null);

/** The attributes of a control: its own if it is in no field, else those of the field around it. */
export function useControl({ id, name, disabled, label } = {}) {
	const field = useContext(Wiring);
	return {
		id: id ?? field?.id, name, disabled: disabled || undefined,
		"aria-label": field ? undefined : label, "aria-describedby": field?.describedBy,
		"aria-invalid": field?.problem ? "true" : undefined,
		"aria-required": field?.required ? "true" : undefined,
	};
}

/** The same for controls of several elements, which a label cannot point to. */
export function useGroup({ label } = {}) {
	const field = useContext(Wiring);
	return {
		"aria-labelledby": field ? field.id + "-label" : undefined,
		"aria-label": field ? undefined : label, "aria-describedby": field?.describedBy,
		"aria-invalid": field?.problem ? "true" : undefined,
	};
}

/** note: a word at the end of the label's line.  kind: "block", or "line" for label and toggle side by side. */
export function Field({ label, help, problem, warning, required = false, unit, note, kind = "block", children }) {
	const id = useId();
	const parts = [[problem, "-problem"], [warning, "-warning"], [help, "-help"], [unit, "-unit"]];
	const describedBy = parts.filter(([text]) => text).map(([, end]) => id + end).join(" ") || undefined;
	return (
		<Wiring.Provider value={{ id, describedBy, problem, required }}>
			<div
				class={kind === "line" ? "field beside stack snug touch" : "field stack snug"}
				data-problem={problem ? "true" : undefined}
			>
				<div class="field-head line ends baseline">
					<label
						class={"field-label small medium soft" + (required ? " must" : "")}
						id={id + "-label"} for={id}
					>
						{label}
					</label>
					{note && <span class="field-note tiny muted">{note}</span>}
				</div>
				<div class={unit ? "control anchor stack with-unit" : "control anchor stack"}>
					{children}
					{unit && <span class="unit line small muted" id={id + "-unit"}>{unit}</span>}
				</div>
				{problem && (
					<p class="field-problem said snug small bad" id={id + "-problem"} role="alert">
						<Icon name="bad" size={16} />
						<span>{problem}</span>
					</p>
				)}
				{warning && <p class="small warn" id={id + "-warning"}>{warning}</p>}
				{help && <p class="small muted" id={id + "-help"}>{help}</p>}
			</div>
		</Wiring.Provider>
	);
}
