import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrustedKey, Workspace } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { dev, production, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project

const ofProduction = ['--workspace', production]
const show = () => jsonOf<Workspace>(airlock, 'workspace', 'show', dev)
const writeKey = async (name: string, { publicKey }: { publicKey: string }) => {
  await writeFile(join(project.dir, name), publicKey)
  return name
}

test('a key is rotated, its successor believed, and the one before retired', { timeout: 120_000 }, async () => {
  await airlock('audit', 'checkpoint', '--workspace', dev)
  const before = await show()
  const rotated = await airlock('workspace', 'rotate-key', dev, '--reason', 'every January')
  expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringMatching(/is retired\n[\s\S]*BEGIN PUBLIC KEY/)])
  const after = await show()
  expect(after.keys).toMatchObject([
    { keyHint: before.keyHint, publicKey: before.publicKey, retiredAt: expect.any(String) },
    { keyHint: after.keyHint, publicKey: after.publicKey, retiredAt: null },
  ])
  expect((await airlock('workspace', 'show', dev)).stdout).toMatch(`${before.keyHint}, from `)

  const file = await writeKey('new.pem', after)
  const add = ['trust', 'add', file, '--source', dev, '--for', 'bundles', '--for', 'witness', ...ofProduction]
  expect(await airlock(...add)).toMatchObject({ code: 0 })
  const retire = ['trust', 'retire', before.keyHint, '--reason', 'rotated', ...ofProduction]
  expect((await airlock(...retire, '--at', '2999-01-01')).stderr).toContain('request_invalid')
  expect(await jsonOf<TrustedKey>(airlock, ...retire)).toMatchObject({ retiredAt: expect.any(String), removedAt: null })
  const { stdout } = await airlock('trust', 'list', ...ofProduction)
  for (const [key, state] of [
    [before.keyHint, 'retired'],
    [after.keyHint, 'in force'],
  ])
    expect(stdout).toMatch(new RegExp(`${key} .* ${state} `))
  expect((await airlock('trust', 'show', before.keyHint, ...ofProduction)).stdout).toMatch(/retired +2/)
})

test('the log over a rotation is verified with each key, and not with one', { timeout: 120_000 }, async () => {
  const [old, inForce] = (await show()).keys
  const [first, second] = [await writeKey('old.pem', old!), await writeKey('new.pem', inForce!)]
  expect(await airlock('audit', 'export', '-o', 'audit.jsonl', '--workspace', dev)).toMatchObject({ code: 0 })
  const verify = (...files: string[]) =>
    airlock('audit', 'verify', 'audit.jsonl', ...files.flatMap((file) => ['--public-key', file]))
  expect(await verify(first, second)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`key ${inForce!.keyHint}`),
  })
  expect(await verify(first)).toMatchObject({ code: 1 })
  const withNew = await verify(second)
  expect([withNew.code, withNew.stdout + withNew.stderr]).toEqual([
    1,
    expect.stringContaining('Give the public key of that time, too.'),
  ])
  expect(await airlock('audit', 'verify', '--workspace', dev)).toMatchObject({ code: 0 })
})
