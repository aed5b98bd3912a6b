import { existsSync } from 'node:fs'
import path from 'node:path'

const folder = path.join(process.env['TICKWRIGHT_DATA'] ?? '../shared/data', 'tapes')

/** Path of a real capture; prints why a test is skipped where it is absent. */
export function realTape(name: string): { readonly file: string; readonly absent: boolean } {
  const file = path.join(folder, name)
  const absent = !existsSync(file)
  if (absent) console.log(`skipped: no real tape at ${file}; set TICKWRIGHT_DATA to the folder that holds tapes/`)
  return { file, absent }
}
