import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { startCompatibilityProxy } from "../../../tools/emulated/compatibility-proxy.ts";

const CREATE = "Route53AutoNaming_v20170314.CreateService";
const DESCRIBE = "AmazonEC2ContainerServiceV20141113.DescribeServices";

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A server that replies with `answer`, and a proxy in front of it. */
async function proxied(answer: Answer) {
  const server = createServer(
    (request, response) => void text(request).then((body) => answer(request, body, response)),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy = await startCompatibilityProxy(new URL(`http://127.0.0.1:${port}`));
  return {
    ...proxy,
    port,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

const post = (url: string, target: string, body: string): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "x-amz-target": target }, body });

describe("the proxy between provider and emulator", () => {
  it("passes other requests on unchanged", async () => {
    await using proxy = await proxied(({ method, url, headers }, body, response) => {
      response.writeHead(403, { "x-amzn-requestid": "1" });
      response.end(`${method} ${url} ${String(headers["x-amz-target"])} ${headers.host} ${body}`);
    });
    const answer = await post(`${proxy.url}/a/b?c=d`, "AmazonSSM.GetParameter", '{ "Name":"é" }');
    expect([answer.status, answer.headers.get("x-amzn-requestid")]).toEqual([403, "1"]);
    expect(await answer.text()).toBe(
      `POST /a/b?c=d AmazonSSM.GetParameter 127.0.0.1:${proxy.port} { "Name":"é" }`,
    );
    expect(proxy.needed.size).toBe(0);
  });

  it("adds the namespace of a new Cloud Map service where MiniStack expects it", async () => {
    await using proxy = await proxied((_request, body, response) => response.end(body));
    const answer = await post(proxy.url, CREATE, '{"Name":"r","DnsConfig":{"NamespaceId":"ns-1"}}');
    expect(await answer.json()).toEqual({
      Name: "r",
      NamespaceId: "ns-1",
      DnsConfig: { NamespaceId: "ns-1" },
    });
    expect([...proxy.needed].map(({ description }) => description)).toEqual([
      expect.stringMatching(/^Cloud Map:/),
    ]);
  });

  it("keeps the namespace of a request", async () => {
    await using proxy = await proxied((_request, body, response) => response.end(body));
    const own = '{"NamespaceId":"ns-2","DnsConfig":{"NamespaceId":"ns-1"}}';
    expect(await (await post(proxy.url, CREATE, own)).text()).toBe(own);
    expect(proxy.needed.size).toBe(0);
  });

  it("removes an empty network configuration from a service, and keeps other ones", async () => {
    const own = { awsvpcConfiguration: { subnets: ["subnet-1"] } };
    const services = [{ networkConfiguration: {} }, { networkConfiguration: own }, {}];
    await using proxy = await proxied((_request, _body, response) => {
      response.end(JSON.stringify({ services, service: { networkConfiguration: {} } }));
    });
    expect(await (await post(proxy.url, DESCRIBE, "{}")).json()).toEqual({
      services: [{}, { networkConfiguration: own }, {}],
      service: {},
    });
    expect([...proxy.needed].map(({ description }) => description)).toEqual([
      expect.stringMatching(/^ECS:/),
    ]);
  });

  it.each(["<html>", "null", '{"services":1}'])(
    "passes the unexpected response %s on",
    async (odd) => {
      await using proxy = await proxied((_request, _body, response) => response.end(odd));
      expect(await (await post(proxy.url, DESCRIBE, "{}")).text()).toBe(odd);
    },
  );

  it("returns an error if the emulator closes the connection", async () => {
    await using proxy = await proxied(({ socket }) => socket.destroy());
    const answer = await post(proxy.url, DESCRIBE, "{}");
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      __type: "EmulatorFailed",
      message: expect.stringContaining("socket hang up"),
    });
  });
});
