/**
 * The placeholder of an attribute that only AWS knows (an ARN, an id): `⟨address.attribute⟩` in resolved
 * values. No literal has these brackets, so a placeholder in a container is found and refused.
 */
export interface Symbolic {
  /** `aws_ecs_cluster.main`, or `data.aws_ssm_parameter.image`. */
  readonly address: string;
  /** `arn`, `id`, `certificate.0.arn`. */
  readonly attribute: string;
  /** What follows the attribute in the text, as in `⟨aws_secretsmanager_secret.x.arn⟩:password::`. */
  readonly rest: string;
}

/** The pattern of a block's address: its modules, its kind, its type, its name and its number. */
export const ADDRESS = String.raw`(?:module\.[\w-]+\.)*(?:(?:data|ephemeral)\.)?[\w-]+\.[\w-]+(?:\[\d+\])?`;

const PATTERN = new RegExp(String.raw`^⟨(${ADDRESS})\.([^⟩]+)⟩(.*)$`, "s");

/** Writes the placeholder of an attribute that only AWS knows. */
export const symbol = (address: string, attribute: string): string => `⟨${address}.${attribute}⟩`;

/** Reads a text that begins with a placeholder; undefined when it does not. */
export function parseSymbol(text: string): Symbolic | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, address = "", attribute = "", rest = ""] = match;
  return { address, attribute, rest };
}

/** The first placeholder anywhere in a text, without its brackets. */
export const findSymbol = (text: string): string | undefined => /⟨([^⟩]+)⟩/.exec(text)?.[1];

/** The addresses of all placeholders in a text. */
export const addressesIn = (text: string): string[] =>
  [...text.matchAll(new RegExp(`⟨(${ADDRESS})\\.`, "g"))].map(([, address = ""]) => address);
