/** The look of the page at `/`, light or dark as the reader has it. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: light-dark(#1b2430, #e6eaf0); --soft: light-dark(#5b6675, #9aa5b4);
  --line: light-dark(#d8dee6, #333d4a); --page: light-dark(#f5f7fa, #12171e); --card: light-dark(#fff, #1a2129);
  --accent: light-dark(#1257c4, #7fb0ff); --on-accent: light-dark(#fff, #0c1624); --bad: light-dark(#b3261e, #ff9c93); }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 } h2 { font-size: 1.05rem; margin: 0 0 .75rem }
p { margin: .25rem 0 0; color: var(--soft) } a { color: var(--accent) }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.25rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; margin: 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
code, pre, .mono { font-family: ui-monospace, 'SFMono-Regular', monospace; font-size: .86rem }
pre { margin: 0; padding: .9rem; overflow-x: auto; background: var(--page); border: 1px solid var(--line); border-radius: .4rem }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 44%), 1fr)); gap: .75rem 1rem; margin: 1rem 0 }
label { display: grid; gap: .2rem; font-size: .86rem; color: var(--soft); align-content: start }
label span { overflow-wrap: anywhere }
input { width: 100%; font: inherit; color: var(--ink); background: var(--page); border: 1px solid var(--line);
  border-radius: .35rem; padding: .4rem .55rem }
input[aria-invalid=true] { border-color: var(--bad) } .problem { color: var(--bad) } .problem:empty { display: none }
button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0;
  border-radius: .4rem; padding: .5rem 1.2rem; cursor: pointer }
button[disabled] { opacity: .6; cursor: progress }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
#answer { display: grid; grid-template-columns: minmax(0, 1fr); gap: .9rem; margin-top: 1.25rem } #answer:empty { display: none }
.said { font-size: 1.3rem; font-weight: 600 } .said.problem { font-size: 1rem; font-weight: 400 }
.share { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr 4.5rem; gap: .75rem; align-items: center }
.share meter { width: 100%; height: .9rem } .share output { text-align: right; font-variant-numeric: tabular-nums }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
`
