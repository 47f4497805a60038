import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../../../harness/ecs/index.ts";
import { environments } from "../../../../../harness/commands/shared/environments.ts";
import { environmentSetup } from "../../../../../harness/plays/setups/environment-setup.ts";
import type { RunOptions } from "../../../../../harness/commands/shared/options/options.ts";
import {
  checkInputs,
  inputsOf,
  type TemplateInputs,
} from "../../../../../harness/commands/shared/templates/template-inputs.ts";

const { template } = environmentSetup("prod", { environments }).local;
const parameters = { "/prod/app/image": "registry.example/games/server:7" };
const inputs = inputsOf(await readTemplate(template, { parameters, drawn: new Map() }), parameters);
const have = { "/prod/app/api-key": "here" };

describe("the inputs of a template", () => {
  it("are images with resolved references, parameters, and secrets outside the template", () => {
    expect(inputs).toMatchObject({
      image: ["registry.example/games/server", "public.ecr.aws/docker/library/redis"],
      user: [],
      parameter: ["/prod/app/image", "/prod/app/api-key"],
      secret: ["/prod/app/api-key"],
      namespace: [],
    });
    expect(inputs.attribute).toContain("aws_lb.load_balancer_alb");
  });

  it("are names of users and groups, but not their numbers", async () => {
    const container = { name: "a", image: "a/b:1", memory: 16, user: "node:1000" };
    const definition = { family: "a", container_definitions: JSON.stringify([container]) };
    const resource = { aws_ecs_task_definition: { a: definition } };
    const environment = await readTemplate({ resource }, { parameters: {}, drawn: new Map() });
    expect(inputsOf(environment).user).toEqual(["node"]);
  });
});

describe("checkInputs", () => {
  it("accepts a secret or a parameter by any name that fits its ARN", () => {
    const known = { ...inputs, secret: ["prod/my", "/plain"] };
    const options = { secret: { "prod/my-secret": "a", plain: "b" } };
    expect(() => checkInputs(known, given(options), {})).not.toThrow();
    expect(() => checkInputs(known, given({ secret: { "prod/my-secrets": "a" } }), {})).toThrow(
      "--secret prod/my-secrets: ",
    );
  });

  it("accepts the template's inputs, and an image by the end of its name", () => {
    const options = {
      image: { server: "x", "library/redis": "y" },
      parameter: parameters,
      secret: { "/prod/app/api-key": "z" },
      attribute: { "aws_lb.load_balancer_alb.dns_name": "here" },
    };
    expect(() => checkInputs(inputs, given(options), {})).not.toThrow();
  });

  it.each<[keyof TemplateInputs, string, RegExp]>([
    ["image", "erver", /games\/server, public\.ecr\.aws\/docker\/library\/redis$/],
    ["user", "node", /none$/],
    ["parameter", "/prod/app/imag", /\/prod\/app\/image, \/prod\/app\/api-key$/],
    ["secret", "prod-redis-password", /\/prod\/app\/api-key$/],
    ["attribute", "aws_lb.other.dns_name", /aws_\w+\.\w+, \d+ more$/],
    ["namespace", "ns-1", /none$/],
  ])("refuses --%s %s and lists the allowed names", (option, name, list) => {
    const check = (): void => checkInputs(inputs, given({ [option]: { [name]: "x" } }), have);
    expect(check).toThrow(`error: option --${option} ${name}: `);
    expect(check).toThrow(list);
  });

  it("asks for environment files without a local one, by the last part of their ARN", () => {
    const known = { ...inputs, envFile: ["arn:aws:s3:::b/x/a.env", "⟨aws_s3_bucket.b.arn⟩/b.env"] };
    const message =
      /environment files are in S3: .*; give a local one with --env-file a.env=FILE --env-file b.env=FILE$/;
    expect(() => checkInputs(known, given({}), have)).toThrow(message);
    const envFile = { "arn:aws:s3:::b/x/a.env": "one", "b.env": "other" };
    expect(() => checkInputs(known, given({ envFile }), have)).not.toThrow();
    const wrong = given({ envFile: { ...envFile, "c.env": "x" } });
    expect(() => checkInputs(known, wrong, have)).toThrow("error: option --env-file c.env: not in");
  });

  it("asks for a secret without a value and names the option", () => {
    const message = "/prod/app/api-key; give one with --secret /prod/app/api-key=TEXT";
    expect(() => checkInputs(inputs, given({}), {})).toThrow(message);
    // ECS reads it from either, and so does the local one.
    const parameter = { "/prod/app/api-key": "x" };
    expect(() => checkInputs(inputs, given({ parameter }), {})).not.toThrow();
  });
});

const given = (options: Partial<RunOptions>): RunOptions => ({
  image: {},
  user: {},
  parameter: {},
  secret: {},
  attribute: {},
  namespace: {},
  resolve: {},
  ...options,
});
