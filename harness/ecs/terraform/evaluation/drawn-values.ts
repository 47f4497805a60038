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
 * Blocks without the arguments that a mock has drawn because the folder leaves them out.
 * @param known texts that the folder or another resource has: an argument with one of them refers to it
 */
export function withoutDrawn(value: unknown, known: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutDrawn(each, known));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      typeof each === "string" && DRAWN.test(each) && !known.has(each)
        ? []
        : [[name, withoutDrawn(each, known)]],
    ),
  );
}
