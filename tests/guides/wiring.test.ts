import { test } from 'vitest'
import { runPageTests } from './run-page-tests.ts'

test('the pipeline of docs/wiring.md does what the page says', () => runPageTests('wiring.md', { passes: 2 }), 120_000)
