// Installing the app: the browser says when it can be installed, and a button of the app can then ask it to.

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
