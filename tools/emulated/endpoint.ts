import { SetupError } from "./setup-error.ts";

/** The emulator that known-diffs.ts describes. */
const EMULATOR = "ministack==1.5.33";

const VARIABLE = "AWS_ENDPOINT_URL";
const ALLOWED = "allowed: the URL of an emulated AWS API, such as http://127.0.0.1:4566";

/** How to get an emulator and start it. */
export const HOW_TO_START = `install one: pipx install '${EMULATOR}'; start it: BIND_HOST=127.0.0.1 GATEWAY_PORT=4566 ministack; then set ${VARIABLE}=http://127.0.0.1:4566`;

/** Matches hosts of AWS in all partitions, and the address of the instance metadata service. */
const AWS = /(?:^|\.)amazonaws\.[a-z.]+$|\.aws$|\.ic\.gov$|^169\.254\./;

/**
 * The emulator's URL. AWS itself is refused, so that nothing is created in a real account.
 * @throws SetupError that names the variable
 */
export function endpointIn({
  [VARIABLE]: given = "",
}: Readonly<Record<string, string | undefined>>): URL {
  if (given === "") throw new SetupError(`${VARIABLE} is not set; ${HOW_TO_START}`);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new SetupError(`${VARIABLE}: ${JSON.stringify(given)} is not a URL; ${ALLOWED}`);
  }
  if (AWS.test(url.hostname.replace(/\.$/, ""))) {
    throw new SetupError(`${VARIABLE}: ${url.hostname} is AWS itself; ${ALLOWED}`);
  }
  if (url.href !== `${url.origin}/`) {
    throw new SetupError(`${VARIABLE}: has more than scheme, host and port; ${ALLOWED}`);
  }
  return url;
}
