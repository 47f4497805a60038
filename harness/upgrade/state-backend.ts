import { isDeepStrictEqual } from "node:util";
import type { RootModule } from "../ecs/index.ts";
import type { Notice } from "./notice.ts";

type Settings = Readonly<Record<string, unknown>>;

/** The effect of a change of the state's backend, which a plan does not show. */
export function* ofBackend(old: RootModule, next: RootModule): Generator<Notice> {
  const [was, is] = [backendOf(old), backendOf(next)];
  if (isDeepStrictEqual(was, is)) return;
  const address = "terraform.backend";
  const [from, to] = [placeOf(was), placeOf(is)];
  if (from === to) {
    const names = Object.keys({ ...was.settings, ...is.settings });
    const differing = names.filter((name) => was.settings[name] !== is.settings[name]);
    const what = `the access to the state in ${to} changes: ${differing.join(", ")}`;
    const advice = "run terraform init -reconfigure before the plan";
    yield { effect: "state", address, what, advice };
    return;
  }
  const what = `the state moves from ${from} to ${to}. Terraform does not move it: with an empty state it creates every resource again`;
  const advice =
    "run terraform init with the old version, then terraform init -migrate-state with the new one; the next plan must not create running resources (docs/operations.md, Where the state is)";
  yield { effect: "state", address, what, advice };
}

/** https://developer.hashicorp.com/terraform/language/backend */
function backendOf({ terraform }: RootModule): { kind: string; settings: Settings } {
  const { backend = {} } = (terraform ?? {}) as { backend?: Readonly<Record<string, Settings>> };
  const [kind = "local", settings = {}] = Object.entries(backend)[0] ?? [];
  return { kind, settings };
}

function placeOf({ kind, settings }: ReturnType<typeof backendOf>): string {
  const { bucket, key, path = "terraform.tfstate" } = settings;
  if (kind === "s3") return `s3://${String(bucket)}/${String(key)}`;
  return kind === "local" ? String(path) : kind;
}
