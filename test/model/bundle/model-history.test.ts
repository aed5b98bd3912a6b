import { expect, test } from 'vitest'
import { type HistoryEntry, rosterOf } from '../../../src/model/bundle/model-history.ts'

const entry = (action: HistoryEntry['action'], version: string, previous?: string): HistoryEntry => ({
  at: `2026-01-01T00:00:0${version.slice(1)}Z`,
  who: 'trainer',
  action,
  version,
  why: 'test',
  ...(previous !== undefined && { previous }),
})
const names = (entries: readonly HistoryEntry[]) => rosterOf(entries).challengers.map(({ version }) => version)

test('a challenger stays one until it is refused, promoted or retired', () => {
  const begun = [entry('train', 'a1'), entry('challenge', 'a1'), entry('train', 'a2'), entry('challenge', 'a2')]
  expect(rosterOf(begun).challengers).toEqual([
    { version: 'a1', since: '2026-01-01T00:00:01Z' },
    { version: 'a2', since: '2026-01-01T00:00:02Z' },
  ])
  expect(names([...begun, entry('refuse', 'a1')])).toEqual(['a2'])
  expect(names([...begun, entry('promote', 'a2', 'a0')])).toEqual(['a1'])
  expect(names([...begun, entry('retire', 'a2')])).toEqual(['a1'])
})

test('a retired model is never challenger nor champion', () => {
  expect(names([entry('retire', 'a1'), entry('challenge', 'a1')])).toEqual([])
  const { champions, retired } = rosterOf([
    entry('promote', 'a2', 'a1'),
    entry('promote', 'a3', 'a2'),
    entry('retire', 'a2'),
  ])
  expect(champions).toEqual(['a1', 'a3'])
  expect([...retired]).toEqual(['a2'])
})

test('champions stand in the order in which they decided last; nobody goes back to one that was rolled back from', () => {
  const promoted = [entry('promote', 'a2', 'a1'), entry('promote', 'a3', 'a2')]
  expect(rosterOf([...promoted, entry('promote', 'a1', 'a3')]).champions).toEqual(['a2', 'a3', 'a1'])
  expect(rosterOf([...promoted, entry('rollback', 'a2', 'a3')]).champions).toEqual(['a1', 'a2'])
  expect(rosterOf([...promoted, entry('rollback', 'a2', 'a3'), entry('rollback', 'a1', 'a2')]).champions).toEqual([
    'a1',
  ])
})
