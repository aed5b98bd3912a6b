import type { Environment } from './config/read-secrets.ts'

/** Everything a command may touch of the terminal and its process; tests pass their own. */
export interface Io {
  /** One line to standard output. With `--json` the last of them is the one JSON object. */
  out(line: string): void
  /** One line to standard error: messages for people and logs. */
  err(line: string): void
  /** Standard output is a terminal. */
  readonly isTTY: boolean
  readonly env: Environment
  /**
   * Calls `handler` once, at the first request to stop (Ctrl-C, SIGTERM, pm2's shutdown message); a second request ends the process
   * at once. Returns what unregisters it.
   */
  onStop(handler: (why: string) => void): () => void
  /** Tells a supervisor (pm2 `wait_ready`) that the daemon is up. */
  ready(): void
}
