const kept =
  /^(-C|--conditions|--import|--loader|--experimental-[\w-]+|--enable-source-maps|--disable-warning|--preserve-symlinks)(=|$)/
const withValue = new Set(['-C', '--conditions', '--import', '--loader', '--disable-warning'])

/** Of the flags this process was started with, those by which another finds and loads the same modules. */
export function moduleFlags(execArgv: readonly string[]): string[] {
  return execArgv.filter((flag, at) => kept.test(flag) || withValue.has(execArgv[at - 1] ?? ''))
}
