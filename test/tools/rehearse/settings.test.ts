import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { programVariables, rehearsalSettings } from "../../../tools/rehearse/settings.ts";
import { STUB } from "./support/stub.ts";

const ENDPOINT = "http://127.0.0.1:4566";
const VARIABLES = { PATH: "/nowhere", AWS_ENDPOINT_URL: ENDPOINT, TERRAFORM_BINARY_NAME: STUB };

const settings = (args: readonly string[], variables: Record<string, string | undefined> = {}) =>
  rehearsalSettings(environments, args, { ...VARIABLES, ...variables });

/** Settings in the account of dev. */
const inAccount = (all: EnvironmentsInput, name: string, ...args: readonly string[]) =>
  rehearsalSettings(all, [name, "--account", ...args], { TERRAFORM_BINARY_NAME: STUB });

describe("the settings of a rehearsal", () => {
  it("are the environment, the endpoint, the program and the path", () => {
    const { environment, endpoint, program, path, yes } = settings(["stg", "--path", "/users"]);
    expect([environment.name, endpoint?.href, program, path, yes]).toEqual([
      "stg",
      `${ENDPOINT}/`,
      STUB,
      "/users",
      false,
    ]);
  });

  it.each([
    "http://localhost:4566",
    "http://[::1]:4566",
    "https://emulator.ci.example.com",
    "http://ministack:4566",
    "http://my-amazonaws.example.com",
  ])("accept the endpoint %s", (endpoint) => {
    expect(settings(["dev"], { AWS_ENDPOINT_URL: endpoint }).endpoint?.origin).toBe(endpoint);
  });

  it.each([
    "https://ecs.eu-central-1.amazonaws.com",
    "https://amazonaws.com./",
    "https://AmazonAWS.com",
    "https://ecs.cn-north-1.amazonaws.com.cn",
    "https://ecs.eusc-de-east-1.amazonaws.eu",
    "https://ecs.eu-central-1.api.aws",
    "http://169.254.169.254",
  ])("refuse the endpoint %s, since it is AWS", (endpoint) => {
    const said = /^AWS_ENDPOINT_URL: .* is AWS itself; allowed: the URL of an emulated AWS API/;
    expect(() => settings(["dev"], { AWS_ENDPOINT_URL: endpoint })).toThrow(said);
  });

  it.each(["127.0.0.1:4566", "ftp://localhost", "http://a:b@localhost", "http://localhost/path"])(
    "refuse the endpoint %s",
    (endpoint) => {
      const said = `"${endpoint}" is not a URL of scheme, host and port; allowed: `;
      expect(() => settings(["dev"], { AWS_ENDPOINT_URL: endpoint })).toThrow(said);
    },
  );

  it("have no endpoint in a disposable account", () => {
    const { endpoint, yes } = inAccount(environments, "dev", "111111111111", "--yes");
    expect([endpoint, yes]).toEqual([undefined, true]);
  });

  const existing = {
    ...environments.dev,
    fileSystem: {
      id: "fs-0a1b2c3d",
      securityGroupId: "sg-0a1b2c3d",
      path: "/redis",
      restored: true,
    },
  };
  it.each<[string, EnvironmentsInput, string, RegExp]>([
    ["a protected environment", environments, "prod", /^prod is protected; allowed: others$/],
    ["an existing part", { ...environments, dev: existing }, "dev", /^dev uses an existing /],
  ])("refuse %s in an account", (_title, all, name, said) => {
    const account = name === "prod" ? "222222222222" : "111111111111";
    expect(() => inAccount(all, name, account)).toThrow(said);
  });

  it("refuse an account that is not the environment's", () => {
    const said = "--account 999999999999; allowed: 111111111111, that of dev";
    expect(() => inAccount(environments, "dev", "999999999999")).toThrow(said);
  });

  it.each([[], ["--yes"]])("refuse a missing environment, with the known ones (%j)", (...args) => {
    expect(() => settings(args)).toThrow(/unknown environment ""; allowed: dev, stg/);
  });
});

describe("the variables of Terraform and the AWS CLI", () => {
  const OWN = {
    PATH: "/bin",
    AWS_PROFILE: "mine",
    AWS_ENDPOINT_URL_ECS: "https://ecs.example.com",
    TF_WORKSPACE: "mine",
    TF_CLI_CONFIG_FILE: "/terraform.rc",
  };

  it("reach no account of the user from an emulator", () => {
    const variables = programVariables(settings(["dev"]), OWN);
    expect(variables).toMatchObject({
      PATH: "/bin",
      TF_CLI_CONFIG_FILE: "/terraform.rc",
      AWS_ENDPOINT_URL: ENDPOINT,
      AWS_ACCESS_KEY_ID: "111111111111",
      AWS_CONFIG_FILE: "/dev/null",
    });
    for (const name of ["AWS_PROFILE", "AWS_ENDPOINT_URL_ECS", "TF_WORKSPACE"]) {
      expect(variables).not.toHaveProperty(name);
    }
  });

  it("have the user's credentials in an account, and no other endpoint", () => {
    const own = inAccount(environments, "dev", "111111111111");
    const variables = programVariables(own, { ...OWN, AWS_ENDPOINT_URL: ENDPOINT });
    expect(variables).toMatchObject({
      AWS_PROFILE: "mine",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
      AWS_REGION: "eu-central-1",
    });
    for (const name of [
      "AWS_ACCESS_KEY_ID",
      "AWS_ENDPOINT_URL",
      "AWS_ENDPOINT_URL_ECS",
      "TF_WORKSPACE",
    ]) {
      expect(variables).not.toHaveProperty(name);
    }
  });
});
