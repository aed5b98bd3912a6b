import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { modelSettingsSchema } from '../../../src/training/model-settings.ts'
import { fitSchema } from '../../../src/wiring/config/fit-schema.ts'
import { configSchema } from '../../../src/wiring/config/schema.ts'
import { schemaKeys } from '../../../src/wiring/config/schema-keys.ts'
import { sweepSchema } from '../../../src/wiring/config/sweep-schema.ts'

const keys = [configSchema, fitSchema, modelSettingsSchema, sweepSchema].flatMap(schemaKeys)
const doc = readFileSync('docs/configuration.md', 'utf8')
const files = readdirSync('config').map((name) => ({ name, lines: readFileSync(`config/${name}`, 'utf8').split('\n') }))

test.each(keys)('$path is described in the schema and in docs/configuration.md', ({ path, description, optional }) => {
  expect(description).toBeTruthy()
  expect(doc).toContain(`| \`${path}\``)
  if (optional) expect(doc).toMatch(new RegExp(`\\| \`${path.replace(/[.[\]]/g, '\\$&')}\` +\\| .*optional`))
})

test.each(keys)('$path stands in a YAML file', ({ path }) => {
  const key = path.split('.').at(-1)!.replace('[]', '')
  expect(files.some(({ lines }) => lines.some((line) => new RegExp(`^\\s*(#\\s*|- )?${key}:`).test(line)))).toBe(true)
})

test('docs/configuration.md describes no key that is not there', () => {
  const described = [...doc.matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path)
  const known = new Set(keys.map(({ path }) => path))
  expect(described.filter((path) => !known.has(path!) && !/^(TICKWRIGHT_|config\/)/.test(path!))).toEqual([])
})

test.each(files)('every key of $name has a comment above it', ({ lines }) => {
  const bare = lines.filter((line, index) => {
    if (!/^\s*(- )?\w+:\s+\S/.test(line) || line.trim() === '') return false
    return !lines[index - 1]!.trim().startsWith('#')
  })
  // The second instrument of replay.yaml repeats the keys of the first; `mode` explains itself.
  const keysOf = bare.map((line) => line.trim().replace(/^- /, '').split(':')[0])
  const explained = lines.flatMap((line, index) =>
    lines[index - 1]?.trim().startsWith('#') ? [line.trim().replace(/^- /, '').split(':')[0]] : [],
  )
  expect(keysOf.filter((key) => key !== 'mode' && !explained.includes(key))).toEqual([])
})
