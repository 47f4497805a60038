/**
 * What is always there, though its type does not say so: validation, or the code before, has seen to it.
 *
 * @throws TypeError when it has not
 */
export function certain<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`there is no ${what}`);
  return value;
}
