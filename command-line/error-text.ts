import { tmpdir } from "node:os";

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The message of an error. A write to a full disk does not say where; what a command writes for itself is told. */
export const errorText = (error: Error): string =>
  Reflect.get(error, "code") === "ENOSPC"
    ? `${error.message}: a disk is full. Temporary files are in ${tmpdir()}; the variable TMPDIR names another folder`
    : error.message;
