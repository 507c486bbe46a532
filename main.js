// Plain JavaScript, and the program imported only afterwards: an older Node says in one line what is missing, instead
// of failing at the first type.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`Node ${process.versions.node} can't run TypeScript: install Node 24 (or 22.18 and later)`);
  process.exit(1);
}

// Node takes the types out in place, so stack traces are right as they are. The SDK reads one for every output, and its
// source map support, which has nothing to map here, would take a fifth of a preview for them.
Error.prepareStackTrace = undefined;

/** The stack's outputs. */
export default { ...(await import("./index.ts")) };
