// Runs before each test file: its temporary files go to a folder of its own, and the file fails when it leaves
// something there or a process running, or this process another than it was (STYLE.md, rule 20).
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { fastestFolder } from './fastest-folder.ts'

const GRACE_MS = 3_000
/** By the test runner for each file, and by the ONNX runtime's loader once for all. */
const IS_SET_BY_OTHERS = /^(TMPDIR|VITEST|ORT_)/

const outside = process.env.TMPDIR
const [before, cwd] = [{ ...process.env }, process.cwd()]
// Short: a path to a Unix socket may have 107 bytes.
const folder = mkdtempSync(join(fastestFolder(), 'vt-'))
process.env.TMPDIR = folder

afterAll(async () => {
  // The next test file runs in this process, too.
  if (outside === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = outside
  const changes = putBack()
  const deadlineMs = Date.now() + GRACE_MS
  let processes = findProcesses()
  while (processes.length > 0 && Date.now() < deadlineMs) {
    await sleep(50)
    processes = findProcesses()
  }
  for (const { pid } of processes) process.kill(pid, 'SIGKILL')
  // npm and tsc let Node cache their code there.
  const files = readdirSync(folder).filter((name) => name !== 'node-compile-cache')
  rmSync(folder, { recursive: true, force: true })
  if (processes.length + files.length + changes.length === 0) return
  const names = [...processes.map(({ pid, command }) => `process ${pid} (${command})`), ...files, ...changes]
  throw new Error(`This test file leaves behind: ${names.join(', ')}`)
})

/** Undoes what the file changed of this process, and says what that was. */
function putBack(): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)])
  const variables = [...names].filter((name) => !IS_SET_BY_OTHERS.test(name) && process.env[name] !== before[name])
  for (const name of variables) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  const isElsewhere = process.cwd() !== cwd
  if (isElsewhere) process.chdir(cwd)
  return [...variables.map((name) => `variable ${name}`), ...(isElsewhere ? ['another working directory'] : [])]
}

/** Children of this process, and their descendants, which inherited its temporary folder. Only Linux can tell. */
function findProcesses(): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8')
        if (/^State:\s+Z/m.test(status)) return []
        const isChild = status.includes(`\nPPid:\t${process.pid}\n`)
        const isDescendant = readFileSync(`/proc/${name}/environ`, 'utf8').includes(`TMPDIR=${folder}\0`)
        if (!isChild && !isDescendant) return []
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return [{ pid: Number(name), command }]
      } catch {
        // It ended in between, or is another user's.
        return []
      }
    })
}
