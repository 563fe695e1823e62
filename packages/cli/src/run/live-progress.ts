import type { RunEvent } from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import { duration } from '../output/time.ts'
import type { Graph } from '../pipeline/graph.ts'
import { treeRows } from '../pipeline/text.ts'
import { type EarlierRun, timeLeftMs } from './earlier-run.ts'

const EVERY_MS = 120

type State = 'waiting' | 'running' | 'done' | 'failed'
type StepState = { state: State; mark: string; text: string; startedMs: number }

/** The terminal that is drawn on: stderr. */
export type Screen = { write: (text: string | Uint8Array) => unknown; columns?: number; rows?: number }

type Live = {
  screen: Screen
  colours: Context['colours']
  graph: Graph
  earlier: EarlierRun | null
  nowMs: () => number
  /** Tells what is no step's state, a line each; it goes to the screen, above the tree. */
  lines: (event: RunEvent) => void
}

/**
 * Draws a run as a tree of its steps that is kept up to date: durations, what was cached, skipped or tried again, and
 * about how long it still takes. What is written to the screen meanwhile stands above it. Where the tree is higher than
 * the terminal, only what runs is drawn. `stop` leaves the last state on the screen.
 */
export function liveProgress(live: Live): { onEvent: (event: RunEvent) => void; stop: () => void } {
  const { screen, colours, graph, nowMs, lines } = live
  const { dim, green, red, yellow } = colours
  const waiting = { state: 'waiting' as const, mark: dim('·'), text: '', startedMs: 0 }
  const states = new Map<string, StepState>(graph.steps.map((step) => [step, waiting]))
  const rows = treeRows(graph)
  const beganMs = nowMs()
  const write = screen.write.bind(screen)
  let drawn = 0
  let drawnMs = Number.NEGATIVE_INFINITY
  let isMidLine = false

  const clear = () => {
    if (drawn > 0) write(`\x1b[${drawn}A\x1b[0J`)
    drawn = 0
  }
  const draw = () => {
    clear()
    const frame = [...frameRows(), summary()]
    write(`${isMidLine ? '\n' : ''}${frame.join('\n')}\n`)
    isMidLine = false
    drawn = frame.length
    drawnMs = nowMs()
  }
  const mostRows = () => (screen.rows || 24) - 4
  const frameRows = () => {
    const most = mostRows()
    const shown =
      rows.length <= most ? rows : rows.filter(({ step }) => states.get(step)?.state === 'running').slice(0, most)
    return shown.map(({ step, lead }) => {
      const { mark, text, state, startedMs } = states.get(step)!
      const behind = state === 'running' ? duration(startedMs, nowMs()) : text
      const room = Math.max(0, (screen.columns || 80) - lead.length - step.length - 7)
      return `  ${dim(lead)}${mark} ${step}  ${dim(behind.replaceAll('\n', ' ').slice(0, room))}`
    })
  }
  const summary = () => {
    const open = [...states].filter(([, { state }]) => state === 'waiting' || state === 'running')
    const passed = open.map(([step, { state, startedMs }]) => ({
      step,
      passedMs: state === 'running' ? nowMs() - startedMs : 0,
    }))
    const leftMs = live.earlier && open.length > 0 ? timeLeftMs(live.earlier, passed) : null
    const left = leftMs === null || leftMs < 1_000 ? '' : `, about ${duration(0, leftMs)} left`
    return dim(`  ${states.size - open.length} of ${states.size} steps, ${duration(beganMs, nowMs())}${left}`)
  }
  const set = (step: string, state: State, mark: string, text: string) =>
    states.set(step, { state, mark, text, startedMs: state === 'running' ? nowMs() : 0 })

  screen.write = (text: string | Uint8Array) => {
    clear()
    isMidLine = typeof text === 'string' ? !text.endsWith('\n') : text.at(-1) !== 10
    return write(text)
  }
  const timer = setInterval(draw, EVERY_MS)
  timer.unref()

  const onEvent = (event: RunEvent): void => {
    if (event.type === 'step-started') set(event.step, 'running', yellow('▸'), '')
    else if (event.type === 'step-completed') set(event.step, 'done', green('✓'), duration(0, event.durationMs))
    else if (event.type === 'step-cached') set(event.step, 'done', green('≡'), 'cached')
    else if (event.type === 'step-skipped') set(event.step, 'done', dim('–'), `skipped: ${event.reason}`)
    else if (event.type === 'step-cancelled') set(event.step, 'failed', red('✗'), 'cancelled')
    else if (event.type === 'step-failed') set(event.step, 'failed', red('✗'), event.message)
    else lines(event)
    if (event.type === 'step-failed') lines(event)
    // Of thousands of steps several end in each frame, and each frame looks at all of them.
    if (rows.length <= mostRows() || Math.abs(nowMs() - drawnMs) >= EVERY_MS) draw()
  }
  const stop = () => {
    clearInterval(timer)
    draw()
    drawn = 0
    screen.write = write
  }
  return { onEvent, stop }
}
