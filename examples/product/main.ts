import { connect } from "./connections.ts";
import { serve } from "./server.ts";

// The product: node main.ts. Its environment is what a stack gives it (program/variables.ts).

const connections = connect(process.env);
const server = serve(connections);
server.listen(Number(process.env.PORT || 8080), process.env.HOST || "0.0.0.0", () =>
  console.log(`listening on port ${process.env.PORT || 8080}`),
);
process.once("SIGTERM", () => {
  // Takes no new connection, answers what is under way, then lets go of the databases.
  server.close(() => connections.close().finally(() => process.exit(0)));
  server.closeIdleConnections();
});
