/** The releases of the official plugins that the stand-ins stand in for: those pinned in package.json. */
export const versions = {
  language: "3.259.0",
  digitalocean: "4.80.1",
  random: "4.21.2",
  command: "1.2.1",
} as const;
