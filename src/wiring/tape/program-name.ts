import { readFileSync } from 'node:fs'
import { packageFile } from '../package-file.ts'

/** Who writes a tape, e.g. `tickwright 0.1.0`. */
export function programName(): string {
  const { name, version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Record<string, string>
  return `${name} ${version}`
}
