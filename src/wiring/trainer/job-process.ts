import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../core/errors.ts'
import type { Job, JobMessage } from './job.ts'

/** How often its memory is looked at, milliseconds. */
const WATCH_MS = 1_000
/** From being asked to stop to being killed, milliseconds. */
const STOP_MS = 5_000
/** What is kept of what it said on standard error, characters. */
const STDERR_MAX = 4_000

export interface JobLimits {
  /** Resident memory past which it is killed, MiB. */
  readonly memoryMbMax: number
  /** Longest run, milliseconds. */
  readonly runMsMax: number
}

/** `failed`: it crashed, hung, ran out of memory or was stopped; nothing that it had not finished counts. */
export type JobOutcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }

export interface JobParts {
  readonly job: Job
  readonly limits: JobLimits
  /** Aborted: it is asked to stop, then killed. */
  readonly signal?: AbortSignal | undefined
  onMessage?(message: JobMessage, answer: (go: boolean) => void): void
}

/**
 * Runs a job in a process of its own at the lowest priority, so that whatever becomes of it (a crash, no end, no memory) stays there. It
 * ends when we do: its channel closes. Never rejects, and leaves no process behind. `start`: for tests.
 */
export async function runJob(parts: JobParts, start = startJob): Promise<JobOutcome> {
  try {
    if (parts.signal?.aborted) return { kind: 'failed', why: 'stopped' }
    return await watched(start(parts.limits), parts)
  } catch (error) {
    return { kind: 'failed', why: messageOf(error) }
  }
}

async function watched(child: ChildProcess, parts: JobParts): Promise<JobOutcome> {
  const { job, limits, signal } = parts
  let outcome: JobOutcome | undefined
  const fail = (why: string, how: NodeJS.Signals): void => {
    outcome ??= { kind: 'failed', why }
    child.kill(how)
  }
  const stop = (): void => {
    fail('stopped', 'SIGTERM')
    setTimeout(() => kill(child), STOP_MS).unref()
  }
  const overdue = setTimeout(() => fail(`it ran longer than ${limits.runMsMax} ms`, 'SIGKILL'), limits.runMsMax)
  const watch = setInterval(() => {
    const residentMb = Math.round(residentMbOf(child.pid))
    if (residentMb <= limits.memoryMbMax) return
    fail(`it held ${residentMb} MiB; at most ${limits.memoryMbMax} are allowed`, 'SIGKILL')
  }, WATCH_MS)
  signal?.addEventListener('abort', stop)
  const complaint = lastWords(child)
  child.on('message', (message: JobMessage) => {
    if (message.kind === 'done' || message.kind === 'refused') outcome ??= message
    else parts.onMessage?.(message, (go) => child.connected && child.send({ go }))
  })
  try {
    const ended = await ending(child, job)
    return outcome ?? { kind: 'failed', why: `it ended with ${ended}${complaint()}` }
  } finally {
    clearTimeout(overdue)
    clearInterval(watch)
    signal?.removeEventListener('abort', stop)
    kill(child)
  }
}

/** Nothing happens when it has ended. */
function kill(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}

function startJob({ memoryMbMax }: JobLimits): ChildProcess {
  const main = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url))
  const child = fork(main, ['trainer-job'], {
    execArgv: [...process.execArgv, `--max-old-space-size=${memoryMbMax}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  if (child.pid !== undefined) makeHumble(child.pid)
  return child
}

function makeHumble(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
    // When the machine runs out of memory, Linux ends this process, and no daemon.
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000')
  } catch {
    // Not permitted, another system, or gone already: it runs on as it is.
  }
}

/** Resolves with how it ended, in words, once all that it said has been heard. Rejects when it cannot be begun. */
const ending = async (child: ChildProcess, job: Job): Promise<string> => {
  const closed = new Promise<string>((resolve, reject) => {
    child.once('close', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`))
    child.once('error', reject)
  })
  // Its last message may come after its end.
  const heard = new Promise<void>((resolve) => {
    child.once('disconnect', resolve)
  })
  // It may be gone already: then its end says why.
  child.send(job, () => undefined)
  const how = await closed
  await heard
  return how
}

/** What it died of, as it told on standard error: the line that names it, or else the last. */
function lastWords({ stderr }: ChildProcess): () => string {
  let said = ''
  stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-STDERR_MAX)
  })
  return () => {
    const lines = said.trim().split('\n')
    const last = lines.findLast((line) => /^(fatal|error): /i.test(line)) ?? lines.at(-1) ?? ''
    return last === '' ? '' : `: ${last}`
  }
}

/** 0 where the system does not say (no /proc): then V8's own limit is all there is. */
function residentMbOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024
  } catch {
    return 0
  }
}
