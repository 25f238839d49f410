// What just happened, and the way back.

import { h } from "../html.js";

export function toastsView(app) {
	const { toasts } = app;
	return h("div", { class: "toasts", key: "toasts", role: "status", "aria-live": "polite" },
		toasts.list.map((toast) => h("div", {
			class: `toast ${toast.kind}`, key: toast.key,
			onmouseenter: () => toasts.hold(toast), onmouseleave: () => toasts.release(toast),
			onfocusin: () => toasts.hold(toast), onfocusout: () => toasts.release(toast),
		},
		h("span", null, toast.text),
		toast.action && h("button", { type: "button", onclick: () => { toasts.close(toast); toast.action.act(); } }, toast.action.label))));
}
