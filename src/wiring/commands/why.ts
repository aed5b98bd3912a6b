import { openJournalReader } from '../../adapters/sqlite/journal-reader.ts'
import { InputError } from '../../core/errors.ts'
import type { DecisionStory, JournalReader } from '../../trading/journal.port.ts'
import type { WhyOptions } from '../command-options.ts'
import type { Io } from '../io.ts'
import { modesIn, stateFile } from '../state-files.ts'
import { unitText } from './unit-text.ts'
import { whyText } from './why-text.ts'

/** Explains one decision. Throws `InputError` when there is no such one, or no telling which database is meant. */
export async function whyCommand(options: WhyOptions, io: Io): Promise<number> {
  const modes = modesIn(options.state, options.mode)
  const [mode] = modes
  if (mode === undefined || modes.length > 1) {
    throw new InputError(`state folder ${options.state} holds ${modes.join(', ')}: name one with --mode`)
  }
  const reader = openJournalReader(stateFile(options.state, mode))
  try {
    const story = find(reader, options)
    io.out(options.json ? JSON.stringify(story) : whyText(story, unitText(reader.summary().instruments)).join('\n'))
    return 0
  } finally {
    reader.close()
  }
}

function find(reader: JournalReader, { bar = '1', symbol }: WhyOptions): DecisionStory {
  const latest = reader.latestDecision(symbol)
  if (!latest) throw new InputError(`there is no decision${symbol === undefined ? '' : ` of ${symbol}`} yet`)
  const story = reader.decisionAt(wanted(bar, latest), symbol)
  if (story) return story
  throw new InputError(
    `bar was "${bar}": no decision is there; use 1 for the latest, 2 for the one before, an ISO time inside the bar, or a decision id`,
  )
}

/** The reader's own terms: decision id, bar end in epoch milliseconds, or a negative index from the end. */
function wanted(bar: string, { decision }: DecisionStory): string | number {
  if (/^-?\d{1,9}$/.test(bar)) return -Math.max(1, Math.abs(Number(bar)))
  const at = /^\d{4}-\d\d-\d\dT/.test(bar) ? Date.parse(bar) : Number.NaN
  if (Number.isNaN(at)) return bar
  const barMs = decision.barEndAt - decision.barStartAt
  return (Math.floor(at / barMs) + 1) * barMs
}
