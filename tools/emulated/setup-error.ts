/** A variable, a program or the emulator is missing or wrong. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  readonly code = "ERR_EMULATED_SETUP";
}
