import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "oxfmt";

const { printWidth } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../.oxfmtrc.json"), "utf8"),
) as { printWidth: number };

/**
 * A text as `npm run format` leaves it.
 *
 * @param name of a file: its ending says what it is
 * @throws {Error} for a text that cannot be parsed
 */
export async function formatted(name: string, text: string): Promise<string> {
  const { code, errors } = await format(name, text, { printWidth });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${name}: ${error.message}\n${text}`);
  return code;
}
