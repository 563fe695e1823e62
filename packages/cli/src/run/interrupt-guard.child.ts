// The other half of interrupt-guard.ts. A Ctrl-C in a terminal reaches it, too; imports nothing, so that it starts soon.

/** A process whose event loop turns says within this time that it has heard. */
const patienceMs = 1_000

const message = `
A step computes without a pause, so the run cannot be cancelled now. Wait for the step to end, or press Ctrl-C again to
end the process: the run is then recorded as lost. With isolation: 'thread' or 'process' such a step hears Ctrl-C.
`

let isHeard = false
let isWarned = false
const { ppid } = process
process.on('message', () => {
  isHeard = true
})
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => {
  if (isHeard) return
  if (isWarned) process.kill(ppid, 'SIGKILL')
  else setTimeout(warn, patienceMs)
})

function warn(): void {
  if (isHeard) return
  isWarned = true
  process.stderr.write(message)
}
