import { describe, expect, it } from "vitest";
import { Agent } from "../../../../harness/ecs/agent/agent.ts";
import { EcsEvents } from "../../../../harness/ecs/base/events.ts";
import { CloudMap } from "../../../../harness/ecs/discovery/cloud-map.ts";

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the agent replies to a call that no task makes. */
async function replyTo({ method = "POST", path = "/", headers = {}, body }: Call) {
  const events = new EcsEvents();
  const cloudMap = new CloudMap(events, Math.random);
  const agent = await Agent.start("127.0.0.1", { cloudMap, failing: () => undefined, events });
  try {
    const url = `http://127.0.0.1:${agent.port}${path}`;
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
    return { response, text: await response.text() };
  } finally {
    await agent.close();
  }
}

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
const says = (call: string): string =>
  `${call}: the local ECS does not answer this AWS API. To redirect it, `;

describe("a call of an AWS API that nothing answers", () => {
  it("gets the error of AWS JSON", async () => {
    const headers = {
      ...signedFor("dynamodb"),
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.GetItem",
    };
    const { response, text } = await replyTo({ headers, body: "{}" });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.0");
    const error = JSON.parse(text) as Record<string, string>;
    expect(error["__type"]).toBe("NotInLocalEcs");
    expect(error["message"]).toContain(says("dynamodb GetItem"));
  });

  it("gets the error of AWS REST JSON, with the code in a header", async () => {
    const headers = signedFor("lambda");
    const path = "/aws/id-app/2015-03-31/functions/f/invocations";
    const { response, text } = await replyTo({ path, headers, body: "{}" });
    expect(response.headers.get("x-amzn-errortype")).toBe("NotInLocalEcs");
    expect(text).toContain(says("lambda POST /2015-03-31/functions/f/invocations"));
  });

  it.each([
    ["sqs", "<ErrorResponse><Error>"],
    ["ec2", "<Response><Errors><Error>"],
  ])("gets the XML error of the query protocol of %s", async (service, beginning) => {
    const headers = { ...signedFor(service), ...form };
    const { response, text } = await replyTo({ headers, body: "Action=DoIt&Version=1" });
    expect(response.status).toBe(400);
    expect(text).toMatch(new RegExp(`^${beginning}.*<Code>NotInLocalEcs</Code>`));
    expect(text).toContain(says(`${service} DoIt`));
  });

  it("gets the XML error of S3, also with a presigned URL", async () => {
    const credential = encodeURIComponent("KEY/20260101/eu-central-1/s3/aws4_request");
    const signed = { path: `/bucket/a%26b?X-Amz-Credential=${credential}` };
    const header = { path: "/bucket/a%26b", headers: signedFor("s3") };
    for (const call of [header, signed]) {
      const { text } = await replyTo({ method: "GET", ...call });
      expect(text).toMatch(/^<Error>.*<Code>NotInLocalEcs<\/Code>/);
      expect(text).toContain(says("s3 GET /bucket/a%26b"));
    }
  });

  it("is refused if it says nothing of itself, or too much", async () => {
    const bare = await replyTo({ method: "GET", path: "/what%?%" });
    expect([bare.response.status, bare.text]).toEqual([
      400,
      expect.stringContaining(says("AWS GET /what%")),
    ]);
    const long = await replyTo({ headers: signedFor("s3"), body: "x".repeat(1_000_000) });
    expect(long.response.status).toBe(400);
  });
});
