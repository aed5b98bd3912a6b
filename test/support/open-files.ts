import { readdirSync, readlinkSync } from 'node:fs'

const OWN = '/proc/self/fd'

/** Whether this process can be asked what it has open: Linux alone tells. */
export const tellsOpenFiles = process.platform === 'linux'

/** Files below `folder` that this process has open. */
export const openFiles = (folder: string): readonly string[] =>
  readdirSync(OWN).flatMap((descriptor) => {
    try {
      const file = readlinkSync(`${OWN}/${descriptor}`)
      return file.startsWith(folder) ? [file] : []
    } catch {
      return [] // That of the listing itself is closed by now.
    }
  })
