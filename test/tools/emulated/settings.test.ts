import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { emulatedSettings } from "../../../tools/emulated/settings.ts";
import { STUB } from "./support/stub.ts";

const ENDPOINT = "http://127.0.0.1:4566";
const VARIABLES = { PATH: "/nowhere", AWS_ENDPOINT_URL: ENDPOINT, TERRAFORM_BINARY_NAME: STUB };

const settings = (args: readonly string[], variables: Record<string, string | undefined> = {}) =>
  emulatedSettings(environments, args, { ...VARIABLES, ...variables });

describe("the settings of a run against an emulator", () => {
  it("are the environment, the endpoint, the program and the timeout", () => {
    const { environment, endpoint, program, timeout } = settings(["stg", "--timeout", "5"]);
    expect([environment.name, endpoint.href, program, timeout]).toEqual([
      "stg",
      `${ENDPOINT}/`,
      STUB,
      300_000,
    ]);
  });

  it.each([
    "http://localhost:4566",
    "http://[::1]:4566",
    "https://emulator.ci.example.com",
    "http://ministack:4566",
    "http://my-amazonaws.example.com",
  ])("accept the endpoint %s", (endpoint) => {
    expect(settings(["dev"], { AWS_ENDPOINT_URL: endpoint }).endpoint.origin).toBe(endpoint);
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

  it.each([
    ["127.0.0.1:4566", /"127\.0\.0\.1:4566" is not a URL; allowed: /],
    ["ftp://localhost", /"ftp:\/\/localhost" is not a URL; allowed: /],
    ["http://a:b@localhost", /has more than scheme, host and port; allowed: /],
    ["http://localhost/path", /has more than scheme, host and port; allowed: /],
  ])("refuse the endpoint %s", (endpoint, said) => {
    expect(() => settings(["dev"], { AWS_ENDPOINT_URL: endpoint })).toThrow(said);
  });
});
