import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Io } from '../io.ts'

/** From being asked to stop to being killed, milliseconds. */
const STOP_MS = 8_000

/** The sidecar of a demo, as pm2 would run it beside a daemon. */
export interface TrainerProcess {
  stop(): Promise<void>
}

/** Begins it; what it tells is shown line by line. Whatever becomes of it, the demo goes on. */
export function startTrainer(config: string, io: Pick<Io, 'out' | 'err'>): TrainerProcess {
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, main, 'trainer', '--config', config], {
    // The channel ends it when we are killed: nobody else would.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let isStopping = false
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => io.out(line))
  if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => io.err(`trainer: ${line}`))
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      io.err(`trainer: cannot be run: ${error.message}; the demo goes on without`)
      resolve()
    })
    child.once('exit', (code, signal) => {
      if (!isStopping) io.err(`trainer: ended with ${signal ?? `exit code ${code}`}; the demo goes on without`)
      resolve()
    })
  })
  return {
    async stop() {
      isStopping = true
      child.kill('SIGTERM')
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(overdue)
    },
  }
}
