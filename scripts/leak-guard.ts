// Runs in each test file's process: its temporary files go to a folder of its own, and the file fails when it leaves
// something there or a process running (STYLE.md, rule 20).
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'

const GRACE_MS = 3_000

// Short: a path to a Unix socket may have 107 bytes.
const folder = mkdtempSync(join(tmpdir(), 'vt-'))
process.env.TMPDIR = folder

afterAll(async () => {
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
  if (processes.length + files.length === 0) return
  const names = [...processes.map(({ pid, command }) => `process ${pid} (${command})`), ...files]
  throw new Error(`This test file leaves behind: ${names.join(', ')}`)
})

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
