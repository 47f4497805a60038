/**
 * The two passwords of Redis, a and b, at a step of their rotation. Redis accepts both; the app uses one.
 * At each even step the app switches to the other password, which Redis already accepts. At each odd step
 * after the first, the unused password gets a new value, and Redis is restarted with it:
 *
 * | step | the app uses | a   | b   |
 * | ---- | ------------ | --- | --- |
 * | 1    | a            | 1st | 1st |
 * | 2    | b            | 1st | 1st |
 * | 3    | b            | 2nd | 1st |
 * | 4    | a            | 2nd | 1st |
 * | 5    | a            | 2nd | 2nd |
 */
export interface PasswordRotation {
  readonly inUse: "a" | "b";
  /** How many values each password has had. */
  readonly draws: { readonly a: number; readonly b: number };
}

/** @param step from 1 */
export function passwordRotation(step: number): PasswordRotation {
  const switches = Math.floor(step / 2);
  const redraws = Math.floor((step - 1) / 2);
  return {
    inUse: switches % 2 === 0 ? "a" : "b",
    draws: { a: 1 + Math.ceil(redraws / 2), b: 1 + Math.floor(redraws / 2) },
  };
}
