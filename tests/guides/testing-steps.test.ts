import { test } from 'vitest'
import { runPageTests } from './run-page-tests.ts'

test('the tests of docs/testing-steps.md pass', () => runPageTests('testing-steps.md', { passes: 4 }), 120_000)
