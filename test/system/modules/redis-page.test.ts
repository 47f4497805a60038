import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { readTemplate } from "../../../harness/ecs/index.ts";
import { type Resources, resourcesOf } from "./called.ts";

const folder = path.join(import.meta.dirname, "../../../modules/redis");

/** The resources of a caller. */
const surroundings = {
  provider: { aws: { region: "eu-central-1", allowed_account_ids: ["111111111111"] } },
  resource: {
    aws_vpc: { main: {} },
    aws_subnet: { private: { count: 2, vpc_id: "${aws_vpc.main.id}" } },
    aws_security_group: { hosts: { vpc_id: "${aws_vpc.main.id}" } },
  },
};

const inputs = {
  name: "dev-redis",
  cluster_name: "dev",
  vpc_id: "${aws_vpc.main.id}",
  host_security_group_ids: ["${aws_security_group.hosts.id}"],
  namespace: { id: "ns-0123", name: "dev-ecs", vpc_id: "${aws_vpc.main.id}" },
};

/** The resources of a root module that calls the module. */
async function calling(storage: object, hcl: string): Promise<Resources> {
  const root = await mkdtemp(path.join(tmpdir(), "page-"));
  try {
    const redis = { source: path.relative(root, folder), ...inputs, ...storage };
    const json = JSON.stringify({ ...surroundings, module: { redis } });
    await writeFile(path.join(root, "main.tf.json"), json);
    await writeFile(path.join(root, "storage.tf"), hcl);
    const known = { parameters: {}, namespaces: { "ns-0123": "dev-ecs" }, drawn: new Map() };
    return resourcesOf(await readTemplate(root, known));
  } finally {
    await rm(root, { recursive: true });
  }
}

/** The arguments of an access point. */
interface Given {
  readonly root_directory: Readonly<Record<string, unknown>>;
}

/** What the statements of a policy allow and deny. */
function statements(address: string, resources: Resources): string[] {
  const text = JSON.stringify(resources[address]);
  return [...text.matchAll(/\w+:(?:Client|Access|Secure)\w+|Allow|Deny/g)].map(([word]) => word);
}

it("the resources that the page moves out of the module do not change", async () => {
  const page = await readFile(path.join(folder, "README.md"), "utf8");
  const [, recipe = ""] = /out of the module\.\*\*.*?```hcl\n(.*?)```/s.exec(page) ?? [];
  const moves = [...recipe.matchAll(/from = (\S+)\n\s*to\s+= (\S+)/g)].map(
    ([, from = "", to = ""]) => [from, to] as const,
  );
  expect(moves.length).toBe(6);
  const moved = (text: string): string =>
    moves.reduce(
      (before, [from, to]) =>
        before.replaceAll(`"${from}"`, `"${to}"`).replaceAll(`⟨${from}.`, `⟨${to}.`),
      text,
    );
  const subnets = { a: "${aws_subnet.private[0].id}", b: "${aws_subnet.private[1].id}" };
  const before = await calling({ subnets }, "");
  const file_system = { id: "${aws_efs_file_system.redis.id}", path: "/redis" };
  const after = await calling({ file_system }, recipe);
  const policy = "aws_efs_file_system_policy.redis";
  for (const [from, to] of moves) {
    // Its values are the same ARNs by other names: those of outputs and of the resource.
    if (to === policy) continue;
    const { given } = JSON.parse(moved(JSON.stringify(before[from]))) as { given: object };
    expect(after[to], to).toMatchObject({ given });
  }
  const former = statements("module.redis.aws_efs_file_system_policy.storage_policy[0]", before);
  expect(former).toContain("aws:SecureTransport");
  expect(statements(policy, after).toSorted()).toEqual(former.toSorted());
  // With another path, AWS replaces an access point while Redis has it mounted. The provider reads what created the folder.
  const point = "module.redis.aws_efs_access_point.storage_access_point";
  const { given } = JSON.parse(moved(JSON.stringify(before[point]))) as { given: Given };
  const { creation_info: _, ...root_directory } = given.root_directory;
  expect(after[point]).toMatchObject({ given: { ...given, root_directory } });
  // The rest of the module is unchanged.
  const rest = Object.keys(before).filter((address) => !moves.some(([from]) => from === address));
  expect(rest.filter((address) => !(address in after))).toEqual([]);
});
