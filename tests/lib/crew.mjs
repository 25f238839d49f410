// What many tests of the API begin with: a team of their own and its people, who act there.
import { answered } from "./expect.mjs";
import { send } from "./http.mjs";

// The headers of a request whose body is CSV.
export const CSV = { "Content-Type": "text/csv" };

// {space, anna, ben, …}: a new team with these people, by role, and with cars, which anna makes: each an id or a
// record.
export async function crew({ as, team }, roles, cars = []) {
	const space = await team(roles);
	const folk = { space, ...Object.fromEntries(Object.keys(roles).map((name) => [name, as(name).in(space)])) };
	for (const car of cars)
		answered(await folk.anna.post("/api/cars", typeof car === "string" ? { id: car } : car), 201);
	return folk;
}

// This person enrols a new handheld of their team and signs in on it by PIN: {token, handheld}, the tokens of the
// sign-in and of the handheld.
export async function pinOn(name, stack, person) {
	const enrolled = answered(await person.post("/api/handhelds", { name }), 201);
	answered(await person.put("/api/pin", { pin: "4711", password: person.password }), 204);
	const { accessToken } = answered(await send({
		url: `${stack.url}/api/auth/pin`,
		method: "POST",
		headers: { Authorization: `Bearer ${enrolled.token}` },
		body: { user: person.id, pin: "4711", deviceId: enrolled.handheld.deviceId },
	}));
	return { token: accessToken, handheld: enrolled.token };
}
