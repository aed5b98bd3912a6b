import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockState } from '../../adapters/sqlite/state-lock.ts'
import { InputError, TransientError } from '../../core/errors.ts'

/** In the folder of the family; no name of a bundle. */
const LOCK = '.champion'
/** Longest wait for another process, and how often it is looked whether it is done, milliseconds. A change takes well below a second. */
const WAIT_MS = 10_000
const POLL_MS = 20

/**
 * Does `act` while no other process, nor another call of this one, changes who decides in the family. The lock is the kernel's: it ends
 * with its process, however that dies. Throws `TransientError` naming the holder after 10 s, `InputError` where the
 * folder cannot be written.
 */
export async function withFamilyLock<T>(familyFolder: string, act: () => Promise<T>, waitMs = WAIT_MS): Promise<T> {
  const unlock = await locked(familyFolder, waitMs)
  try {
    return await act()
  } finally {
    unlock()
  }
}

async function locked(familyFolder: string, waitMs: number): Promise<() => void> {
  await mkdir(familyFolder, { recursive: true })
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      return lockState(join(familyFolder, LOCK))
    } catch (error) {
      const holder = error instanceof InputError ? error.context['holder'] : undefined
      if (typeof holder !== 'string') throw error
      if (waitedMs >= waitMs) {
        throw new TransientError(
          `${familyFolder}: process ${holder} has been changing which model decides for ${waitMs} ms; nothing was changed here, try again`,
          { familyFolder, holder },
          error,
        )
      }
    }
    await sleep(POLL_MS)
  }
}
