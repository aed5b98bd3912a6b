import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { InputError, TransientError } from '../../core/errors.ts'

/** A running exchange simulator: where it listens and which market (a new instance is a new ledger). */
export interface ExchangeHandle {
  readonly port: number
  readonly pid: number
  readonly instanceId: string
  readonly attached: boolean
}

const START_TIMEOUT_MS = 20_000
const POLL_MS = 50

/**
 * The demo's exchange lives in a process of its own, as a real one would: killing the daemon leaves it running, and a daemon that
 * starts again finds it by `portFile` and reconciles. It ends itself when nobody has been connected for its `idleExitMs`.
 */
export async function findOrStartExchange(portFile: string, args: readonly string[]): Promise<ExchangeHandle> {
  const running = await probe(portFile)
  if (running) return { ...running, attached: true }
  rmSync(portFile, { force: true })
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, main, 'exchange', '--port-file', portFile, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  let exitCode: number | undefined
  child.once('exit', (code) => {
    exitCode = code ?? -1
  })
  child.unref()
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS)
    const started = await probe(portFile)
    if (started) return { ...started, attached: false }
    if (exitCode !== undefined) {
      throw new InputError(
        `the exchange simulator ended with exit code ${exitCode} before it listened; run "tickwright exchange" to see why`,
      )
    }
  }
  child.kill('SIGKILL')
  throw new TransientError(`the exchange simulator did not listen within ${START_TIMEOUT_MS} ms`)
}

/** Asks the simulator to end. Silent when it is gone already. */
export function stopExchange(handle: ExchangeHandle, portFile: string): void {
  try {
    process.kill(handle.pid, 'SIGTERM')
  } catch {
    // It has ended by itself.
  }
  rmSync(portFile, { force: true })
}

/** The simulator named in `portFile`, if it answers and is the same instance. */
async function probe(portFile: string): Promise<Omit<ExchangeHandle, 'attached'> | undefined> {
  if (!existsSync(portFile)) return undefined
  try {
    const said = JSON.parse(readFileSync(portFile, 'utf8')) as { port: number; pid: number; instanceId: string }
    const reply = await fetch(`http://127.0.0.1:${said.port}/simulator/instance`, {
      signal: AbortSignal.timeout(1_000),
    })
    const instance = (await reply.json()) as { id: string }
    return reply.ok && instance.id === said.instanceId
      ? { port: said.port, pid: said.pid, instanceId: said.instanceId }
      : undefined
  } catch {
    return undefined // Half-written file or a dead process: start another.
  }
}
