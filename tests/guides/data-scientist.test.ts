import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { airlockIn, type Outcome, temporaryFolder } from '../cli/airlock.ts'
import { blocksOf } from './blocks.ts'

const guide = join(import.meta.dirname, '../../docs/guide-data-scientist.md')

const nodeIn = (dir: string, args: string[]) =>
  new Promise<Outcome>((resolve) => {
    execFile(process.execPath, args, { cwd: dir }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, stdout, stderr }),
    )
  })

test('every block of the guide for data scientists does what the guide says', async () => {
  const { dir, remove } = await temporaryFolder()
  onTestFinished(remove)
  let cwd = dir
  let said = ''
  const run = async (line: string): Promise<Outcome> => {
    const [word, ...args] = line.split(' ')
    if (word === 'cd') {
      cwd = join(cwd, args[0]!)
      return { code: 0, stdout: '', stderr: '' }
    }
    if (word === 'node') return await nodeIn(cwd, args)
    if (word !== 'airlock') throw new Error(`The guide may call airlock, node and cd, not ${word}.`)
    return await airlockIn(cwd)(...args)
  }
  for (const { language, info, text, line } of blocksOf(await readFile(guide, 'utf8'))) {
    const where = `line ${line} of the guide`
    if (language === 'sh') {
      said = ''
      for (const command of text.trim().split('\n')) {
        const { code, stdout, stderr } = await run(command)
        said += stdout + stderr
        expect(code, `${command}, ${where}\n${stdout}${stderr}`).toBe(info === 'fails' ? 1 : 0)
      }
    } else if (language === 'text') {
      for (const part of text.trimEnd().split('\n')) expect(said, where).toContain(part)
    } else {
      expect(info, `${where} names no file`).toMatch(/^[\w./-]+$/)
      await mkdir(dirname(join(cwd, info)), { recursive: true })
      await writeFile(join(cwd, info), text)
    }
  }
}, 240_000)
