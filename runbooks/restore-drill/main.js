// Plain JavaScript, and the program imported only afterwards: an older Node says in one line what is missing, instead
// of failing at the first type.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`Node ${process.versions.node} can't run TypeScript: install Node 24 (or 22.18 and later)`);
  process.exit(1);
}

/** The stack's outputs. */
export default { ...(await import("./index.ts")) };
