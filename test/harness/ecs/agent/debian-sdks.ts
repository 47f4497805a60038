import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** ms. A mirror may be slow, and Go compiles for half a minute on two cores. */
const TIMEOUT = 240_000;
/** Debian 12 has SDKs that are older than `AWS_ENDPOINT_URL`. */
const SUITE = "trixie";
/** Without it, mmdebstrap guesses by what gpg says. */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const PACKAGES = [
  "base-files",
  "golang-github-aws-aws-sdk-go-v2-dev",
  "golang-go",
  "python3-boto3",
];

/** The roots of two images, each with an AWS SDK and a program that uses it. */
export interface DebianSdks extends Disposable {
  /** Debian with boto3, and /srv/sdk.py. */
  readonly python: string;
  /** One static binary, /sdk. */
  readonly go: string;
}

/** Unpacks the SDKs from Debian's packages. Nothing is installed on this machine. */
export async function debianSdks(): Promise<DebianSdks> {
  const folder = mkdtempSync(join(tmpdir(), "sdks-"));
  const [debian, go] = [join(folder, "debian"), join(folder, "go")];
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    chmodSync(folder, 0o755);
    const include = `--include=${PACKAGES.join(",")}`;
    const options = ["--quiet", "--variant=extract", `--keyring=${KEYRING}`, include];
    await run("mmdebstrap", [...options, SUITE, debian], { timeout: TIMEOUT });
    writeCertificates(debian);
    for (const made of [go, join(debian, "srv")]) mkdirSync(made);
    for (const name of ["sdk.py", "sdk.go"])
      copyFileSync(join(import.meta.dirname, name), join(debian, "srv", name));
    await compile(debian);
    renameSync(join(debian, "srv/sdk"), join(go, "sdk"));
    return { python: debian, go, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function compile(root: string): Promise<void> {
  const env = {
    PATH: process.env["PATH"],
    HOME: "/root",
    TMPDIR: "/tmp",
    // Debian's packages of Go libraries have their sources in a GOPATH. Without /proc, Go does not find itself.
    GO111MODULE: "off",
    GOPATH: "/usr/share/gocode",
    GOROOT: "/usr/lib/go",
    CGO_ENABLED: "0",
  };
  // Compiling takes a third less.
  const fast = ["-gcflags=all=-N -l -dwarf=false", "-ldflags=-s -w"];
  const args = [root, "/usr/bin/go", "build", ...fast, "-o", "/srv/sdk", "/srv/sdk.go"];
  await run("chroot", args, { env, timeout: TIMEOUT });
}

/** As the package's own script would, which mmdebstrap does not run. */
function writeCertificates(root: string): void {
  const folder = join(root, "usr/share/ca-certificates/mozilla");
  const all = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  writeFileSync(join(root, "etc/ssl/certs/ca-certificates.crt"), all.join("\n"));
}
