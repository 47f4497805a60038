/** A resolver whose answer never comes, with the signal of each question. */
export function silentResolver() {
  const signals: AbortSignal[] = [];
  return {
    signals,
    resolve: (_name: string, { signal }: { signal: AbortSignal }): Promise<never> => {
      signals.push(signal);
      return new Promise(() => {});
    },
  };
}
