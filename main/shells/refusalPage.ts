/** A page that says why there is no workbench: what was wrong, what to do. Needs no script and no other file. */
import type { Refusal } from '../common/errors.ts'

export interface Action {
  label: string
  href: string
}

export function refusalPage(
  refusal: Pick<Refusal, 'what' | 'mend'>,
  actions: readonly Action[] = [],
): string {
  const links = actions.map(({ label, href }) => `<a href="${escape(href)}">${escape(label)}</a>`).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tapedeck</title>
<style>
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 14px/1.55 system-ui, sans-serif; }
  main { max-width: 34rem; padding: 2rem; }
  h1 { font-size: 1.15rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
  p { margin: 0 0 1.25rem; overflow-wrap: anywhere; }
  a { display: inline-block; margin: 0 .5rem .5rem 0; padding: .4rem .9rem; border: 1px solid; border-radius: 6px;
      color: inherit; text-decoration: none; }
  a:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
  a:focus-visible { outline: 2px solid; outline-offset: 2px; }
</style>
</head>
<body>
<main role="alert">
<h1>${escape(refusal.what)}</h1>
<p>${escape(refusal.mend)}</p>
${links}
</main>
</body>
</html>
`
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
