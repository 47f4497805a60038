import { readdirSync, statSync } from "node:fs";
import { expect, it } from "vitest";
import { makeFolder, removeFolder } from "../../../../harness/ecs/base/temporary-folder.mjs";
import { RESTARTABLE } from "../fixture/restartable.ts";
import { shell, withTask } from "../fixture/task.ts";

// Only root starts containers as other users.
it.runIf(process.getuid?.() === 0)(
  "a container that puts links in place of its folders gets nothing else from its restart",
  async () => {
    const victim = makeFolder("victim-");
    const { speed, restartPolicy } = RESTARTABLE;
    const plant = `rm -r "$at"; ln -s ${victim.path} "$at"`;
    const script = `[ ! -e "$HOME/again" ] || exec sleep 60
touch "$HOME/again"; sleep 1.5
for at in "$TMPDIR" "$\${PATH%%:*}" "$HOME/tmp" "$HOME/bin"; do ${plant}; done 2>/dev/null; exit 1`;
    const main = { name: "main", user: "1000:1000", restartPolicy, ...shell(script) };
    const image = { programs: () => ({ tool: "true" }) };
    try {
      await withTask(
        [main],
        async (_, task) => {
          await expect.poll(() => task().containers[0]?.restarts).toBe(1);
          expect(statSync(victim.path)).toMatchObject({ uid: 0, gid: 0 });
          expect(readdirSync(victim.path)).toEqual([]);
        },
        { image, speed },
      );
    } finally {
      removeFolder(victim);
    }
  },
);
