// A network that breaks: a TCP proxy that passes each connection on, or cuts it before, during or after the request or
// the response.
import net from "node:net";

export const cuts = ["before the request", "in the request", "before the answer", "in the answer"];

// pick() says for each connection how it is cut: one of cuts, or undefined to let it be.  Gives {port, counts, close}.
export async function startProxy(target, pick) {
	const sockets = new Set(), counts = { passed: 0 };

	function open(client) {
		const cut = pick();
		counts[cut ?? "passed"] = (counts[cut ?? "passed"] ?? 0) + 1;
		if (cut === "before the request")
			return client.destroy();
		const server = net.connect(target, "127.0.0.1");
		for (const socket of [client, server]) {
			socket.setNoDelay(true);
			sockets.add(socket);
			socket.on("error", () => {});
			socket.on("close", () => {
				sockets.delete(socket);
				client.destroy();
				server.destroy();
			});
		}
		client.on("data", (bytes) => {
			if (cut === "in the request") {
				server.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
				client.destroy();
			} else {
				server.write(bytes);
			}
		});
		server.on("data", (bytes) => {
			if (cut === "before the answer")
				client.destroy();
			else if (cut === "in the answer")
				client.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
			else
				client.write(bytes);
		});
		server.on("end", () => client.end());
		return undefined;
	}

	const proxy = net.createServer(open);
	await new Promise((resolve, reject) => {
		proxy.on("error", reject);
		proxy.listen(0, "127.0.0.1", resolve);
	});
	return {
		port: proxy.address().port,
		counts,
		close: () => new Promise((resolve) => {
			proxy.close(resolve);
			for (const socket of sockets)
				socket.destroy();
		}),
	};
}
