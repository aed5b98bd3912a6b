import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** How much of a dead process's complaint is quoted, in characters. */
const COMPLAINT_MAX = 2_000

export interface LineProcess {
  /** One JSON line in, one out, in turn. Rejects when the process ends instead. */
  ask(request: object): Promise<Readonly<Record<string, unknown>>>
  close(): Promise<void>
}

/** A rival in a process of its own, so that its heap and threads leave ours alone. */
export function lineProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): LineProcess {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let complaint = ''
  child.stderr.on('data', (text) => {
    complaint = (complaint + String(text)).slice(-COMPLAINT_MAX)
  })
  child.stdin.on('error', () => undefined) // The process is gone: its exit tells.
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject))
  failed.catch(() => undefined) // Looked at by `ask`.
  const closed = ended(child)
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const { value, done } = await Promise.race([lines.next(), failed])
      if (!done) return JSON.parse(value)
      await closed
      throw new Error(`${command} ended with ${child.exitCode ?? child.signalCode}: ${complaint.trim()}`)
    },
    close: () => {
      child.stdin.end()
      return closed
    },
  }
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
