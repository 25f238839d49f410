// Installing the app: the browser tells when it can be installed; then a button of ours can ask it to.

import { signal } from "@preact/signals";

let offer = null;

/** Whether the browser offers to install the app. */
export const canInstall = signal(false);

export const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

addEventListener("beforeinstallprompt", (event) => {
	event.preventDefault();
	offer = event;
	canInstall.value = true;
});
addEventListener("appinstalled", () => {
	offer = null;
	canInstall.value = false;
});

export async function install() {
	await offer?.prompt();
	offer = null;
	canInstall.value = false;
}
