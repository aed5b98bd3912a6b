import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const POLL_MS = 20

/** Stand in the environment of every child: no output and no file may ever hold them. */
export const CANARIES = {
  TICKWRIGHT_API_KEY: 'canary-key-5e1f0c9a77',
  TICKWRIGHT_API_SECRET: 'canary-secret-b81d3f2e46',
} as const

/** The built program as a child process, run in the root of the repository. */
export interface Program {
  readonly pid: number
  /** What it has said so far. */
  out(): string
  err(): string
  /** First line of standard output that matches; throws what was said when none comes in time. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void
  /** Exit code, null after a signal; throws (and kills) when it does not end in time. */
  ended(timeoutMs?: number): Promise<number | null>
}

const running = new Set<Program>()

/** `env`: undefined takes a variable away. */
export function startProgram(args: readonly string[], env: Record<string, string | undefined> = {}): Program {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TICKWRIGHT_'))
  const child = spawn(process.execPath, ['dist/wiring/main.js', ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...CANARIES, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  let code: number | null | undefined
  child.once('close', (exitCode) => {
    code = exitCode
    running.delete(program)
  })
  const told = () => `$ ${args.join(' ')}\n--- stdout\n${said.out}\n--- stderr\n${said.err.slice(-4_000)}`
  const program: Program = {
    pid: child.pid ?? -1,
    out: () => said.out,
    err: () => said.err,
    kill: (signal) => void child.kill(signal),
    async line(pattern, timeoutMs = 40_000) {
      const find = () => said.out.split('\n').find((line) => pattern.test(line))
      await until(`a line like ${pattern} of\n${told()}`, () => find() !== undefined || code !== undefined, timeoutMs)
      const found = find()
      if (found === undefined) throw new Error(`ended (${code}) without a line like ${pattern}: ${told()}`)
      return found
    },
    async ended(timeoutMs = 40_000) {
      await until('the end of the program', () => code !== undefined, timeoutMs).catch(() => {
        child.kill('SIGKILL')
        throw new Error(`did not end within ${timeoutMs} ms: ${told()}`)
      })
      return code ?? null
    },
  }
  running.add(program)
  return program
}

/** Runs to the end. */
export async function runProgram(args: readonly string[], env?: Record<string, string | undefined>) {
  const program = startProgram(args, env)
  return { code: await program.ended(), out: program.out(), err: program.err() }
}

/** Ends what a failed test left running. */
export function killPrograms(): void {
  for (const program of running) program.kill('SIGKILL')
}

/** Polls until `holds`; throws naming `what` after `timeoutMs`. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs: number,
  pollMs = POLL_MS,
): Promise<void> {
  for (const startedAt = Date.now(); !(await holds()); ) {
    if (Date.now() - startedAt > timeoutMs) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await new Promise((done) => setTimeout(done, pollMs))
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Bars that a daemon has told of in its log. */
export const barsOf = (daemon: Program): number => daemon.err().match(/"msg":"bar"/g)?.length ?? 0

/** Log lines that a run without faults has none of. */
export const LOUD = /"level":"(warn|error|fatal)"/

/** The object that `--json` promises as the last line of standard output. */
export const lastJson = (out: string): Record<string, unknown> =>
  JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
