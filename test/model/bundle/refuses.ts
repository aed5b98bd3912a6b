import { expect } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { BundleFiles } from '../../../src/model/bundle/bundle.ts'
import { openBundle } from '../../../src/model/bundle/bundle.ts'
import { SCHEMA } from '../sample-model.ts'

/** Opening must fail by an `InputError` whose message holds every part of `says`. */
export function refuses(files: BundleFiles, says: readonly string[]): void {
  let thrown: unknown
  try {
    openBundle(files, SCHEMA)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(InputError)
  for (const part of says) expect((thrown as InputError).message.replaceAll('→ at ', '')).toContain(part)
}
