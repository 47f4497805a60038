/**
 * Returns `value`. Use it for values that are always defined although their type does not say so, for example after
 * validation.
 *
 * @throws TypeError when `value` is undefined
 */
export function ensureDefined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`there is no ${what}`);
  return value;
}
