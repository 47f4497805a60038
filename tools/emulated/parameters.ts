import type { Environment } from "../../stacks/config/environment-schema.ts";

/** Milliseconds. */
const TIMEOUT = 10_000;

/** The SSM parameters of an environment, in the emulator. */
export interface Parameters {
  put(name: string, value: string, signal?: AbortSignal): Promise<void>;
  delete(name: string, signal?: AbortSignal): Promise<void>;
}

/** Without an SDK, because the emulator checks no signature and two calls are enough. */
export function parametersIn(
  endpoint: string,
  { account, region }: Pick<Environment, "account" | "region">,
): Parameters {
  const call = async (operation: string, body: object, signal?: AbortSignal): Promise<void> => {
    const limit = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AmazonSSM.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/ssm/aws4_request, SignedHeaders=host, Signature=emulated`,
      },
      body: JSON.stringify(body),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const reply = await response.text();
    if (!response.ok) throw new Error(`SSM ${operation}: HTTP ${response.status} ${reply}`);
  };
  return {
    put: (name, value, signal) =>
      call("PutParameter", { Name: name, Value: value, Type: "String", Overwrite: true }, signal),
    delete: (name, signal) => call("DeleteParameter", { Name: name }, signal),
  };
}
