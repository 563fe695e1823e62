import { errors, Role, rights } from '@airlock-ml/contract'

/** The page of every error, in Markdown. */
export function errorsPage(): string {
  const rows = Object.entries(errors).map(
    ([code, { status, title, remedy }]) => `| \`${code}\` | ${status} | ${title} | ${remedy.replaceAll('|', '\\|')} |`,
  )
  return `<!-- Made by \`npm run generate\` from packages/contract/src/errors.ts. -->
# Errors

A code is permanent. On the wire an error is an RFC 9457 problem document of the type \`urn:airlock:error:CODE\`.

| code | status | what happened | what to do |
|---|---|---|---|
${rows.join('\n')}
`
}

/** The page of who may do what, in Markdown. */
export function rightsPage(): string {
  const rows = Object.entries(rights).map(([action, roles]) => {
    const marks = Role.options.map((role) => ((roles as readonly Role[]).includes(role) ? 'yes' : ''))
    return `| \`${action}\` | ${marks.join(' | ')} |`
  })
  return `<!-- Made by \`npm run generate\` from packages/contract/src/rights.ts. -->
# Rights

A role is held in one project, or in the whole workspace (\`*\`).

| right | ${Role.options.join(' | ')} |
|---|${'---|'.repeat(Role.options.length)}
${rows.join('\n')}
`
}
