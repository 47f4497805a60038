/**
 * Waits for all of them, whatever becomes of the others.
 * @throws the first error, once all have come to an end
 */
export async function settle(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/**
 * Does one after the other, whatever becomes of those before.
 * @throws the first error, once all have been done
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
