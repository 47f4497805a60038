import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { parametersIn } from "../../../tools/emulated/parameters.ts";

it("puts and deletes SSM parameters, and reports a refusal", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const answer = (body: string): void => {
      asked.push(`${String(request.headers["x-amz-target"])} ${body}`);
      response.writeHead(asked.length < 3 ? 200 : 400).end("ParameterNotFound");
    };
    void text(request).then(answer);
  }).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const where = { account: "111122223333", region: "eu-central-1" };
    const parameters = parametersIn(endpoint, where);
    await parameters.put("/app/image", "app:1");
    await parameters.delete("/app/image");
    expect(asked).toEqual([
      'AmazonSSM.PutParameter {"Name":"/app/image","Value":"app:1","Type":"String","Overwrite":true}',
      'AmazonSSM.DeleteParameter {"Name":"/app/image"}',
    ]);
    await expect(parameters.delete("/app/image")).rejects.toThrow(
      "SSM DeleteParameter: HTTP 400 ParameterNotFound",
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
