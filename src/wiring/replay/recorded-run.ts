import { InputError } from '../../core/errors.ts'
import type { InstrumentSymbol } from '../../core/instrument.ts'
import type { EpochMs } from '../../core/units.ts'
import type { DecisionInputs } from '../session/decision-inputs.ts'
import type { Desk } from '../session/desk.ts'
import type { TapeLines } from './tape-lines.ts'

/** What the ledger said when the recorded run decided on these bars; it stands behind the watermark that closed them. */
export async function recordedInputs(
  lines: TapeLines,
  symbol: InstrumentSymbol,
  endAt: EpochMs,
): Promise<DecisionInputs | undefined> {
  const line = await lines.ahead(({ control }) => {
    if (control?.kind !== 'decision-inputs' || control.symbol !== symbol) return false
    return inputsOf(control.payload).endAt >= endAt
  })
  if (line?.control?.kind !== 'decision-inputs') return undefined
  const inputs = inputsOf(line.control.payload)
  return inputs.endAt === endAt ? inputs : undefined
}

/** The payload is the program's own; another version's may differ. */
function inputsOf(payload: unknown): DecisionInputs {
  const inputs = payload as DecisionInputs
  const isOurs =
    typeof payload === 'object' &&
    payload !== null &&
    typeof inputs.endAt === 'number' &&
    typeof inputs.accounts === 'object'
  if (isOurs) return inputs
  throw new InputError('decision-inputs: the tape was recorded by another version of the program')
}

/** Nothing is sent: the run that was recorded did that. */
export const recordedDesk: Desk = {
  position: () => ({ lots: 0, entryTicks: 0 }),
  openLots: () => ({ buy: 0, sell: 0 }),
  freezes: () => new Set(),
  walletQuote: () => Number.NaN,
  commit: (decided) => decided.map(() => ({ kind: 'recorded' })),
}
