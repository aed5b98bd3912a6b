import { z } from 'zod'
import { appendHistoryLine, historyBytes, readHistoryLines } from '../../adapters/bundle/history-file.ts'
import { InputError } from '../../core/errors.ts'
import { type HistoryEntry, historyEntrySchema } from '../../model/bundle/model-history.ts'

/** Everything that happened to the models of a family, oldest first. Throws `InputError` naming an entry that breaks the rules. */
export async function readHistory(familyFolder: string): Promise<readonly HistoryEntry[]> {
  return (await readHistoryLines(familyFolder)).map(({ where, json }) => {
    const parsed = historyEntrySchema.safeParse(json)
    if (parsed.success) return parsed.data
    throw new InputError(`${where}: ${z.prettifyError(parsed.error)}`, { where })
  })
}

/** Durable when it resolves. */
export const appendHistory = (familyFolder: string, entry: HistoryEntry): Promise<void> =>
  appendHistoryLine(familyFolder, historyEntrySchema.parse(entry))

/** The same for those who look often: read again only when the file has grown. */
export function historyReader(familyFolder: string): () => Promise<readonly HistoryEntry[]> {
  let known: { readonly bytes: number; readonly entries: readonly HistoryEntry[] } | undefined
  return async () => {
    const bytes = await historyBytes(familyFolder)
    if (known?.bytes !== bytes) known = { bytes, entries: await readHistory(familyFolder) }
    return known.entries
  }
}
