/**
 * Waits until all promises have settled.
 * @throws the first error, once all have settled
 */
export async function settle(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/**
 * Runs the steps one after the other, even if one of them fails.
 * @throws the first error, after all steps have run
 */
export async function doAll(steps: readonly (() => Promise<unknown> | void)[]): Promise<void> {
  const turns: Promise<unknown>[] = [];
  for (const step of steps) {
    const turn = (async () => step())();
    turns.push(turn);
    await turn.catch(() => {});
  }
  await settle(turns);
}
