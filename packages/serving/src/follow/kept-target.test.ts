import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeploymentSettings, DeploymentTarget } from '@airlock-ml/contract'
import { afterEach, expect, test } from 'vitest'
import { keptTarget } from './kept-target.ts'

const dir = mkdtempSync(join(tmpdir(), 'airlock-kept-'))
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('several that write at once do not take each other’s draft away, and leave nothing but the target', async () => {
  const file = join(dir, 'target.json')
  const id = '01a20da1-0000-7000-8000-000000000001'
  const target = DeploymentTarget.parse({
    ...{ revision: hash('sha256', ''), deploymentId: id, name: 'risk-api', project: 'p', pipeline: 'answering' },
    ...{
      snapshotId: id,
      settings: DeploymentSettings.parse({}),
      keys: [],
      champion: null,
      whyNobody: 'Nobody holds it.',
    },
    ...{ challenger: null, whyNoChallenger: null, inputsKey: 'a2V5' },
  })
  const writers = Array.from({ length: 8 }, () => keptTarget(file))
  await Promise.all(writers.map((writer) => writer.write(target)))
  expect(await keptTarget(file).read()).toEqual(target)
  expect(await readdir(dir)).toEqual(['target.json'])
})
