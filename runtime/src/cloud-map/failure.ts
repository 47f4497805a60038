import { toError } from "../base/errors.ts";

/** What to do so that the API can be asked. @param failure of a call; its cause is the SDK's error */
export function remedyOf({ cause }: Error): string {
  const { name, message } = toError(cause);
  if (message.includes("npm install")) return "Or remove cloudMapResolver";
  if (message.startsWith("Region ")) return "Set AWS_REGION in the container's environment";
  if (name === "CredentialsProviderError") return "Give the task a task role";
  const allow = "Allow servicediscovery:DiscoverInstances in the task role";
  if (name.startsWith("AccessDenied")) return allow;
  return "Check the way to the API: NAT, or the interface endpoint data-servicediscovery";
}

/** Warns once for each remedy: the dialer goes on with DNS, so no one would notice before the service moves. */
export function warningOnce(): (failure: Error) => void {
  const given = new Set<string>();
  return (failure) => {
    const remedy = remedyOf(failure);
    if (given.has(remedy)) return;
    given.add(remedy);
    const what = failure.message.replace(/\.$/, "");
    const consequence = "Until then only DNS is asked: a moved service is found later";
    const kind = { type: "SrvDialerWarning", code: "SRV_CLOUD_MAP" };
    process.emitWarning(`${what}. ${remedy}. ${consequence}`, kind);
  };
}
