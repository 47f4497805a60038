import type { Environment } from "../../stacks/config/environment-schema.ts";

/** How long a request may take, in milliseconds. */
const LONGEST = 10_000;

/** The SSM parameters of an environment, in the emulator. */
export interface Parameters {
  put(name: string, value: string, signal?: AbortSignal): Promise<void>;
  delete(name: string, signal?: AbortSignal): Promise<void>;
}

/** @param endpoint the emulator's. No SDK: it checks no signature, and two calls are all that is needed */
export function parametersIn(
  endpoint: string,
  { account, region }: Pick<Environment, "account" | "region">,
): Parameters {
  const call = async (operation: string, body: object, signal?: AbortSignal): Promise<void> => {
    const bound = AbortSignal.timeout(LONGEST);
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AmazonSSM.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/ssm/aws4_request, SignedHeaders=host, Signature=emulated`,
      },
      body: JSON.stringify(body),
      signal: signal === undefined ? bound : AbortSignal.any([signal, bound]),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`SSM ${operation}: HTTP ${response.status} ${answer}`);
  };
  return {
    put: (name, value, signal) =>
      call("PutParameter", { Name: name, Value: value, Type: "String", Overwrite: true }, signal),
    delete: (name, signal) => call("DeleteParameter", { Name: name }, signal),
  };
}
