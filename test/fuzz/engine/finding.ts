/** Something came of an input that must not: the message says what. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** @throws {Finding} unless it is so */
export function expectThat(isSo: boolean, what: string): void {
  if (!isSo) throw new Finding(what);
}
