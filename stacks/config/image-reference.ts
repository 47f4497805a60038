/** What fields about containers have in common. */

/** A repository with a tag, a digest or both. */
export const imageReference =
  /^[a-z0-9][a-z0-9._/:-]*(:\w[\w.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/;

export const cpuUnits = "CPU units, 1024 a core";

/** The major version in an image's tag: 8 of `redis:8.0.4-bookworm`, undefined of `cache:stable`. */
export function majorVersionIn(image: string): number | undefined {
  const major = /:v?(\d{1,2})(?:[.-][\w.-]*)?(?:@|$)/.exec(image)?.[1];
  return major === undefined ? undefined : Number(major);
}
