// Runs TypeScript files without tsx's cache. That is a folder in the temporary folder whose owner tsx does not check: what
// another user of the machine has put there would run.
process.env.TSX_DISABLE_CACHE = "1";
await import("tsx");
