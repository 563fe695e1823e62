/** A fenced block of a page: its language, what else stands behind the fence, and its text. */
export type Block = { language: string; info: string; text: string; line: number }

/** The fenced blocks of a Markdown page, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const [at, line] of markdown.split('\n').entries()) {
    const fence = /^```(\w*) ?(.*)$/.exec(line)
    if (open && line === '```') {
      blocks.push(open)
      open = undefined
    } else if (open) open.text += `${line}\n`
    else if (fence) open = { language: fence[1]!, info: fence[2]!, text: '', line: at + 1 }
  }
  if (open) throw new Error(`The block of line ${open.line} has no end.`)
  return blocks
}
