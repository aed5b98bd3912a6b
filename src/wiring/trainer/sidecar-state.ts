import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { replaceDurably } from '../../adapters/files/durable-file.ts'
import { InputError } from '../../core/errors.ts'

const moment = z.number().nonnegative()

const schema = z.strictObject({
  format: z.literal(1),
  /** When the last training ended, whatever it came to. Milliseconds since the epoch, as all times here. */
  trainedAt: moment.optional(),
  /** It learnt from bars up to there. */
  trainedUntil: moment.optional(),
  /** In a row. */
  failures: z.int().nonnegative(),
  /** Requests for a model that the history held when the last training began: those are answered. */
  asked: z.int().nonnegative().default(0),
  /** Under way: begun again after a crash, from the same bars. `tries`: how often it was begun. */
  underWay: z.strictObject({ until: moment, because: z.string(), tries: z.int().positive().default(1) }).optional(),
})

/** What the trainer remembers over restarts; the rest follows from bar log and history. */
export type SidecarState = z.infer<typeof schema>

const FRESH: SidecarState = { format: 1, failures: 0, asked: 0 }

/** Fresh where there is no file. Throws `InputError` for a damaged one, naming it. */
export async function loadSidecarState(file: string): Promise<SidecarState> {
  if (!existsSync(file)) return FRESH
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new InputError(`${file}: it is damaged; remove it, and the next training begins afresh`, { file }, error)
  }
}

/** Durable when it resolves: readers see the old state or the new one. */
export async function saveSidecarState(file: string, state: SidecarState): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await replaceDurably(file, JSON.stringify(state))
}
