import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environments as deployed } from "../../environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import { type Template, readTemplate } from "../../harness/ecs/index.ts";
import {
  environments as anyEnvironment,
  environmentsWith,
  settable,
} from "../stacks/support/valid-environments.ts";

/** Environments a field. The properties of the stacks draw many more. */
const SAMPLES = 1;

/** The endpoint of a Redis that AWS runs: the local ECS needs a value for it. */
const ENDPOINT = "aws_elasticache_replication_group.elasticache_group.primary_endpoint_address";

type Config = Readonly<Record<string, unknown>>;

/** Synthesizes an environment and reads what the local ECS makes of it. */
async function read(config: Config): Promise<Template> {
  const outdir = await mkdtemp(join(tmpdir(), "readable-"));
  try {
    const [written] = synthesize({ dev: config }, { outdir });
    const module = JSON.parse(await readFile(written?.path ?? "", "utf8")) as object;
    return await readTemplate(module, {
      parameters: parametersOf(module),
      namespaces: { [String(at(config, ["namespace", "id"]))]: "shared-ecs" },
      attributes: { [ENDPOINT]: "cache.local" },
      drawn: new Map(),
    });
  } finally {
    await rm(outdir, { recursive: true });
  }
}

/** A value for each parameter that a release pipeline would have written. */
function parametersOf(module: object): Record<string, string> {
  const data = Object.values(Object(at(module, ["data", "aws_ssm_parameter"])) as object);
  return Object.fromEntries(data.map((each) => [String(at(each, ["name"])), "repo/app:1"]));
}

const at = (target: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => Object(found)[key] as unknown, target);

describe("the local ECS reads", () => {
  it.each(Object.keys(deployed))("the environment %s of environments.ts", async (name) => {
    const { plan } = await read(at(deployed, [name]) as Config);
    expect(plan.services.map((service) => service.name)).toEqual(["dev-redis", "dev-app"]);
  });

  it("an environment with any field set to whatever it allows", async () => {
    const refused: string[] = [];
    for (const field of settable) {
      for (const config of fc.sample(environmentsWith(field), { numRuns: SAMPLES, seed: 1 })) {
        const problem = await read(config).then(
          () => undefined,
          (error: unknown) => `${field.path.join(".")}: ${String(error)}`,
        );
        if (problem !== undefined) refused.push(problem);
      }
    }
    expect(settable.length).toBeGreaterThan(50);
    expect(refused).toEqual([]);
  });

  it("an environment with any few fields changed", async () => {
    const environment = anyEnvironment();
    await fc.assert(
      fc.asyncProperty(environment, async (config) => void (await read(config))),
      {
        numRuns: 10,
      },
    );
  });
});
