/** What is still to be ended in this process. */
const pending = new Set<() => void>();
let listening = false;

/**
 * Calls a function when this process exits, unless the returned function is called before. One listener for
 * all, because Node.js warns of more than ten.
 */
export function atExit(end: () => void): () => void {
  pending.add(end);
  if (!listening) {
    listening = true;
    process.once("exit", () => {
      for (const each of pending) each();
    });
  }
  return () => void pending.delete(end);
}
