import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectValid } from "./support/expect-valid.ts";
import { differences } from "./support/differences.ts";
import { Synthesizer } from "./support/synthesized.ts";
import { all, minimalEnvironment, type Template } from "./support/template.ts";
import { environments, set } from "./support/valid-environments.ts";

/** A fixed seed, so that all runs are the same and take the same time. */
const parameters = { seed: 20_260_101, numRuns: 15, endOnFailure: true };

const repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app";

let synthesizer: Synthesizer;
beforeAll(() => {
  synthesizer = new Synthesizer();
});
afterAll(() => {
  synthesizer[Symbol.dispose]();
});

/** The templates of environments. Throws for a broken rule. */
const synthesized: Synthesizer["templatesOf"] = (byName) => synthesizer.templatesOf(byName);

function templateOf(environment: unknown): Template {
  const { dev } = synthesized({ dev: environment });
  if (dev === undefined) throw new Error("nothing was synthesized");
  return dev;
}

const known = new Map<string, Template>();

/** Cache by environment, because all properties use the same seed and so the same environments. */
function firstTemplateOf(environment: unknown): Template {
  const key = JSON.stringify(environment);
  const template = known.get(key) ?? templateOf(environment);
  known.set(key, template);
  return template;
}

/** Whether Redis is an ECS service. */
function hasService({ redis }: Readonly<Record<string, unknown>>): boolean {
  return ((Object(redis) as { kind?: string }).kind ?? "service") === "service";
}

function outsideResources({ json }: Template): unknown {
  return { ...json, resource: undefined };
}

describe("any valid environment", () => {
  it("synthesizes, breaks no rule, and has no unresolved tokens or references", () => {
    fc.assert(
      fc.property(environments(), (environment) => expectValid(firstTemplateOf(environment))),
      parameters,
    );
  });

  it("opens the hosts' dynamic port range in its security groups", () => {
    fc.assert(
      fc.property(environments(), (environment) => {
        const template = firstTemplateOf(environment);
        for (const [, host] of all(template, "aws_launch_template")) {
          const script = Buffer.from(String(host["user_data"]), "base64").toString();
          const given = /^ECS_DYNAMIC_HOST_PORT_RANGE=(\d+)-(\d+)$/m
            .exec(script)
            ?.slice(1)
            .map(Number);
          const opened = all(template, "aws_vpc_security_group_ingress_rule")
            .filter(([id]) => id === "cluster_from_hosts")
            .map(([, rule]) => [rule["from_port"], rule["to_port"]]);
          expect(opened).toEqual([given]);
        }
      }),
      parameters,
    );
  });

  it("changes the app's task definition alone, and its tasks', when a release changes its image", () => {
    fc.assert(
      fc.property(environments(), (environment) => {
        const [before, after] = ["1", "2"].map((tag) =>
          templateOf(set(environment, ["app", "image"], `${repository}:${tag}`)),
        );
        if (before === undefined || after === undefined) throw new Error("two templates");
        const tasks = all(before, "aws_ecs_task_definition")
          .map(([id]) => `aws_ecs_task_definition.${id}`)
          .filter((address) => /\.(app|tasks)_/.test(address));
        expect(differences(before, after).toSorted()).toEqual(tasks.toSorted());
        expect(outsideResources(after)).toEqual(outsideResources(before));
      }),
      parameters,
    );
  });

  it("changes the Cloud Map service alone when the TTL changes", () => {
    fc.assert(
      fc.property(environments().filter(hasService), (environment) => {
        const [before, after] = [3, 4].map((ttl) =>
          templateOf(set(environment, ["redis", "dnsTtl"], ttl)),
        );
        if (before === undefined || after === undefined) throw new Error("two templates");
        expect(differences(before, after)).toEqual([
          "aws_service_discovery_service.discovery_redis",
        ]);
      }),
      parameters,
    );
  });

  it("synthesizes to the same bytes again, alone and with others", () => {
    const { other } = synthesized({ other: minimalEnvironment });
    fc.assert(
      fc.property(environments(), (environment) => {
        const both = synthesized({ other: minimalEnvironment, dev: environment });
        expect(both["dev"]?.text).toBe(firstTemplateOf(environment).text);
        expect(both["other"]?.text).toBe(other?.text);
      }),
      parameters,
    );
  });
});
