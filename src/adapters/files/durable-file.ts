import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** On disk when it resolves; its name, once `syncFolder` has made it last. */
export async function writeDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(file, 'w', 0o644)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Readers see the old content or the new one, also after a power cut. One writer of `file`: a kill leaves at most `<file>.new`. */
export async function replaceDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${file}.new`
  await writeDurably(temporary, bytes)
  await rename(temporary, file)
  await syncFolder(dirname(file))
}

/** A rename lasts only when the folder that holds the name is on disk too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
