/** The arguments of a command line: parted by blanks, double quotes keep blanks together. */
export function splitCommand(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''))
}
