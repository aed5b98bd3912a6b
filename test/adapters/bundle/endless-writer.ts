import { setCurrent, writeBundle } from '../../../src/adapters/bundle/write-bundle.ts'
import { numberedFiles } from './numbered-files.ts'

// Writes one version after another and points `current` at each, until it is killed.
const [family = '', first = '0'] = process.argv.slice(2)
for (let number = Number(first); ; number += 1) {
  await writeBundle(family, `v-${number}`, numberedFiles(number))
  await setCurrent(family, `v-${number}`)
  process.stdout.write('.')
}
