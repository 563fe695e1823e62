const crashes = new Set<NodeJS.Signals>(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP'])

/** What a signal that ended a process tells of the cause, as a sentence with a space before it; nothing where it tells none. */
export function whyKilled(signal: NodeJS.Signals): string {
  if (signal === 'SIGKILL') return ' The system does that when memory runs out.'
  if (!crashes.has(signal)) return ''
  return ' That is a crash of native code, as an add-on or a library has it, not a want of memory: update or replace what was called last.'
}
