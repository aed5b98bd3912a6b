import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import type { EpochMs } from '../../core/units.ts'
import type { JsonObject } from '../../model/bundle/plain-json.ts'
import type { RunAbout } from '../../report/backtest/about.ts'

/** `run.json`: what the run was made of and what came out. Its id is the name of its folder. */
export interface RunFile {
  readonly about: RunAbout
  /** The numbers of the report. */
  readonly results: JsonObject
}

const SCHEMA = 1

const count = z.number().nonnegative()
const at = z
  .number()
  .nonnegative()
  .transform((ms) => ms as EpochMs)
const json = z.record(z.string(), z.json()).transform((value) => value as JsonObject)
const hash = z.string().regex(/^[0-9a-f]{8,128}$/, '8 to 128 hexadecimal digits')

const about = z.strictObject({
  title: z.string(),
  source: z.enum(['bars', 'tape']),
  config: json,
  models: z.array(
    z.strictObject({
      modelId: z.string(),
      trainedFrom: at.nullable(),
      trainedTo: at.nullable(),
      usedFrom: at.nullable(),
    }),
  ),
  data: z.array(
    z.strictObject({
      ...{ file: z.string(), sha256: z.string(), symbol: z.string(), rows: count, from: at, to: at },
      repairs: z.record(z.string(), count),
    }),
  ),
  code: z.strictObject({ version: z.string(), commit: z.string().nullable() }),
  runHash: hash,
  ...{ startedAt: at, endedAt: at },
  ...{ bars: count, decisions: count, orders: count, fills: count, retrainings: count, barsPerSecond: count },
})

const schema = z.strictObject({ schema: z.literal(SCHEMA), about, results: json })

export const runFileText = ({ about, results }: RunFile): string =>
  `${JSON.stringify({ schema: SCHEMA, about, results }, undefined, 2)}\n`

/** Throws `InputError` naming `file` where `text` is no whole run. */
export function parseRunFile(text: string, file: string): RunFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    throw new InputError(`${file}: damaged: it is no JSON`, { file }, thrown)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { about: parsed.data.about, results: parsed.data.results }
  const [issue] = parsed.error.issues
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  throw new InputError(`${file}: damaged: ${where}${issue?.message ?? 'no run'}`, { file }, parsed.error)
}
