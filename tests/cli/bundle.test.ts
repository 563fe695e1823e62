import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Export, Manifest, Workspace } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, jsonOf, type Run, temporaryFolder } from './airlock.ts'
import { dev, model, production, sharedProject } from './project.ts'

type Verified = {
  verified: boolean
  digest: string
  signedBy: { workspace: string | null; from: string }
  manifest: Manifest
}

const project = sharedProject()
let elsewhere: Awaited<ReturnType<typeof temporaryFolder>>
let inProject: Run
let alone: Run
let digest: string
beforeAll(async () => {
  elsewhere = await temporaryFolder()
  inProject = project.airlock
  alone = airlockIn(elsewhere.dir)
  await inProject('run', 'training', '--environment', 'staging')
  const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]
  await inProject('model', 'promote', model, '--to-stage', 'staging')
  const exported = await jsonOf<Export>(inProject, 'promote', ...between, '--export-only')
  digest = exported.bundle.digest
  await cp(fileURLToPath(exported.bundle.uri), join(elsewhere.dir, 'bundle'), { recursive: true })
  for (const [name, file] of [
    [dev, 'dev.pem'],
    [production, 'production.pem'],
  ] as const) {
    const { publicKey } = await jsonOf<Workspace>(inProject, 'workspace', 'show', name)
    await writeFile(join(elsewhere.dir, file), publicKey)
  }
})
afterAll(() => elsewhere.remove())

test('a bundle is verified far from any project, and what is inside is shown', async () => {
  const verified = await jsonOf<Verified>(alone, 'bundle', 'verify', 'bundle', '--public-key', 'dev.pem')
  expect(verified).toMatchObject({
    verified: true,
    digest,
    signedBy: { workspace: null, from: 'dev.pem' },
    manifest: { source: { workspace: dev, model, number: 1 } },
  })
  const { stdout } = await alone('bundle', 'verify', 'bundle', '--public-key', 'dev.pem')
  for (const shown of [digest, dev, 'version 1', 'accuracy', 'artifacts/model.onnx', 'evaluation', 'not in git'])
    expect(stdout).toContain(shown)
})

test('without a key it takes those of the project, and says so', async () => {
  const { code, stdout, stderr } = await inProject('bundle', 'verify', join(elsewhere.dir, 'bundle'), '--json')
  expect(code).toBe(0)
  expect((JSON.parse(stdout) as Verified).signedBy).toMatchObject({ workspace: dev })
  expect(stderr).toContain('no --public-key: verifying with the keys of the workspaces of this project')
})

test('another key, a changed byte and a missing folder end with 1, why and what to do', async () => {
  const wrongKey = await alone('bundle', 'verify', 'bundle', '--public-key', 'production.pem')
  expect([wrongKey.code, wrongKey.stderr]).toEqual([1, expect.stringContaining('bundle_signed_by_other')])
  expect(wrongKey.stderr).not.toContain('trust add')
  await cp(join(elsewhere.dir, 'bundle'), join(elsewhere.dir, 'changed'), { recursive: true })
  const file = join(elsewhere.dir, 'changed/artifacts/model.onnx')
  const bytes = await readFile(file)
  bytes[100] = (bytes[100] ?? 0) ^ 1
  await writeFile(file, bytes)
  const changed = await alone('bundle', 'verify', 'changed', '--public-key', 'dev.pem')
  expect(changed.code).toBe(1)
  expect(changed.stderr).toContain('artifacts/model.onnx')
  expect(changed.stderr).toMatch(/why .*\n.*do /)
  const nowhere = await alone('bundle', 'verify', 'nowhere', '--public-key', 'dev.pem')
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('bundle_not_found')])
  expect((await alone('bundle', 'verify', 'bundle', '--public-key', 'none.pem')).stderr).toContain('none.pem')
  expect((await alone('bundle', 'verify', 'bundle')).stderr).toContain('cli_project_folder_not_found')
})
