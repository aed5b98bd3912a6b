import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { readTape } from '../../../src/adapters/tape/read-tape.ts'
import type { TapeFrame } from '../../../src/adapters/tape/tape-frame.ts'

/** A folder for the tapes of one test file. */
export function tapeFolder(): { at(name: string): string } {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'tape-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  return { at: (name) => path.join(folder, name) }
}

export interface WholeTape {
  readonly frames: readonly TapeFrame[]
  readonly truncatedMembers: number
}

export async function wholeTape(file: string): Promise<WholeTape> {
  const tape = readTape(file)
  const frames: TapeFrame[] = []
  for await (const frame of tape) frames.push(frame)
  return { frames, truncatedMembers: tape.truncatedMembers }
}
