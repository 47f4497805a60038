/** Something that the run needs is missing or wrong: a variable, a program, the emulator. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  readonly code = "ERR_EMULATED_SETUP";
}
