import { tmpdir } from "node:os";

/** The message of any thrown value. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The message of an error. ENOSPC errors do not name the disk, so the message names the temporary folder too. */
export const errorText = (error: Error): string =>
  Reflect.get(error, "code") === "ENOSPC"
    ? `${error.message}: a disk is full. Temporary files are in ${tmpdir()}; set TMPDIR to use another folder`
    : error.message;
