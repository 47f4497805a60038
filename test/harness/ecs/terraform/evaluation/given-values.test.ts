import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { givenValues } from "../../../../../harness/ecs/terraform/evaluation/given-values.ts";
import { readWritten } from "../../../../../harness/ecs/terraform/evaluation/written-folder.ts";

async function givenOf(text: string, values: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "given-"));
  try {
    writeFileSync(path.join(folder, "main.tf"), text);
    return givenValues(await readWritten(folder), values);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("has a text for each key that the folder reads of decrypted secrets", async () => {
  const [shared, ...more] = await givenOf(`
data "aws_kms_secrets" "shared" {
  secret {
    name    = "key"
    payload = "AQICAHg="
  }
}

locals {
  key = data.aws_kms_secrets.shared.plaintext["key"]
}

output "password" {
  value = data.aws_kms_secrets.shared.plaintext.password
}
`);
  const text: unknown = expect.stringMatching(/^[\da-f]{16}$/);
  expect(shared).toEqual({
    kind: "data",
    address: "data.aws_kms_secrets.shared",
    values: { plaintext: { key: text, password: text } },
  });
  expect(more).toEqual([]);
});
