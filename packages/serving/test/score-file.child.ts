// Run as a process of its own by tests, which kill it: scores a file and prints the manifest.
import { readFile } from 'node:fs/promises'
import { scoreFile } from '../src/batch/score-file.ts'
import type { ScoredInProcess } from './small-batch.ts'

const { model, ...options } = JSON.parse(process.argv[2] ?? '{}') as ScoredInProcess
const { manifest } = await scoreFile({
  ...options,
  model: await readFile(model),
  log: (line) => console.error(line),
  signal: new AbortController().signal,
  now: () => new Date(),
})
console.log(JSON.stringify(manifest))
