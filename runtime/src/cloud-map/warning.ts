import { toError } from "../base/errors.ts";

/**
 * Warns once for each cause that the API cannot be asked: the dialer goes on with DNS, so nobody would notice before
 * the service moves.
 */
export class CloudMapWarning {
  readonly #given = new Set<string>();

  /** @param failure of a call, or of what a call needs @param reason the original error */
  give(failure: Error, reason: unknown): void {
    const remedy = remedyOf(toError(reason));
    if (this.#given.has(remedy)) return;
    this.#given.add(remedy);
    const consequence = "Until then only DNS is asked: a moved service is found later";
    const what = failure.message.replace(/\.$/, "");
    process.emitWarning(`${what}. ${remedy}. ${consequence}`, {
      type: "SrvDialerWarning",
      code: "SRV_CLOUD_MAP",
    });
  }
}

function remedyOf({ name, message }: Error): string {
  if (message.includes("npm install")) return "Or remove cloudMapResolver";
  if (message.startsWith("Region ")) return "Set AWS_REGION in the container's environment";
  if (name === "CredentialsProviderError") return "Give the task a task role";
  if (name.startsWith("AccessDenied")) {
    return "Allow servicediscovery:DiscoverInstances in the task role";
  }
  return "Check the way to the API: NAT, or the interface endpoint data-servicediscovery";
}
