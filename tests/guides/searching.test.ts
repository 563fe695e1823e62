import { test } from 'vitest'
import { runPageTests } from './run-page-tests.ts'

test(
  'the searches of docs/searching.md find what the page says',
  () => runPageTests('searching.md', { passes: 2 }),
  120_000,
)
