import { openJournalReader } from '../../adapters/sqlite/journal-reader.ts'
import { openState } from '../../adapters/sqlite/open-state.ts'
import { InputError } from '../../core/errors.ts'
import type { ResetOptions } from '../command-options.ts'
import { forgetEquity } from '../daemon/guard-store.ts'
import type { Io } from '../io.ts'
import { stateFile } from '../state-files.ts'

/**
 * Clears a latch, on a person's word only: the daemon must be stopped, so that nobody trades while it is done. The measure that set it
 * (day's start, peak of equity) begins afresh with the next start.
 */
export async function resetCommand({ state: folder, mode, latch }: ResetOptions, io: Io): Promise<number> {
  const path = stateFile(folder, mode)
  const { venue, latches } = summaryOf(path)
  if (!latches.some(({ name }) => name === latch)) {
    const set = latches.map(({ name }) => name).join(', ') || 'none'
    throw new InputError(`latch was "${latch}": it is not set in ${path}; set: ${set}`)
  }
  const state = openState(path, { mode, venue })
  try {
    state.journal.transaction(() => {
      state.journal.clearLatch(latch)
      forgetEquity(state.journal)
    })
  } finally {
    state.close()
  }
  io.out(`latch ${latch} cleared in ${path}`)
  return 0
}

function summaryOf(path: string) {
  const reader = openJournalReader(path)
  try {
    return reader.summary()
  } finally {
    reader.close()
  }
}
