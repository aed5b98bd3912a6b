import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
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
      const handle = openSync(next, 'w', 0o600)
      try {
        writeSync(handle, JSON.stringify(state))
        fsyncSync(handle)
      } finally {
        closeSync(handle)
      }
      renameSync(next, file)
    },
  }
}
