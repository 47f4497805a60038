import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { actionOf } from "../../../../harness/views/playground/actions.ts";
import { Live } from "../../../../harness/views/playground/live.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import { sectionsOf } from "../../../../harness/views/playground/sections.ts";
import { fresh, old } from "./setups.ts";

type Update = Readonly<Record<string, string>>;

test("a browser gets first all sections and then the changed ones", async () => {
  const playground = new Playground({
    environment: "dev",
    seed: 1,
    setups: [fresh, old],
  });
  const live = new Live(playground);
  const server = createServer((_, response) => live.add(response)).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const updates = await Promise.all([updatesOf(port), updatesOf(port)]);
    const all = [...sectionsOf(playground).keys()];
    for (const each of updates) expect(Object.keys((await each.next()).value ?? {})).toEqual(all);

    const kill = actionOf("kill");
    const [side] = playground.sides;
    if (!kill || !side) throw new Error("there is no such button, or no old setup");
    side.skip(kill, "no Redis is running");
    for (const each of updates) {
      let [update, changed]: [Update, string[]] = [{}, []];
      while (changed.length === 0) {
        const next = await each.next();
        if (next.done === true) throw new Error("the stream has ended");
        update = next.value;
        // The strips of requests always change.
        changed = Object.keys(update).filter((id) => !id.endsWith("-strip"));
      }
      expect(changed).toEqual(["card-kill"]);
      expect(update["card-kill"]).toContain("no Redis is running");
    }
  } finally {
    live.close();
    server.close();
    await playground.close();
  }
});

/** The updates for a browser, in order. */
async function updatesOf(port: number): Promise<AsyncGenerator<Update>> {
  const request = get({ host: "127.0.0.1", port });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return parsed(response.setEncoding("utf8"));
}

async function* parsed(response: AsyncIterable<string>): AsyncGenerator<Update> {
  let text = "";
  for await (const chunk of response) {
    const events = `${text}${chunk}`.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = /^event: sections\ndata: (.*)$/.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Update;
    }
  }
}
