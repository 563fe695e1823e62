import { writeSync } from 'node:fs'
import type { Context, Host } from './context.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { commands, version } from './generated/commands.ts'
import { coloursFor } from './output/colours.ts'
import { harmless } from './output/harmless.ts'
import type { Result } from './output/result.ts'
import type { Called } from './program/build-program.ts'
import { type Parsed, parse } from './program/parse.ts'

/**
 * The command `airlock`. `argv` is what follows its name. Prints the result and returns the exit code: 0 done,
 * 1 refused or failed, 2 wrong usage, 3 pending. Never throws.
 */
export async function main(argv: string[], host?: Host): Promise<ExitCode> {
  const ends: (() => Promise<void> | void)[] = []
  let isDone = false
  const done = () => {
    isDone = true
  }
  const takers: Taker[] = []
  const context = contextOf(host ?? processHost(done), { ends, takers })
  if (!host) {
    catchStrays(context, { takers, done })
    catchEarlyExit(context, () => isDone)
    keepStdoutClean()
    keepOnnxruntimeSilent()
  }
  // Until the line is parsed: an error in it must come out as its writer asked, too.
  context.flags.json = argv.includes('--json')
  try {
    const parsed = await parse(argv, commands, version)
    if (parsed.is === 'help' || parsed.is === 'version') {
      await print(await answerOf(parsed), context)
      return exitCodes.done
    }
    if (parsed.is === 'wrong') {
      const { PlatformError } = await import('@airlock-ml/contract')
      if (parsed.help) context.note(parsed.help.trimEnd())
      throw new PlatformError('cli_usage_invalid', parsed.message)
    }
    context.flags = flagsOf(parsed.called)
    const result = await runCommand(parsed.called, context)
    await print(result, context)
    return result.exitCode ?? exitCodes.done
  } catch (thrown) {
    return await printError(thrown, context)
  } finally {
    for (const end of ends.reverse()) await end()
    done()
    if (!host) leaveSoon()
  }
}

/**
 * onnxruntime reports its use to its maker unless this stands in the environment before it is loaded. `loadOnnx` sees to
 * that, but what a thread sets in an environment of its own never reaches native code: here it is set for all of them.
 */
function keepOnnxruntimeSilent(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1'
}

/** How long what a step began and did not end, as a timer or a connection, may hold up the command that is done. */
const leftoversMs = 1_000

/** Ends the process though a step that was cancelled, or timed out, still waits for something. */
function leaveSoon(): void {
  setTimeout(() => {
    if (process.stdout.writableLength > 0 || process.stderr.writableLength > 0) leaveSoon()
    else process.exit()
  }, leftoversMs).unref()
}

function processHost(done: () => void): Host {
  const { env, stdin, stdout, stderr } = process
  // The reader of a pipe may go away, as `head` does.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    done()
    process.exit(error.code === 'EPIPE' ? 0 : 1)
  })
  return { cwd: process.cwd(), env, stdin, stdout, stderr, now: () => new Date() }
}

/** What throws outside of the command's own promise, in a timer or a library, ends it like any other error. */
function catchStrays(context: Context, { takers, done }: { takers: Taker[]; done: () => void }): void {
  process.on('uncaughtException', (thrown) => {
    const take = takers.at(-1)
    if (take) return take(thrown)
    printError(thrown, context).then((code) => {
      done()
      process.exit(code)
    })
  })
}

/** A step or a configuration that ends the process must not pass for a command that was done. */
function catchEarlyExit(context: Context, isDone: () => boolean): void {
  process.on('exit', (code) => {
    if (isDone()) return
    const what = code === UNSETTLED_AWAIT ? 'waits for something that never comes' : `called process.exit(${code})`
    const detail = `The command did not end by itself: code of the project, a step or airlock.config.ts, ${what}.`
    printBare({ ...endedEarly, detail }, context)
    process.exitCode = exitCodes.refused
  })
}

/** As the catalogue has it: a handler of `exit` can load nothing any more. */
const endedEarly = {
  code: 'cli_ended_early',
  title: 'The command was ended from inside',
  status: 500,
  remedy:
    'Throw an error where a step should fail, instead of ending the process; a run that was under way is recorded as lost.',
}

/** The same, for when what says it properly does not load. */
const failed = {
  code: 'cli_failed',
  title: 'The command failed',
  status: 500,
  remedy: 'Install Airlock again, with all its dependencies: in a clone, `npm install`.',
}

type BareProblem = { code: string; title: string; status: number; remedy: string; detail: string }

/** Says an error by nothing but what is loaded already. */
function printBare(problem: BareProblem, { flags }: Context): void {
  const { code, title, detail, remedy } = problem
  const document = { type: `urn:airlock:error:${code}`, ...problem, details: {}, requestId: null }
  if (flags.json) writeSync(1, `${JSON.stringify({ error: document }, null, 2)}\n`)
  writeSync(2, `error: ${title} (${code})\n  why  ${detail}\n  do   ${remedy}\n`)
}

/** Node's code for a top-level await that never settles. */
const UNSETTLED_AWAIT = 13

/** What code of the project prints goes to stderr: stdout is for the result alone. */
function keepStdoutClean(): void {
  console.log = console.error
  console.info = console.error
  console.debug = console.error
}

type Taker = Parameters<Context['takeStrays']>[0]

function contextOf(host: Host, { ends, takers }: { ends: (() => Promise<void> | void)[]; takers: Taker[] }): Context {
  return {
    ...host,
    flags: { json: false },
    commands,
    colours: coloursFor(host.stdout, host.env),
    note: (line) => void host.stderr.write(`${harmless(line)}\n`),
    onEnd: (close) => void ends.push(close),
    takeStrays: (take) => {
      takers.push(take)
      return () => void takers.splice(takers.lastIndexOf(take), 1)
    },
  }
}

function flagsOf(called: Called): Context['flags'] {
  const { json, ...names } = called.globals
  return { json: json === true, ...(names as Omit<Context['flags'], 'json'>) }
}

async function runCommand(called: Called, context: Context): Promise<Result> {
  const record = (await called.entry.load()).default
  return await record.run({ args: called.args, options: called.options, context } as never)
}

/** Help and version as a result: with `--json` they are data like any other. */
async function answerOf(parsed: Exclude<Parsed, { is: 'call' | 'wrong' }>): Promise<Result> {
  const text = () => parsed.text.trimEnd()
  if (parsed.is === 'version') return { data: { version }, text }
  const { helpJson } = await import('./manifest/help-json.ts')
  return { data: helpJson(commands, { version, name: parsed.of }), text }
}

async function print(result: Result, context: Context): Promise<void> {
  const text = context.flags.json ? JSON.stringify(result.data, null, 2) : harmless(await result.text())
  if (text) context.stdout.write(`${text}\n`)
}

/** With `--json` the problem document goes to stdout as `{ "error": … }`; what people read goes to stderr either way. */
async function printError(thrown: unknown, context: Context): Promise<ExitCode> {
  // Never fails: what a handler of stray errors throws comes back to it, for ever.
  return await explain(thrown, context).catch(() => {
    printBare({ ...failed, detail: thrown instanceof Error ? thrown.message : String(thrown) }, context)
    return exitCodes.refused
  })
}

async function explain(thrown: unknown, context: Context): Promise<ExitCode> {
  const { platformErrorOf, problemText } = await import('./output/problem.ts')
  const error = await platformErrorOf(thrown)
  const { requestId = null, ...details } = error.details
  const problem = { ...error.toProblem(requestId as string | null), details }
  if (context.flags.json) context.stdout.write(`${JSON.stringify({ error: problem }, null, 2)}\n`)
  context.note(await problemText(problem, { colours: coloursFor(context.stderr, context.env) }))
  if (context.env.AIRLOCK_DEBUG === '1' && thrown instanceof Error) {
    context.note(`${thrown.stack}${thrown.cause instanceof Error ? `\ncaused by ${thrown.cause.stack}` : ''}`)
  }
  const isUsage = problem.code === 'cli_usage_invalid' || problem.code === 'cli_confirmation_missing'
  return isUsage ? exitCodes.usage : exitCodes.refused
}
