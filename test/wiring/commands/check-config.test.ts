import { expect, test } from 'vitest'
import { checkConfigCommand } from '../../../src/wiring/commands/check-config.ts'
import { fakeIo } from './fake-io.ts'

test.each(['demo', 'paper', 'signal', 'replay', 'fit'])('%s.yaml is fine', async (mode) => {
  const { io, out } = fakeIo()
  expect(await checkConfigCommand({ config: `config/${mode}.yaml` }, io)).toBe(0)
  expect(out).toEqual([`config/${mode}.yaml: fine (mode ${mode})`])
})

test('live.yaml as it ships is refused', async () => {
  await expect(checkConfigCommand({ config: 'config/live.yaml' }, fakeIo().io)).rejects.toThrow('live.confirm')
})
