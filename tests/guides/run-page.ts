import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { airlockIn, type Outcome, temporaryFolder } from '../cli/airlock.ts'
import { blocksOf } from './blocks.ts'

const nodeIn = (dir: string, args: string[]) =>
  new Promise<Outcome>((resolve) => {
    execFile(process.execPath, args, { cwd: dir }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, stdout, stderr }),
    )
  })

/**
 * Does what a page of `docs/` says, block by block, in an empty folder: runs what is `sh`, expects each line of `text` in
 * what was said last, and writes every other block to the file it names.
 */
export async function runPage(name: string): Promise<void> {
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
    if (word !== 'airlock') throw new Error(`A page may call airlock, node and cd, not ${word}.`)
    return await airlockIn(cwd)(...args)
  }
  const page = await readFile(join(import.meta.dirname, '../../docs', name), 'utf8')
  for (const { language, info, text, line } of blocksOf(page)) {
    const where = `line ${line} of docs/${name}`
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
}
