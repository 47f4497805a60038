import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { expect, it, onTestFinished, vi } from "vitest";
import { makeFolder, removeFolder } from "../../../../harness/ecs/base/temporary-folder.mjs";
import { makeCertificate } from "../../../../harness/ecs/programs/certificate.ts";

function folder(): string {
  const made = makeFolder("certificate-test-");
  onTestFinished(() => removeFolder(made));
  return made.path;
}

it("a certificate is new for each run, for its names alone, and signs no other", () => {
  const [one, other] = [folder(), folder()].map((at) =>
    makeCertificate(at, ["a.test", "127.0.0.1"]),
  );
  const [certificate, another] = [one, other].map(
    (files) => new X509Certificate(readFileSync(files?.cert ?? "")),
  );
  expect(certificate?.subjectAltName).toBe("DNS:a.test, IP Address:127.0.0.1");
  expect(certificate?.ca).toBe(false);
  expect(Date.parse(certificate?.validTo ?? "") - Date.now()).toBeLessThan(31 * 86_400_000);
  expect(certificate?.publicKey.equals(another?.publicKey ?? certificate.publicKey)).toBe(false);
  expect(statSync(one?.key ?? "").mode & 0o077).toBe(0);
});

it("says that openssl is missing", () => {
  vi.stubEnv("PATH", "/no/such/folder");
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(() => makeCertificate(folder(), ["a.test"])).toThrow(/openssl.*ENOENT/);
});
