import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { packedScorer } from './scripts/packed-scorer.ts'

const conditions = ['source', 'node', 'import', 'module', 'default']

export default defineConfig({
  plugins: packedScorer(process.env.AIRLOCK_TEST_COMMAND),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/*.test.ts', 'scripts/**/*.test.ts', 'template/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '.demo/**'],
    typecheck: { enabled: false },
    setupFiles: ['scripts/leak-guard.ts'],
    pool: 'forks',
    // A process for each file costs a quarter of the whole: its start, and every module loaded anew. No test mocks a module.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    execArgv: ['--conditions=source'],
    // Compiled code of what tests start from source, kept between them: half of such a start.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/airlock-tests/source') },
  },
})
