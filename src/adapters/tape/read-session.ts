import { readTape } from './read-tape.ts'
import type { SessionRecord } from './tape-control.ts'

/** What the first line of a tape says, if it is one of ours: nothing else of the file is read. Throws as `readTape` does. */
export async function readSession(file: string): Promise<SessionRecord | undefined> {
  for await (const { control } of readTape(file)) return control?.kind === 'session' ? control : undefined
  return undefined
}
