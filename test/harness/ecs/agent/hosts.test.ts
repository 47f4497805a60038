import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { Agent } from "../../../../harness/ecs/agent/agent.ts";
import { EcsEvents } from "../../../../harness/ecs/base/events.ts";
import { CloudMap } from "../../../../harness/ecs/discovery/cloud-map.ts";

it.each([
  ["127.0.0.1:4000", 404],
  ["169.254.170.2", 404],
  ["aws.vpce.internal:4000", 404],
  ["bucket.aws.vpce.internal", 404],
  ["rebound.example", 403],
  ["vpce.internal.example:80", 403],
  ["myvpce.internal", 403],
])(
  "a request for the host %s gets %i, so that no web page reads metadata",
  async (host, status) => {
    const events = new EcsEvents();
    const cloudMap = new CloudMap(events, Math.random);
    const agent = await Agent.start("127.0.0.1", { cloudMap, failing: () => undefined, events });
    try {
      const { port } = agent;
      const request = get({ host: "127.0.0.1", port, path: "/v4/0123-app", headers: { host } });
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(status);
    } finally {
      await agent.close();
    }
  },
);
