import { z } from 'zod'
import type { TapeFrame } from '../../adapters/tape/tape-frame.ts'
import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { DecisionInputs } from '../session/decision-inputs.ts'
import type { Desk } from '../session/desk.ts'
import type { TapeLines } from './tape-lines.ts'

/**
 * What the ledger said when the recorded run decided on these bars; it stands behind the watermark that closed them. Undefined when the
 * run decided nothing then. Throws `InputError` naming file and line for inputs of another version of the program.
 */
export async function recordedInputs(
  lines: TapeLines,
  symbol: InstrumentSymbol,
  endAt: EpochMs,
): Promise<DecisionInputs | undefined> {
  let found: DecisionInputs | undefined
  await lines.ahead((line, file) => {
    const { control } = line
    if (control?.kind !== 'decision-inputs' || control.symbol !== symbol) return false
    const inputs = inputsOf(control.payload, line, file)
    if (inputs.endAt < endAt) return false
    found = inputs
    return true
  })
  return found?.endAt === endAt ? found : undefined
}

/** A wallet that is not known yet is NaN. */
const anyNumber = z.custom<number>((value) => typeof value === 'number', 'must be a number')

/** What a replay reads of it; the guard is the program's own. */
const payload = z.looseObject({
  endAt: z.number(),
  ledgerTag: z.string(),
  exchangeNow: z.number(),
  modelId: z.string(),
  modelExpired: z.boolean(),
  models: z.record(z.string(), z.looseObject({ modelId: z.string(), modelExpired: z.boolean() })).optional(),
  failures: z.record(z.string(), z.string()),
  adjustments: z.record(z.string(), z.looseObject({ sizeFactor: z.number() })).optional(),
  walletQuote: anyNumber,
  guard: z.looseObject({ latches: z.looseObject({}), executions: z.array(z.unknown()) }),
  accounts: z.record(
    z.string(),
    z.looseObject({
      lots: anyNumber,
      entryTicks: anyNumber,
      open: z.looseObject({ buy: anyNumber, sell: anyNumber }),
      freezes: z.array(z.string()),
    }),
  ),
})

function inputsOf(value: unknown, { line }: TapeFrame, file: string): DecisionInputs {
  const { success, error } = payload.safeParse(value)
  if (success) return value as DecisionInputs
  const [issue] = error.issues
  const key = ['decision-inputs', ...(issue?.path ?? [])].join('.')
  throw new InputError(
    `${file}, line ${line}: ${key}: ${issue?.message}; the tape was recorded by another version of the program`,
    { file, line },
  )
}

/** Nothing is sent: the run that was recorded did that. */
export const recordedDesk: Desk = {
  position: () => ({ lots: 0, entryTicks: 0 }),
  openLots: () => ({ buy: 0, sell: 0 }),
  freezes: () => new Set(),
  walletQuote: () => Number.NaN,
  commit: (decided) => decided.map(() => ({ kind: 'recorded' })),
}
