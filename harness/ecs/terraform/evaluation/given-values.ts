import { invalid } from "../../base/errors.ts";
import { withoutKeys } from "../expression/address.ts";
import { anyText } from "./computed-values.ts";
import type { Override } from "./test-file.ts";
import type { WrittenBlock, WrittenFolder } from "./written-folder.ts";

// Values that are known before Terraform runs: the user's, and those without which it would not come to its end.

/** A secret whose text the folder may take apart with `jsondecode`. */
const SECRET = "data.aws_secretsmanager_secret_version";

/** A key of an object or a map, in the text of a module. */
const KEY = String.raw`(?:\.|\[\\*")(\w+)`;

/**
 * The user's values, a text for each output of a remote state, whose bucket must not be asked, a text for each key of
 * a secret that is decoded or decrypted, and an override without values for what is imported: a mock cannot import.
 */
export function givenValues(
  { blocks, imported }: WrittenFolder,
  values: Readonly<Record<string, string>>,
): Override[] {
  const all = new Map<string, Record<string, unknown>>();
  const at = (address: string): Record<string, unknown> => {
    const own = all.get(address) ?? {};
    all.set(address, own);
    return own;
  };
  for (const block of blocks) {
    if (block.type === "data.terraform_remote_state")
      at(block.address)["outputs"] = outputsOf(block);
    if (block.type === "data.aws_kms_secrets") at(block.address)["plaintext"] = plaintextOf(block);
    const decoded = block.type === SECRET ? decodedSecret(block) : undefined;
    if (decoded !== undefined) at(block.address)["secret_string"] = decoded;
  }
  for (const address of imported) at(address);
  for (const [attribute, text] of Object.entries(values)) {
    const [, address, name] = /^(.+)\.([a-z_]\w*)$/.exec(attribute) ?? [];
    if (address === undefined || name === undefined) {
      throw invalid(`value ${attribute}: expected ADDRESS.ATTRIBUTE, such as aws_lb.app.dns_name`);
    }
    // The text of a secret is often JSON, and stays a text.
    at(address)[name] = name === "secret_string" ? text : jsonOr(text);
  }
  return [...all].map(([address, own]) => ({
    kind: /(?:^|\.)data\.[^.]+\.[^.]+$/.test(withoutKeys(address)) ? "data" : "resource",
    address,
    values: own,
  }));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A text for each output that the module reads of a remote state. */
const outputsOf = (block: WrittenBlock): Record<string, string> =>
  Object.fromEntries(
    matchesIn(block, `data\\.terraform_remote_state\\.${nameOf(block)}\\.outputs\\.(\\w+)`).map(
      (output) => [output, output],
    ),
  );

/** A text for each key that the module reads of decrypted secrets. */
const plaintextOf = (block: WrittenBlock): Record<string, string> =>
  Object.fromEntries(
    matchesIn(block, `data\\.aws_kms_secrets\\.${nameOf(block)}\\.plaintext${KEY}`).map((key) => [
      key,
      anyText(block.address, key),
    ]),
  );

/** JSON with a text for each key that the module reads of a secret, also by a local value. None if it is not decoded. */
function decodedSecret(block: WrittenBlock): string | undefined {
  const decoded = `jsondecode\\(${SECRET.replaceAll(".", "\\.")}\\.${nameOf(block)}(?:\\[[^\\]]*\\])?\\.secret_string\\)`;
  const locals = [...block.module.locals].flatMap(([name, value]) =>
    new RegExp(`^\\$\\{\\s*${decoded}\\s*\\}$`).test(String(value)) ? [name] : [],
  );
  if (matchesIn(block, `(${decoded})`).length === 0) return undefined;
  const keys = [decoded, ...locals.map((name) => `local\\.${name}`)].flatMap((text) =>
    matchesIn(block, `${text}${KEY}`),
  );
  return JSON.stringify(
    Object.fromEntries(keys.map((each) => [each, anyText(block.address, each)])),
  );
}

const nameOf = ({ address }: WrittenBlock): string => address.split(".").at(-1) ?? "";

/** What the group of an expression matches in the block's module. */
function matchesIn({ module }: WrittenBlock, expression: string): string[] {
  const text = JSON.stringify([
    [...module.resources.values()],
    [...module.locals.values()],
    [...module.calls.values()],
    [...module.outputs.values()],
  ]);
  return [...text.matchAll(new RegExp(expression, "g"))].map(([, found = ""]) => found);
}
