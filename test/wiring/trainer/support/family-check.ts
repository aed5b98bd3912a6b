import { join } from 'node:path'
import { expect } from 'vitest'
import { listVersions } from '../../../../src/adapters/bundle/list-bundles.ts'
import { readBundle, readCurrentVersion } from '../../../../src/adapters/bundle/read-bundle.ts'
import { checkBundle } from '../../../../src/model/bundle/bundle.ts'
import type { HistoryEntry } from '../../../../src/model/bundle/model-history.ts'
import { readHistory } from '../../../../src/wiring/models/history.ts'

/** What no crash may break: every version on disk is sound, `current` names one of them, the history can be read. Returns the history. */
export async function soundFamily(familyFolder: string): Promise<readonly HistoryEntry[]> {
  const versions = await listVersions(familyFolder)
  for (const version of versions) checkBundle(await readBundle(familyFolder, version))
  expect(versions, join(familyFolder, 'current')).toContain(await readCurrentVersion(familyFolder))
  return await readHistory(familyFolder)
}

export const countOf = (entries: readonly HistoryEntry[], action: HistoryEntry['action']): number =>
  entries.filter((one) => one.action === action).length
