import { test } from 'vitest'
import { runPage } from './run-page.ts'

test('every block of the page on artifacts does what the page says', () => runPage('artifacts.md'), 120_000)
