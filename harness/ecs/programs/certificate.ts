import { execFileSync } from "node:child_process";
import { isIP } from "node:net";
import { join } from "node:path";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";

/** A certificate and its key, as PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const DAYS = "30";
/** Milliseconds. */
const TIMEOUT = 10_000;

/**
 * Makes a new key and a self-signed certificate, which signs no other, in a folder that only its user can enter.
 * @param names host names and IP addresses
 * @throws HarnessError ERR_PLATFORM if there is no openssl
 */
export function makeCertificate(folder: string, names: readonly string[]): Certificate {
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const alternatives = names.map((name) => `${isIP(name) === 0 ? "DNS" : "IP"}:${name}`);
  const extensions = [
    `subjectAltName=${alternatives.join(",")}`,
    "basicConstraints=critical,CA:FALSE",
    "extendedKeyUsage=serverAuth",
  ];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const written = ["-keyout", files.key, "-out", files.cert];
  // Without a configuration of the machine, which may add extensions.
  const about = ["-config", "/dev/null", "-subj", "/CN=local", "-days", DAYS];
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  try {
    const args = ["req", "-x509", ...key, ...written, ...about, ...added];
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"], timeout: TIMEOUT });
    return files;
  } catch (error) {
    const message = `openssl, which makes a certificate for TLS, failed: ${messageOf(error)}`;
    throw new HarnessError("ERR_PLATFORM", message, { cause: error });
  }
}
