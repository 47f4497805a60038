/** A resolver that never answers, and the signals of its calls. */
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
