// In CI the journey goes with the packages as they are packed; this is what `npm run demo` and a clone use.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ModelVersion, Page } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Demo, openDemo } from '../../scripts/demo/demo.ts'
import { makeProject } from '../../scripts/demo/make-project.ts'
import { MODEL } from '../../scripts/demo/names.ts'

let folder: string
let demo: Demo

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'journey-'))
  const dir = join(folder, 'cancer-detection')
  makeProject(dirname(dirname(import.meta.dirname)), dir)
  demo = openDemo({ dir, isColoured: false, write: () => {} })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('with the source of this clone a project is set up, and trains a version', { timeout: 60_000 }, async () => {
  await demo.airlock('init --admin ada')
  await demo.airlock('run training --param trees=5')
  const { items } = await demo.ask<Page<ModelVersion>>(`model version list ${MODEL}`)
  expect(items).toMatchObject([{ number: 1, stage: 'none' }])
})
