import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environments as deployed } from "../../environments.ts";
import { type Template, readTemplate } from "../../harness/ecs/index.ts";
import { expectValid } from "../stacks/support/expect-valid.ts";
import { Synthesizer } from "../stacks/support/synthesized.ts";
import {
  combined,
  environments as anyEnvironment,
  settable,
} from "../stacks/support/valid-environments.ts";

type Config = Readonly<Record<string, unknown>>;

let synthesizer: Synthesizer;
beforeAll(() => {
  synthesizer = new Synthesizer();
});
afterAll(() => {
  synthesizer[Symbol.dispose]();
});

/** Synthesizes an environment, checks it and reads it with the local ECS. */
async function read(config: Config): Promise<Template> {
  const { dev } = synthesizer.templatesOf({ dev: config });
  if (dev === undefined) throw new Error("nothing was synthesized");
  expectValid(dev);
  return await readTemplate(dev.json, {
    parameters: parametersOf(dev.json),
    namespaces: { [String(at(config, ["namespace", "id"]))]: "shared-ecs" },
    drawn: new Map(),
  });
}

/** Values for the parameters of a release pipeline. */
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

  it.each(
    combined(settable).map(({ environment, fields }) => [
      fields.map(({ path }) => path.join(".")).join(", "),
      environment,
    ]),
  )("an environment with %s set to what is allowed, which is sound", async (_, environment) => {
    expect((await read(environment)).plan.services).not.toEqual([]);
  });

  it("an environment with any few changed fields", async () => {
    const environment = anyEnvironment();
    await fc.assert(
      fc.asyncProperty(environment, async (config) => void (await read(config))),
      { numRuns: 10, seed: 1 },
    );
  });
});
