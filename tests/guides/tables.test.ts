import { test } from 'vitest'
import { runPageTests } from './run-page-tests.ts'

test('the examples of docs/tables.md hold', () => runPageTests('tables.md', { passes: 9 }), 120_000)
