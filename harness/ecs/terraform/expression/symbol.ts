import { ADDRESS } from "./address.ts";

/**
 * The placeholder of an attribute that only AWS knows (an ARN, an id): `⟨address.attribute⟩` in resolved
 * values. Literals do not contain these brackets, so a placeholder in a container is found and refused.
 */
export interface Symbolic {
  /** `aws_ecs_cluster.main`, or `data.aws_ssm_parameter.image`. */
  readonly address: string;
  /** `arn`, `id`, `certificate.0.arn`. */
  readonly attribute: string;
  /** The text after the placeholder, as in `⟨aws_secretsmanager_secret.x.arn⟩:password::`. */
  readonly rest: string;
}

/** In a placeholder, keys have single quotes, because it may be inside JSON. */
const QUOTED = ADDRESS.replaceAll('"', "'");
const PATTERN = new RegExp(String.raw`^⟨(${QUOTED})\.([^⟩]+)⟩(.*)$`, "s");
const ALL = new RegExp(`⟨(${QUOTED})\\.`, "g");

/** The placeholder of an attribute that only AWS knows. */
export const symbol = (address: string, attribute: string): string =>
  `⟨${address.replaceAll('"', "'")}.${attribute}⟩`;

const addressOf = (quoted: string): string => quoted.replaceAll("'", '"');

/** Reads text that begins with a placeholder; undefined if it does not. */
export function parseSymbol(text: string): Symbolic | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, address = "", attribute = "", rest = ""] = match;
  return { address: addressOf(address), attribute, rest };
}

/** The address and attribute of the first placeholder in a text. */
export function findSymbol(text: string): string | undefined {
  const found = /⟨([^⟩]+)⟩/.exec(text)?.[1];
  return found === undefined ? undefined : addressOf(found);
}

/** The addresses of all placeholders in a text. */
export const addressesIn = (text: string): string[] =>
  [...text.matchAll(ALL)].map(([, address = ""]) => addressOf(address));
