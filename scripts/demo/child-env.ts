type Env = Readonly<Record<string, string | undefined>>

/** Without the variables by which git is told of another repository, as its hooks are. */
export function withoutGit(env: Env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_')))
}

/** What a command of the demo sees: nothing that would make it act as somebody else or write elsewhere. */
export function commandEnv(env: Env, { isColoured }: { isColoured: boolean }): NodeJS.ProcessEnv {
  const kept = Object.entries(withoutGit(env)).filter(
    ([name]) => !name.startsWith('AIRLOCK_') && name !== 'GITHUB_OUTPUT',
  )
  return { ...Object.fromEntries(kept), ...(isColoured ? { FORCE_COLOR: '1' } : {}) }
}
