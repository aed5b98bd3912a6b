import { openJournalReader } from '../../adapters/sqlite/journal-reader.ts'
import type { StatusOptions } from '../command-options.ts'
import type { Io } from '../io.ts'
import { isRunning, modesIn, stateFile } from '../state-files.ts'
import { type Status, statusText } from './status-text.ts'

/** Shows every database of the folder, or that of one mode. Throws `InputError` when there is none. */
export async function statusCommand(options: StatusOptions, io: Io): Promise<number> {
  const daemons = modesIn(options.state, options.mode).map((mode) => read(stateFile(options.state, mode)))
  if (options.json) {
    io.out(
      JSON.stringify({
        daemons: daemons.map(({ summary, running, last }) => ({ ...summary, running, last: last ?? null })),
      }),
    )
    return 0
  }
  io.out(daemons.map((daemon) => statusText(daemon).join('\n')).join('\n\n'))
  return 0
}

function read(path: string): Status {
  const reader = openJournalReader(path)
  try {
    return { summary: reader.summary(), running: isRunning(path), last: reader.latestDecision() }
  } finally {
    reader.close()
  }
}
