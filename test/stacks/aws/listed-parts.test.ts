import { TerraformStack, Testing } from "cdktf";
import { describe, expect, it } from "vitest";

import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { listedParts } from "../../../stacks/aws/listed-parts.ts";

interface Synthesized {
  readonly resource: { readonly aws_sns_topic_subscription: Record<string, object> };
}

function synthesized(values: readonly string[]): Synthesized {
  const stack = new TerraformStack(Testing.app(), "dev");
  listedParts({
    id: (email) => `email_${email}`,
    values,
    make: (id, endpoint) =>
      new SnsTopicSubscription(stack, id, { topicArn: "arn", protocol: "email", endpoint }),
  });
  return JSON.parse(Testing.synth(stack)) as Synthesized;
}

function idsOf(values: readonly string[]): string[] {
  return Object.keys(synthesized(values).resource.aws_sns_topic_subscription);
}

describe("listedParts", () => {
  it("keeps ids when another value is removed or the order changes", () => {
    const before = idsOf(["a@example.com", "b@example.com", "c@example.com"]);
    const after = idsOf(["c@example.com", "b@example.com"]);
    expect(before).toHaveLength(3);
    expect(after).toHaveLength(2);
    expect(before).toEqual(expect.arrayContaining(after));
  });

  it("makes readable, unique ids", () => {
    const ids = idsOf(["a.b@example.com", "a_b@example.com"]);
    expect(ids).toEqual([
      expect.stringMatching(/^email_a_b_example_com_[0-9a-f]{8}$/),
      expect.stringMatching(/^email_a_b_example_com_[0-9a-f]{8}$/),
    ]);
    expect(new Set(ids).size).toBe(2);
  });

  it("uses the index as id for values that only Terraform knows", () => {
    expect(idsOf(["${var.first}", "${var.second}"])).toEqual(["email_0", "email_1"]);
  });
});
