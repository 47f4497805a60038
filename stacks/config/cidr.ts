// IPv4 blocks. Terraform's `cidrsubnet` does the same, but then the JSON would not show the addresses.

export interface Cidr {
  /** The network address as an unsigned 32-bit number. */
  readonly network: number;
  /** Prefix length in bits. */
  readonly prefix: number;
}

/** Parses an IPv4 block such as 10.10.0.0/16. Undefined for other text, and if a host bit is set. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const network = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return network % 2 ** (32 - prefix) === 0 ? { network, prefix } : undefined;
}

/** The `index`th of the 2^newBits equal blocks inside `cidr`, as text. */
export function subnet(cidr: Cidr, newBits: number, index: number): string {
  const prefix = cidr.prefix + newBits;
  const network = cidr.network + index * 2 ** (32 - prefix);
  const octets = [24, 16, 8, 0].map((shift) => (network >>> shift) & 255);
  return `${octets.join(".")}/${prefix}`;
}
