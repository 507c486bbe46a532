import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Socket } from "node:net";

/**
 * The process on this machine that a connection comes from, among those that `isWanted`. Undefined when it is none of
 * them, and where the system does not tell (it does on Linux: proc_pid_net(5)).
 */
export function processOf(client: Socket, isWanted: (pid: number) => boolean): number | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = client;
  if (!remoteAddress || !remotePort || !localAddress || !localPort) return undefined;
  const from = tableForm(remoteAddress, remotePort);
  const to = tableForm(localAddress, localPort);
  try {
    const rows = readFileSync("/proc/net/tcp", "utf8").split("\n");
    const row = rows
      .map((line) => line.trim().split(/\s+/))
      .find(([, local, remote]) => local === from && remote === to);
    const socket = row && `socket:[${row[9]}]`;
    const pids = socket
      ? readdirSync("/proc")
          .map(Number)
          .filter((pid) => pid > 0 && isWanted(pid))
      : [];
    return pids.find((pid) => socket !== undefined && holds(pid, socket));
  } catch {
    return undefined;
  }
}

function holds(pid: number, socket: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === socket);
  } catch {
    return false; // it has ended
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed meanwhile
  }
}

/** An IPv4 address as the kernel's table has it: its bytes in the machine's order, and the port, in hexadecimal. */
function tableForm(address: string, port: number): string {
  const bytes = address
    .replace(/^::ffff:/, "")
    .split(".")
    .map(Number);
  const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, "0");
  return `${bytes
    .reverse()
    .map((byte) => hex(byte, 2))
    .join("")}:${hex(port, 4)}`;
}
