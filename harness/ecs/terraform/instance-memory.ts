import { HarnessError } from "../base/errors.ts";

/** Memory of a `.large` instance of each family, in GiB. The next size up or down has twice or half of it. */
const GIB_OF_A_LARGE: Readonly<Record<string, number>> = { t: 8, m: 8, c: 4, r: 16, x: 32 };

const SIZES = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];

/**
 * The share that ECS registers. The rest is for kernel and agent: a t3.small registers about 1 920 of its 2 048
 * MiB.
 */
const REGISTERED_SHARE = 0.93;

/** The memory that ECS registers for a host, in MiB. @param address what starts the host, for the error */
export function registeredMemory(address: string, type: string): number {
  const [family = "", size = ""] = type.split(".");
  const gib = GIB_OF_A_LARGE[family.charAt(0)];
  // t3.large has 8 GiB. t2 and older families have the same sizes.
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  const step = SIZES.indexOf(size) - SIZES.indexOf("large");
  if (gib === undefined || (multiple === undefined && !SIZES.includes(size))) {
    const message = `${address}.instance_type: the memory of ${type} is not known; known families: t, m, c, r and x`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  const large = multiple === undefined ? 2 ** step : Number(multiple) * 2;
  return Math.floor(gib * large * 1024 * REGISTERED_SHARE);
}
