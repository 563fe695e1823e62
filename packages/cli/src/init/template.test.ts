import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copyTemplate } from './template.ts'

let dir: string
let template: string
let target: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-template-'))
  template = join(dir, 'template')
  target = join(dir, 'target')
  await mkdir(join(template, 'src/pipelines'), { recursive: true })
  await mkdir(join(template, '.airlock'))
  await writeFile(join(template, 'airlock.config.ts'), 'export default {}')
  await writeFile(join(template, 'src/pipelines/training.ts'), 'export default 1')
  await writeFile(join(template, '.gitignore'), 'dist')
  await writeFile(join(template, '.airlock/credentials.json'), '{}')
})
afterEach(() => rm(dir, { recursive: true }))

test('everything of the template is copied, dot files too, and nothing that its use has made', async () => {
  await copyTemplate(template, target)
  expect((await readdir(target)).sort()).toEqual(['.gitignore', 'airlock.config.ts', 'src'])
  expect(await readFile(join(target, 'src/pipelines/training.ts'), 'utf8')).toBe('export default 1')
})

test('the packed template, whose ignore file has no dot, gives the same project', async () => {
  await rename(join(template, '.gitignore'), join(template, 'gitignore'))
  await copyTemplate(template, target)
  await copyTemplate(template, target)
  expect(await readFile(join(target, '.gitignore'), 'utf8')).toBe('dist')
  expect((await readdir(target)).sort()).toEqual(['.gitignore', 'airlock.config.ts', 'src'])
})

test('a copy that was cut short is completed', async () => {
  await mkdir(join(target, 'src/pipelines'), { recursive: true })
  await writeFile(join(target, 'src/pipelines/training.ts'), 'export def')
  await copyTemplate(template, target)
  expect(await readFile(join(target, 'src/pipelines/training.ts'), 'utf8')).toBe('export default 1')
})

test('a folder with a file of somebody else is refused, and stays as it is', async () => {
  await mkdir(join(target, '.git'), { recursive: true })
  await writeFile(join(target, '.git/HEAD'), 'ref')
  await writeFile(join(target, '.gitignore'), 'mine')
  await expect(copyTemplate(template, target)).rejects.toMatchObject({ code: 'cli_folder_not_empty' })
  expect((await readdir(target)).sort()).toEqual(['.git', '.gitignore'])
})
