import { test } from 'vitest'
import { runPage } from './run-page.ts'

test(
  'every block of the guide for data scientists does what the guide says',
  () => runPage('guide-data-scientist.md'),
  240_000,
)
