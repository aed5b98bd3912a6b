import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { featureStateFile } from '../../../src/adapters/state/feature-state-file.ts'
import { InputError } from '../../../src/core/errors.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-features-'))
afterAll(() => rmSync(dir, { recursive: true }))

describe('featureStateFile', () => {
  test('nothing was saved', () => {
    expect(featureStateFile(join(dir, 'none.json')).load()).toBeUndefined()
  })

  test('gives back what was saved last, for its owner only', () => {
    const path = join(dir, 'state.json')
    const file = featureStateFile(path)
    file.save({ a: 'x'.repeat(3_000_000) })
    file.save({ a: [0.1, 'NaN'] })
    expect(file.load()).toEqual({ a: [0.1, 'NaN'] })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(existsSync(`${path}.next`)).toBe(false)
  })

  test('a save that broke off leaves the old one, and the next one passes over its rest', () => {
    const path = join(dir, 'broken-off.json')
    const file = featureStateFile(path)
    file.save({ a: 1 })
    writeFileSync(`${path}.next`, '{"a":2,"much more than what comes after it')
    expect(file.load()).toEqual({ a: 1 })
    file.save({ a: 3 })
    expect(readFileSync(path, 'utf8')).toBe('{"a":3}')
  })

  test('a save that fails leaves the old one', () => {
    const path = join(dir, 'kept.json')
    const file = featureStateFile(path)
    file.save({ a: 1 })
    mkdirSync(`${path}.next`)
    expect(() => file.save({ a: 2 })).toThrow()
    expect(file.load()).toEqual({ a: 1 })
  })

  test.each([
    ['empty', ''],
    ['cut', '{"a":'],
    ['zeros, as a power cut leaves them', '\0\0\0\0'],
  ])('%s: names the file', (_name, text) => {
    const path = join(dir, 'damaged.json')
    writeFileSync(path, text)
    expect(() => featureStateFile(path).load()).toThrow(InputError)
    expect(() => featureStateFile(path).load()).toThrow(`${path}: must be JSON`)
  })

  test('a folder in its place is named', () => {
    expect(() => featureStateFile(dir).load()).toThrow(`${dir}: cannot be read`)
  })
})
