import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import {
  evaluate,
  type Evaluated,
  readSavedPlan,
  readTemplate,
} from "../../../../../harness/ecs/index.ts";
import { evaluatedFolder, isTerraformHere } from "./support/recorded.ts";

async function playedOf({ state, lifecycles }: Evaluated) {
  const { first, external } = await readSavedPlan(state, { lifecycles });
  return readTemplate(first, { ...external, attributes: {}, drawn: new Map() });
}

async function valuesOf(program: "recorded" | "real"): Promise<Evaluated> {
  using fleet = evaluatedFolder("fleet", program);
  return await evaluate(fleet.folder);
}

describe.each(isTerraformHere ? (["recorded", "real"] as const) : (["recorded"] as const))(
  "a folder that Terraform evaluates (%s)",
  (program) => {
    it("gives its services, with the values of modules, data sources and variables", async () => {
      using fleet = evaluatedFolder("fleet", program);
      const evaluated = await evaluate(fleet.folder);
      const { plan, declared } = await playedOf(evaluated);
      expect(plan.services.map(({ name, desiredCount }) => [name, desiredCount])).toEqual([
        ["api", 2],
        ["redis", 1],
      ]);
      const definition = plan.taskDefinitions.get(
        'module.task["api"].aws_ecs_task_definition.task',
      );
      expect(definition?.containers).toMatchObject([
        {
          image: "example.com/game-api:1.0.0",
          environment: {
            PORT: "3000",
            REDIS_URL: "redis+srv://redis.fleet-ecs",
            DATABASE: "postgres://address.aws-db-instance-guests.invalid:5432/guests",
            ACCOUNT: "111111111111",
          },
          logConfiguration: { options: { "awslogs-region": "eu-central-1" } },
        },
      ]);
      expect([...plan.discovery.values()].map(({ name }) => name)).toEqual(["redis.fleet-ecs"]);
      expect(declared.get("aws_ecs_service.api")?.lifecycle.ignore_changes).toEqual([
        "desired_count",
      ]);
      expect(evaluated.hosts).toMatchObject({
        "aws_db_instance.guests.address": "address.aws-db-instance-guests.invalid",
      });
      // A policy document has its own statements, in each instance of its module.
      const trusts = 'Action\\":[\\"sts:AssumeRole\\"],\\"Principal\\":{\\"Service\\"';
      expect(JSON.stringify(evaluated.state).split(trusts).length - 1).toBeGreaterThan(3);
      expect(JSON.stringify(evaluated.state)).not.toContain('"Sid\\":\\"of ');
      // Mail, certificates and names are not evaluated.
      expect(JSON.stringify(evaluated.state)).not.toContain("aws_acm_certificate");
    });

    it("may import what stands, decode secrets and write secrets that no state has", async () => {
      using adopted = evaluatedFolder("adopted", program);
      // It also gives an argument as null.
      const { plan } = await playedOf(await evaluate(adopted.folder));
      const [container] = plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers ?? [];
      expect(container?.environment).toEqual({
        CLUSTER: "arn:aws:ecs:eu-west-1:111111111111:cluster/main",
        GROUP: "arn:aws:logs:eu-west-1:111111111111:log-group:orders",
        USER: expect.stringMatching(/^[\da-f]{16}$/),
        HOST: expect.stringMatching(/^[\da-f]{16}$/),
      });
      expect(container?.environment["USER"]).not.toBe(container?.environment["HOST"]);
      expect(container?.secrets).toMatchObject([
        { name: "TOKEN", secret: "aws_secretsmanager_secret.token" },
      ]);
    });

    it("may write an optional argument as null, or leave it out of a block", async () => {
      using optional = evaluatedFolder("optional", program);
      const evaluated = await evaluate(optional.folder);
      const { plan, declared } = await playedOf(evaluated);
      expect(plan.services.map(({ name }) => name)).toEqual(["app"]);
      const [template] = /"launch_template":\[[^\]]*\]/.exec(JSON.stringify(evaluated.state)) ?? [];
      expect(template).toMatch(/^"launch_template":\[\{"id":"lt-[\da-f]{17}"\}\]$/);
      expect(declared.get("aws_ecs_service.app")?.arguments).not.toHaveProperty("launch_type");
      expect(plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers).toMatchObject([
        {
          environment: {
            BALANCER: expect.stringMatching(/^arn:aws:elasticloadbalancing:ca-central-1:/),
            KEY: expect.stringMatching(/^[\da-f]{16}$/),
          },
        },
      ]);
      // The record of each domain is known before the certificate is.
      expect(JSON.stringify(evaluated.state)).toContain(
        'aws_route53_record.proof[\\"example.com\\"]',
      );
      expect(plan.loadBalancers[0]?.listeners).toMatchObject([{ port: 443, protocol: "HTTPS" }]);
    });

    it("is as before, and its own tests have not run", async () => {
      using fleet = evaluatedFolder("fleet", program);
      const before = readdirSync(fleet.folder);
      await evaluate(fleet.folder);
      expect(readdirSync(fleet.folder)).toEqual(before);
      expect(before).not.toContain("run-by-a-test");
    });

    it("is refused by name if Terraform would run its provisioners, before that", async () => {
      using hostile = evaluatedFolder("hostile", program);
      await expect(evaluate(hostile.folder)).rejects.toThrow(
        /^terraform_data\.evil, terraform_data\.idle: Terraform would run the provisioners on this machine; allow it with --allow-provisioners/,
      );
      expect(existsSync(path.join(hostile.folder, "run-by-a-provisioner"))).toBe(false);
    });

    it("is refused with Terraform's words, file and line", async () => {
      using broken = evaluatedFolder("broken", program);
      await expect(evaluate(broken.folder)).rejects.toThrow(
        /^Terraform cannot evaluate \S+: main\.tf:10: No value for required variable: /,
      );
    });
  },
);

describe.runIf(isTerraformHere)("Terraform", () => {
  it("gives the same values twice, and as they were recorded", async () => {
    const one = await valuesOf("real");
    expect(await valuesOf("real")).toEqual(one);
    expect(await valuesOf("recorded")).toEqual(one);
  });

  it("runs provisioners that the user allows", async () => {
    using hostile = evaluatedFolder("hostile", "real");
    await evaluate(hostile.folder, { allowsProvisioners: true });
    expect(existsSync(path.join(hostile.folder, "run-by-a-provisioner"))).toBe(true);
  });
});

const PROVISIONER =
  'resource "terraform_data" "evil" {\n  provisioner "local-exec" {\n    command = "true"\n  }\n}\n';

/** A folder whose evaluation does not end. */
function endless() {
  const fleet = evaluatedFolder("fleet");
  writeFileSync(fleet.record, JSON.stringify({ plan: "hangs" }));
  const before = readdirSync(fleet.folder);
  return {
    folder: fleet.folder,
    begun: async () => {
      await expect.poll(() => fleet.calls().length, { timeout: 30_000 }).toBe(1);
      expect(readdirSync(fleet.folder)).not.toEqual(before);
    },
    names: () => readdirSync(fleet.folder),
    before,
    [Symbol.dispose]: () => fleet[Symbol.dispose](),
  };
}

describe("an evaluation", () => {
  it("has no credentials, mocks providers, and asks no bucket", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
    vi.stubEnv("AWS_PROFILE", "company");
    vi.stubEnv("GITHUB_TOKEN", "token");
    vi.stubEnv("TF_CLI_ARGS_test", "-test-directory=elsewhere");
    try {
      using fleet = evaluatedFolder("fleet");
      await evaluate(fleet.folder, { variables: ["-var=image=example.com/game-api:2"] });
      const calls = fleet.calls();
      expect(calls).toHaveLength(2);
      for (const { args, env, text, folder } of calls) {
        const [own = ""] = folder.filter((name) => name.startsWith("local-ecs-"));
        expect(args).toContain(`-filter=${own}/evaluate.tftest.hcl`);
        expect(args).toContain("-var=image=example.com/game-api:2");
        const names = Object.keys(env).filter((name) => /^(?:AWS_|GITHUB_|TF_CLI_ARGS)/.test(name));
        expect(names.toSorted()).toEqual([
          "AWS_CONFIG_FILE",
          "AWS_EC2_METADATA_DISABLED",
          "AWS_SHARED_CREDENTIALS_FILE",
        ]);
        expect(text).toMatch(/mock_provider "aws" \{\nmock_data/);
        expect(text).toContain('mock_provider "aws" {\nalias = "names"\n');
        expect(text).toContain(
          'override_data {\ntarget = data.terraform_remote_state.network\nvalues = {"outputs":{"vpc_id":"vpc_id"}}\n}',
        );
        // All of a module with keys.
        expect(text).toMatch(/target = \[[^\]]*aws_ecs_service\.api[^\]]*module\.task[,\]]/);
        expect(text).not.toMatch(/target = \[[^\]]*aws_acm_certificate/);
      }
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("gives an ARN to each data source, and what is known before an apply to certificates", async () => {
    using optional = evaluatedFolder("optional");
    await evaluate(optional.folder);
    for (const { text } of optional.calls()) {
      expect(text).toMatch(
        /mock_data "aws_lb" \{\ndefaults = \{"arn":"arn:aws:elasticloadbalancing:ca-central-1:\d{12}:/,
      );
      expect(text).toMatch(
        /mock_resource "aws_acm_certificate" \{\noverride_during = plan\ndefaults = \{[^\n]*"domain_validation_options":\[/,
      );
    }
  });

  it("takes values in place of those that only AWS knows, with braces as they are", async () => {
    using fleet = evaluatedFolder("fleet");
    const values = {
      "aws_db_instance.guests.address": "db.example.com",
      "aws_db_instance.guests.endpoint": "${not}-a-%{template}",
      "data.terraform_remote_state.network.outputs": '{"vpc_id":"vpc-1"}',
    };
    await evaluate(fleet.folder, { values });
    const { text = "" } = fleet.calls().at(-1) ?? {};
    expect(text).toContain('"address":"db.example.com"');
    expect(text).toContain('"endpoint":"$${not}-a-%%{template}"');
    expect(text).toContain('values = {"outputs":{"vpc_id":"vpc-1"}}');
    await expect(evaluate(fleet.folder, { values: { address: "x" } })).rejects.toThrow(
      "value address: expected ADDRESS.ATTRIBUTE, such as aws_lb.app.dns_name",
    );
  });

  it.each([
    ["the default of the variable", [], "eu-west-1"],
    ["the given one", ["-var=region=ap-south-1"], "ap-south-1"],
  ])("has the provider's region: %s", async (_, variables, region) => {
    using hostile = evaluatedFolder("hostile");
    await evaluate(hostile.folder, { variables, allowsProvisioners: true }).catch(() => {});
    expect(hostile.calls().at(-1)?.text).toContain(`arn:aws:ecs:${region}:`);
  });

  it.each([
    [
      "check_data",
      'check "x" {\n  data "http" "y" {\n    url = "http://127.0.0.1"\n  }\n}\n',
      "a check has a data source",
    ],
    [
      "module_provider",
      'module "m" {\n  source = "./own"\n}\n',
      "a called module has a provider of its own",
    ],
    [
      "provisioner in a module",
      'module "m" {\n  source = "./evil"\n}\n',
      "module.m.terraform_data.evil: Terraform would run",
    ],
  ])("is refused before Terraform starts: %s", async (_, text, why) => {
    using fleet = evaluatedFolder("fleet");
    mkdirSync(path.join(fleet.folder, "own"));
    const own = 'provider "aws" {\n  shared_config_files = ["./cfg"]\n}\n';
    writeFileSync(path.join(fleet.folder, "own/main.tf"), own);
    writeFileSync(path.join(fleet.folder, "more.tf"), text);
    await expect(evaluate(fleet.folder)).rejects.toThrow(why);
    expect(fleet.calls()).toEqual([]);
  });

  it.each(["#evil.tf", "two\nlines.tf"])("is refused for a provisioner in %j", async (name) => {
    using fleet = evaluatedFolder("fleet");
    writeFileSync(path.join(fleet.folder, name), PROVISIONER);
    await expect(evaluate(fleet.folder)).rejects.toThrow(
      "terraform_data.evil: Terraform would run",
    );
  });

  it("does not read what Terraform does not: of OpenTofu, and of editors", async () => {
    using fleet = evaluatedFolder("fleet");
    for (const name of ["main.tofu", "main.tofu.json", "#evil.tf#", "evil.tf~", ".evil.tf"])
      writeFileSync(path.join(fleet.folder, name), PROVISIONER);
    await evaluate(fleet.folder);
    expect(fleet.calls()).toHaveLength(2);
  });

  it.each([
    ["a block", `{ "resource": {}, "resource": { "terraform_data": {} } }`],
    [
      "a block, written otherwise",
      String.raw`{ "\u0072esource": { "a:\"": "b\\" }, "resource" : {} }`,
    ],
  ])("is refused for a key that a file has twice: %s", async (_, text) => {
    using fleet = evaluatedFolder("fleet");
    const file = path.join(fleet.folder, "more.tf.json");
    writeFileSync(file, text);
    await expect(evaluate(fleet.folder)).rejects.toThrow(`${file} has a key twice in one object`);
    expect(fleet.calls()).toEqual([]);
  });

  it("reads a file whose texts look like keys", async () => {
    using fleet = evaluatedFolder("fleet");
    const description = ['"x": {"x": 1}', String.raw`\", "y" :`, "\n:"].join("");
    const variable = { a: { description, default: [":", "b"] } };
    writeFileSync(path.join(fleet.folder, "more.tf.json"), JSON.stringify({ variable }, null, 2));
    await evaluate(fleet.folder);
    expect(fleet.calls()).toHaveLength(2);
  });

  it("is refused for a name that would be another block of the test file", async () => {
    using fleet = evaluatedFolder("fleet");
    const name = 'a]\n}\n}\nrun "evil" {\ncommand = apply';
    const content = { module: { [name]: { source: "./task" } } };
    writeFileSync(path.join(fleet.folder, "more.tf.json"), JSON.stringify(content));
    await expect(evaluate(fleet.folder)).rejects.toThrow("is no name in Terraform");
    expect(fleet.calls()).toEqual([]);
  });

  it("is refused if Terraform finds a resource that the files do not have", async () => {
    using fleet = evaluatedFolder("fleet");
    const main = path.join(fleet.folder, "main.tf");
    const text = readFileSync(main, "utf8");
    writeFileSync(
      main,
      text.replace('resource "aws_db_instance" "guests"', 'resource "aws_db_instance" "other"'),
    );
    await expect(evaluate(fleet.folder)).rejects.toThrow(
      "Terraform finds aws_db_instance.guests in",
    );
  });

  it.runIf(process.getuid?.() === 0)("is refused in the folder of another user", async () => {
    using fleet = evaluatedFolder("fleet");
    chownSync(fleet.folder, 65_534, 65_534);
    await expect(evaluate(fleet.folder)).rejects.toThrow("belongs to user 65534");
    expect(fleet.calls()).toEqual([]);
  });

  it.each([
    ["the folder", 0o777, "infra"],
    ["the folder, though it is sticky", 0o1777, "infra"],
    ["a folder above it", 0o777, "."],
    ["the folder of a module", 0o777, "infra/task"],
    ["a file of a module", 0o666, "infra/task/main.tf"],
    ["the list of modules", 0o666, "infra/.terraform/modules/modules.json"],
    ["a provider", 0o777, "infra/.terraform/providers/aws"],
    ["a file that a link leads to", 0o777, "elsewhere"],
  ])("is refused if others may write to %s", async (_, mode, at) => {
    using fleet = evaluatedFolder("fleet");
    const above = mkdtempSync(path.join(tmpdir(), "evaluated-"));
    try {
      renameSync(fleet.folder, path.join(above, "infra"));
      symlinkSync(path.join(above, "infra"), fleet.folder);
      const made = path.join(above, "infra/.terraform");
      for (const name of ["modules", "providers/aws"])
        mkdirSync(path.join(made, name), { recursive: true });
      writeFileSync(path.join(made, "modules/modules.json"), '{"Modules":[]}');
      mkdirSync(path.join(above, "elsewhere"));
      writeFileSync(path.join(above, "elsewhere/own.tf"), "");
      symlinkSync("../elsewhere/own.tf", path.join(above, "infra/own.tf"));
      chmodSync(path.join(above, at), mode);
      await expect(evaluate(fleet.folder)).rejects.toThrow(
        `${path.join(above, at)} may be written by others: evaluate a folder of your own`,
      );
      expect(fleet.calls()).toEqual([]);
    } finally {
      rmSync(above, { recursive: true });
    }
  });

  it("is refused if a module is not the one that was installed", async () => {
    using fleet = evaluatedFolder("fleet");
    const other = mkdtempSync(path.join(tmpdir(), "evaluated-"));
    try {
      const list = path.join(fleet.folder, ".terraform/modules");
      mkdirSync(list, { recursive: true });
      const modules = [{ Key: "task", Source: "./task", Dir: other }];
      writeFileSync(path.join(list, "modules.json"), JSON.stringify({ Modules: modules }));
      await expect(evaluate(fleet.folder)).rejects.toThrow(
        `module task was installed from ${other}, and is ${path.join(fleet.folder, "task")} now: run terraform init again`,
      );
      expect(fleet.calls()).toEqual([]);
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("is refused in a folder without services, or that is not initialised, and without Terraform", async () => {
    using fleet = evaluatedFolder("fleet");
    const empty = mkdtempSync(path.join(tmpdir(), "evaluated-"));
    try {
      writeFileSync(path.join(empty, "main.tf"), 'resource "aws_sns_topic" "x" {}\n');
      await expect(evaluate(empty)).rejects.toThrow("has no aws_ecs_service: nothing to run");
      rmSync(path.join(fleet.folder, ".terraform.lock.hcl"));
      await expect(evaluate(fleet.folder)).rejects.toThrow(
        `is not initialised; run: terraform -chdir=${fleet.folder} init -backend=false`,
      );
      vi.stubEnv("TERRAFORM_BINARY_NAME", "no-terraform");
      await expect(evaluate(fleet.folder)).rejects.toThrow(
        "Terraform 1.11 or later evaluates the folder, and no-terraform is not on PATH",
      );
      const tofu = path.join(empty, "tofu");
      for (const line of ["OpenTofu v1.11.2", "Terraform v1.10.5"]) {
        writeFileSync(tofu, `#!/bin/sh\necho "${line}"\necho on linux_amd64\n`, { mode: 0o755 });
        vi.stubEnv("TERRAFORM_BINARY_NAME", tofu);
        await expect(evaluate(fleet.folder)).rejects.toThrow(`and ${tofu} is ${line}`);
      }
    } finally {
      vi.unstubAllEnvs();
      rmSync(empty, { recursive: true });
    }
  });

  it("leaves nothing in the folder when it is aborted", async () => {
    using run = endless();
    const abort = new AbortController();
    const ended = evaluate(run.folder, { signal: abort.signal });
    ended.catch(() => {});
    await run.begun();
    abort.abort();
    await expect(ended).rejects.toThrow("This operation was aborted");
    await expect.poll(run.names, { timeout: 30_000 }).toEqual(run.before);
  });

  it("leaves nothing in the folder when this process is killed", async () => {
    using run = endless();
    const script = path.join(import.meta.dirname, "support/evaluates.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script, run.folder], {
      stdio: "inherit",
    });
    await run.begun();
    child.kill("SIGKILL");
    await expect.poll(run.names, { timeout: 30_000 }).toEqual(run.before);
  });
});
