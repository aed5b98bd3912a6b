import type { Io } from '../../../src/wiring/io.ts'

/** An `Io` that remembers. */
export function fakeIo(env: Io['env'] = {}) {
  const out: string[] = []
  const err: string[] = []
  const io: Io = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    isTTY: false,
    env,
    onStop: () => () => undefined,
    ready: () => undefined,
  }
  return { io, out, err }
}
