import { expect, test } from 'vitest'
import { moduleFlags } from './node-flags.ts'

test('flags that decide about modules are kept, those that would start another program are not', () => {
  const flags = [
    '--conditions=source',
    '-C',
    'crash-test',
    '--inspect',
    '-e',
    'process.exit()',
    '--import',
    './hook.ts',
  ]
  expect(moduleFlags(flags)).toEqual(['--conditions=source', '-C', 'crash-test', '--import', './hook.ts'])
  expect(moduleFlags(['--max-old-space-size=100', '--test'])).toEqual([])
})
