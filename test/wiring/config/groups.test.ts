import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/wiring/config/load-config.ts'

const dir = mkdtempSync(join(tmpdir(), 'tickwright-groups-'))
afterAll(() => rmSync(dir, { recursive: true }))

const SYMBOLS = '[BTC/USDT:USDT, ETH/USDT:USDT, SOL/USDT:USDT]'

/** A shipped file with three symbols and these groups, as YAML flow. */
function withGroups(groups: string, mode = 'paper'): string {
  const file = join(dir, 'config.yaml')
  const text = readFileSync(`config/${mode}.yaml`, 'utf8')
    .replace(/^symbols: .*$/m, `symbols: ${SYMBOLS}`)
    .replace(/^( *)path: models\/demo$/m, (line, indent: string) => `${line}\n${indent}groups: ${groups}`)
  writeFileSync(file, text)
  return file
}

test('every symbol in one group is fine, and so are all on their own', () => {
  const groups = '{ majors: [ETH/USDT:USDT, BTC/USDT:USDT], others.2: [SOL/USDT:USDT] }'
  expect(loadConfig(withGroups(groups)).model.groups).toEqual({
    majors: ['ETH/USDT:USDT', 'BTC/USDT:USDT'],
    'others.2': ['SOL/USDT:USDT'],
  })
  expect(loadConfig(withGroups('each')).model.groups).toBe('each')
})

const REST = 'rest: [ETH/USDT:USDT, SOL/USDT:USDT]'

describe('what is wrong is named with key, value and rule', () => {
  test.each([
    ['a word', 'all', 'model.groups was "all": each, or a map of names to lists of symbols'],
    ['an empty group', `{ a: [], ${REST} }`, 'model.groups was {"a":[]'],
    [
      'a symbol in none',
      '{ a: [BTC/USDT:USDT, SOL/USDT:USDT] }',
      /each of symbols in a group; none has ETH\/USDT:USDT/,
    ],
    ['no group at all', '{}', /model\.groups was \{\}: each of symbols in a group; none has BTC.*ETH.*SOL/],
    [
      'a symbol in two',
      `{ a: [BTC/USDT:USDT, ETH/USDT:USDT], ${REST} }`,
      'model.groups.rest[0] was "ETH/USDT:USDT": each symbol in one group; it is in a too',
    ],
    [
      'a symbol twice in one',
      `{ a: [BTC/USDT:USDT, BTC/USDT:USDT], ${REST} }`,
      'model.groups.a[1] was "BTC/USDT:USDT": each symbol in one group; it is in a too',
    ],
    [
      'a symbol that is not traded',
      `{ a: [BTC/USDT:USDT, XRP/USDT:USDT], ${REST} }`,
      'model.groups.a[1] was "XRP/USDT:USDT": one of symbols',
    ],
    [
      'a name that leaves its folder',
      `{ ../a: [BTC/USDT:USDT], ${REST} }`,
      /groups\.\.\.\/a was .*its name: letters, digits/,
    ],
    ['a name that is hidden', `{ .a: [BTC/USDT:USDT], ${REST} }`, /its name: letters, digits/],
    [
      'the name of a file of families',
      `{ Current: [BTC/USDT:USDT], ${REST} }`,
      /its name: not one of current, history\.jsonl/,
    ],
    ['two names of one folder', `{ REST: [BTC/USDT:USDT], ${REST} }`, /groups\.rest was .*its name: another than REST/],
  ])('%s', (_, groups, message) => {
    expect(() => loadConfig(withGroups(groups))).toThrow(message)
  })
})
