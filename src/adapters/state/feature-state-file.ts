import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { InputError, messageOf } from '../../core/errors.ts'

/** What the features remember, between two lives of a daemon. */
export interface FeatureStateFile {
  /** As it was saved; undefined when there is none. Throws `InputError` for a file that is no JSON. */
  load(): unknown
  /** On disk when it returns: the old one or the new one is there whatever happens. */
  save(state: object): void
}

export function featureStateFile(file: string): FeatureStateFile {
  return {
    load() {
      let text: string
      try {
        text = readFileSync(file, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw new InputError(`${file}: cannot be read: ${messageOf(error)}`, { file }, error)
      }
      try {
        return JSON.parse(text)
      } catch (error) {
        throw new InputError(`${file}: must be JSON: ${messageOf(error)}`, { file }, error)
      }
    },
    save(state) {
      const next = `${file}.next`
      synced(next, 'w', (handle) => writeFileSync(handle, JSON.stringify(state)))
      renameSync(next, file)
      synced(dirname(file), 'r') // A name lasts only when its folder is on disk too.
    },
  }
}

function synced(path: string, flags: 'r' | 'w', write: (handle: number) => void = () => undefined): void {
  const handle = openSync(path, flags, 0o600)
  try {
    write(handle)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
