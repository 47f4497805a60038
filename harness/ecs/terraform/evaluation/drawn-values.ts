import { isRecord } from "../expression/values.ts";

/** What a mock draws: it would be another text in each evaluation. */
export const DRAWN = /^[\da-z]{8}$/;

/** Every text in a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * Blocks without the arguments that a mock has invented because the folder leaves them out: texts that it has drawn, 0 and false.
 * @param unknown the block in `after_unknown` of the plan
 * @param known texts that the folder or another resource has: an argument with one of them refers to it
 */
export function withoutDrawn(
  value: unknown,
  unknown: unknown,
  known: ReadonlySet<string>,
): unknown {
  if (Array.isArray(value)) {
    const blocks = Array.isArray(unknown) ? unknown : [];
    return value.map((each, index) => withoutDrawn(each, blocks[index], known));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => {
      const own = isRecord(unknown) ? unknown[name] : undefined;
      const isDrawn = typeof each === "string" && DRAWN.test(each) && !known.has(each);
      const isEmpty = own === true && (each === 0 || each === false);
      return isDrawn || isEmpty ? [] : [[name, withoutDrawn(each, own, known)]];
    }),
  );
}
